package org.jxapi.hypervisor;

/** Which backend serves a disk, {@code libxl_disk_backend}. */
public enum DiskBackend {
    /** libxl chooses. */
    UNKNOWN(0),
    PHY(1),
    TAP(2),
    QDISK(3),
    STANDALONE(4);

    private final int value;

    DiskBackend(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
