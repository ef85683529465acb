package org.jxapi.hypervisor;

/** Emulated and paravirtual, or paravirtual only, {@code libxl_nic_type}. */
public enum NicType {
    UNKNOWN(0),
    VIF_IOEMU(1),
    VIF(2);

    private final int value;

    NicType(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
