package org.jxapi.hypervisor;

/** Policy for reserved device memory, {@code libxl_rdm_reserve_policy}. */
public enum RdmReservePolicy {
    INVALID(-1),
    STRICT(0),
    RELAXED(1);

    private final int value;

    RdmReservePolicy(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
