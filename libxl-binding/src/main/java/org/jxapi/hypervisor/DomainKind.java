package org.jxapi.hypervisor;

/** How a domain is virtualised, {@code libxl_domain_type}. */
public enum DomainKind {
    INVALID(-1),
    HVM(1),
    PV(2),
    PVH(3);

    private final int value;

    DomainKind(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
