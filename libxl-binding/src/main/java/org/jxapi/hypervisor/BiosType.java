package org.jxapi.hypervisor;

/** Firmware of an HVM domain, {@code libxl_bios_type}. */
public enum BiosType {
    UNKNOWN(0),
    ROMBIOS(1),
    SEABIOS(2),
    OVMF(3);

    private final int value;

    BiosType(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
