package org.jxapi.hypervisor;

/** Emulated graphics card, {@code libxl_vga_interface_type}. */
public enum VgaInterfaceType {
    UNKNOWN(0),
    CIRRUS(1),
    STD(2),
    NONE(3),
    QXL(4);

    private final int value;

    VgaInterfaceType(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
