package org.jxapi.host;

import org.jxapi.hypervisor.Hypervisor;

/**
 * What the control domain does with its memory. One that was given a size on Xen's command line ({@code dom0_mem}), as
 * XenServer's is, keeps it. One that was not has all memory after the host's boot, and gives it away as guests come; so it
 * is with {@code xl} too.
 */
public final class ControlDomainMemory {
    /** KiB that are left to a control domain that gives memory away. */
    private static final long LEAST_KIB = 1 << 20;

    private ControlDomainMemory() {}

    /** Returns what it keeps of the memory it has, in KiB. */
    public static long keptKib(Hypervisor hypervisor, long hasKib) {
        boolean fixed = hypervisor.host().version().commandline().contains("dom0_mem=");
        return fixed ? hasKib : Math.min(hasKib, LEAST_KIB);
    }
}
