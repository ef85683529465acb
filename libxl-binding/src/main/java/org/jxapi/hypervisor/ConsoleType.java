package org.jxapi.hypervisor;

/** Kind of a console, {@code libxl_console_type}. */
public enum ConsoleType {
    UNKNOWN(0),
    SERIAL(1),
    PV(2),
    VUART(3);

    private final int value;

    ConsoleType(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
