package org.jxapi.hypervisor;

/** Memory of domains and of the host, in KiB. */
public interface Memory {
    /** Returns the memory that the domain is asked to have. */
    long target(int domid);

    /**
     * Asks the domain to balloon, and returns at once. The guest obeys when it runs, and takes more only as far as the host
     * has it. {@link LibxlError#INVAL} for more than {@link #setMax} allows.
     *
     * @param relative whether {@code targetMemkb} is added to the present target
     * @param enforce whether the domain is also kept from having more
     */
    void setTarget(int domid, long targetMemkb, boolean relative, boolean enforce);

    /** Sets what the domain may have at most; {@link LibxlError#FAIL} for less than its target. */
    void setMax(int domid, long maxMemkb);

    /** Returns what building such a domain takes, with what Xen itself needs for it. */
    long needed(DomainConfig config);

    /** Returns the host's free memory. */
    long free();

    /**
     * Waits until the host has so much free memory.
     *
     * @return whether it has, within the time
     */
    boolean waitForFree(long memkb, int seconds);

    /**
     * Waits until the domain has its target.
     *
     * @return whether it has, within the time
     */
    boolean waitForTarget(int domid, int seconds);
}
