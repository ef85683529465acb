package org.jxapi.hypervisor;

/** Why a domain shut down, {@code libxl_shutdown_reason}. */
public enum ShutdownReason {
    UNKNOWN(-1),
    POWEROFF(0),
    REBOOT(1),
    SUSPEND(2),
    CRASH(3),
    WATCHDOG(4),
    SOFT_RESET(5);

    private final int value;

    ShutdownReason(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
