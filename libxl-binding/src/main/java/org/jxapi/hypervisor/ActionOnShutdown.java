package org.jxapi.hypervisor;

/** The toolstack's action after a shutdown, {@code libxl_action_on_shutdown}. libxl only stores it. */
public enum ActionOnShutdown {
    DESTROY(1),
    RESTART(2),
    RESTART_RENAME(3),
    PRESERVE(4),
    COREDUMP_DESTROY(5),
    COREDUMP_RESTART(6),
    SOFT_RESET(7);

    private final int value;

    ActionOnShutdown(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
