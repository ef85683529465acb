package org.jxapi.hypervisor;

/** Format of a disk image, {@code libxl_disk_format}. */
public enum DiskFormat {
    UNKNOWN(0),
    QCOW(1),
    QCOW2(2),
    VHD(3),
    RAW(4),
    /** A CD drive without a disc. */
    EMPTY(5),
    QED(6);

    private final int value;

    DiskFormat(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
