package org.jxapi.hypervisor;

/** libxl's error codes, {@code libxl_error}. */
public enum LibxlError {
    NONSPECIFIC(-1),
    VERSION(-2),
    FAIL(-3),
    NI(-4),
    NOMEM(-5),
    INVAL(-6),
    BADFAIL(-7),
    GUEST_TIMEDOUT(-8),
    TIMEDOUT(-9),
    NOPARAVIRT(-10),
    NOT_READY(-11),
    OSEVENT_REG_FAIL(-12),
    BUFFERFULL(-13),
    UNKNOWN_CHILD(-14),
    LOCK_FAIL(-15),
    JSON_CONFIG_EMPTY(-16),
    DEVICE_EXISTS(-17),
    CHECKPOINT_DEVOPS_DOES_NOT_MATCH(-18),
    CHECKPOINT_DEVICE_NOT_SUPPORTED(-19),
    VNUMA_CONFIG_INVALID(-20),
    DOMAIN_NOTFOUND(-21),
    ABORTED(-22),
    NOTFOUND(-23),
    DOMAIN_DESTROYED(-24),
    FEATURE_REMOVED(-25),
    PROTOCOL_ERROR_QMP(-26),
    UNKNOWN_QMP_ERROR(-27),
    QMP_GENERIC_ERROR(-28),
    QMP_COMMAND_NOT_FOUND(-29),
    QMP_DEVICE_NOT_ACTIVE(-30),
    QMP_DEVICE_NOT_FOUND(-31),
    QEMU_API(-32);

    private final int value;

    LibxlError(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }

    /** Returns the error of a negative libxl return code; an unknown code is {@link #NONSPECIFIC}. */
    public static LibxlError of(int rc) {
        for (LibxlError error : values()) {
            if (error.value == rc) {
                return error;
            }
        }
        return NONSPECIFIC;
    }
}
