package org.jxapi.host;

import org.jxapi.hypervisor.Hypervisor;

/**
 * The memory of the control domain. If Xen's command line gives it a size ({@code dom0_mem}), as on XenServer, it keeps
 * that. Otherwise it has all memory after the host's boot, and gives it to guests as they start, as with {@code xl}.
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
