package org.jxapi.memory;

import org.jxapi.datamodel.Ref;
import org.jxapi.host.ControlDomainMemory;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes memory free for a new domain, as far as the control domain gives some. It does not take it back. */
public final class HostMemory {
    private static final Logger LOG = LoggerFactory.getLogger(HostMemory.class);

    private static final int ATTEMPTS = 3;
    private static final int WAIT_SECONDS = 10;

    private final Store store;
    private final Hosts hosts;
    private final Hypervisor hypervisor;

    /** @param hypervisor of the host */
    public HostMemory(Store store, Hosts hosts, Hypervisor hypervisor) {
        this.store = store;
        this.hosts = hosts;
        this.hypervisor = hypervisor;
    }

    /** Makes so much free, or as much as the control domain can give; what is missing then, others may give. */
    public synchronized void offer(long neededKib) {
        boolean taken = false;
        for (int i = 0; i < ATTEMPTS; i++) {
            long free = free();
            long given = free < neededKib ? takeFromControlDomain(neededKib - free) : 0;
            if (given <= 0) {
                break;
            }
            taken = true;
            hypervisor.memory().waitForFree(free + given, WAIT_SECONDS);
        }
        if (taken) {
            record();
        }
    }

    private long free() {
        return hypervisor.memory().free();
    }

    /** Returns the KiB that the control domain has been asked to give. */
    private long takeFromControlDomain(long kib) {
        try {
            long now = hypervisor.memory().target(Hypervisor.DOM0);
            long gives = Math.min(kib, now - ControlDomainMemory.keptKib(hypervisor, now));
            if (gives <= 0) {
                return 0;
            }
            LOG.info("Control domain: gives {} MiB to a guest", gives / 1024);
            hypervisor.memory().setTarget(Hypervisor.DOM0, now - gives, false, false);
            return gives;
        } catch (HypervisorException e) {
            LOG.warn("Control domain: cannot give memory: {}", e.getMessage());
            return 0;
        }
    }

    /** Writes down what the control domain has now. */
    private void record() {
        long target = hypervisor.memory().target(Hypervisor.DOM0) * 1024;
        long has = hypervisor.domains().info(Hypervisor.DOM0).currentMemkb() * 1024;
        store.change(tx -> {
            for (Hosts.Driven each : hosts.all(tx)) {
                if (each.hypervisor().equals(hypervisor)) {
                    Ref<VM> zero = tx.get(each.host(), Host.CONTROL_DOMAIN);
                    tx.set(zero, VM.MEMORY_TARGET, target);
                    tx.set(tx.get(zero, VM.METRICS), VMMetrics.MEMORY_ACTUAL, has);
                }
            }
        });
    }
}
