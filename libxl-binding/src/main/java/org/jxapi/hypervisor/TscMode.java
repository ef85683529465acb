package org.jxapi.hypervisor;

/** Handling of the time stamp counter, {@code libxl_tsc_mode}. */
public enum TscMode {
    DEFAULT(0),
    ALWAYS_EMULATE(1),
    NATIVE(2),
    NATIVE_PARAVIRT(3);

    private final int value;

    TscMode(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
