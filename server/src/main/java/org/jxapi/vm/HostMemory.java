package org.jxapi.vm;

import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes memory free for a new domain. A control domain that was not given a size of its own on Xen's command line has
 * all memory after the host's boot, and gives it away as guests come: so does {@code xl}.
 */
final class HostMemory {
    private static final Logger LOG = LoggerFactory.getLogger(HostMemory.class);
    /** What the control domain keeps. */
    private static final long CONTROL_DOMAIN_KIB = 1 << 20;

    private static final int ATTEMPTS = 3;
    private static final int WAIT_SECONDS = 10;

    private final Hypervisor hypervisor;
    private Boolean fixed;

    HostMemory(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** Makes so much free if the control domain can give it; what is missing then, others may give. */
    synchronized void offer(long neededKib) {
        for (int i = 0; i < ATTEMPTS && free() < neededKib && takeFromControlDomain(neededKib - free()); i++) {
            hypervisor.memory().waitForFree(neededKib, WAIT_SECONDS);
        }
    }

    private long free() {
        return hypervisor.memory().free();
    }

    private boolean takeFromControlDomain(long kib) {
        if (fixed == null) {
            fixed = hypervisor.host().version().commandline().contains("dom0_mem=");
        }
        if (fixed) {
            return false;
        }
        try {
            long now = hypervisor.memory().target(Hypervisor.DOM0);
            if (now - kib < CONTROL_DOMAIN_KIB) {
                return false;
            }
            LOG.info("The control domain gives {} MiB to a guest", kib / 1024);
            hypervisor.memory().setTarget(Hypervisor.DOM0, now - kib, false, false);
            return true;
        } catch (HypervisorException e) {
            LOG.warn("The control domain keeps its memory: {}", e.getMessage());
            return false;
        }
    }
}
