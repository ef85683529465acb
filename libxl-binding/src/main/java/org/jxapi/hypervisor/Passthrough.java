package org.jxapi.hypervisor;

/** Whether devices may be passed through later, {@code libxl_passthrough}. */
public enum Passthrough {
    DEFAULT(0),
    DISABLED(1),
    ENABLED(2),
    SYNC_PT(3),
    SHARE_PT(4);

    private final int value;

    Passthrough(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
