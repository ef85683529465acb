package org.jxapi.hypervisor;

/** A CPU scheduler, {@code libxl_scheduler}. */
public enum Scheduler {
    UNKNOWN(0),
    SEDF(4),
    CREDIT(5),
    CREDIT2(6),
    ARINC653(7),
    RTDS(8),
    NULL(9);

    private final int value;

    Scheduler(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
