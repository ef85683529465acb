package org.jxapi.hypervisor.simulator;

import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Memory;

/** Memory of the simulated machine. Guests balloon at once, as long as they run and the host has the memory. */
record SimulatedMemory(SimulatorState state) implements Memory {
    /** The memory that libxl leaves to the control domain. */
    private static final long DOMAIN_ZERO_LEAST_KIB = 128 * 1024;

    private static final long LOOK_AGAIN_MILLIS = 100;

    @Override
    public long target(int domid) {
        return domid == Hypervisor.DOM0 ? state.domainZeroKib : state.domain(domid).targetKib;
    }

    @Override
    public void setTarget(int domid, long targetMemkb, boolean relative, boolean enforce) {
        state.begin("set-memory-target", domid);
        if (domid == Hypervisor.DOM0) {
            setDomainZero(relative ? state.domainZeroKib + targetMemkb : targetMemkb);
            return;
        }
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            long target = relative ? Math.max(0, domain.targetKib + targetMemkb) : targetMemkb;
            if (target > domain.staticMaxKib) {
                throw new HypervisorException(
                        LibxlError.INVAL, "a target of " + target + " KiB is more than the maximum");
            }
            domain.targetKib = target;
            if (enforce) {
                domain.maxKib = target;
            }
            state.balloon();
            state.save(domain);
        }
        state.xenstore.write(DomainDirectory.of(domid) + "memory/target", Long.toString(target(domid)));
    }

    private void setDomainZero(long target) {
        synchronized (state) {
            if (target < DOMAIN_ZERO_LEAST_KIB || target > state.settings.domainZeroKib()) {
                throw new HypervisorException(
                        LibxlError.INVAL, "the control domain cannot have a target of " + target + " KiB");
            }
            state.domainZeroKib = Math.min(target, state.domainZeroKib + state.freeKib());
            state.balloon();
        }
    }

    @Override
    public void setMax(int domid, long maxMemkb) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            if (maxMemkb < domain.targetKib) {
                throw new HypervisorException(
                        LibxlError.FAIL, "a maximum of " + maxMemkb + " KiB is less than the target");
            }
            domain.maxKib = maxMemkb;
            domain.staticMaxKib = maxMemkb;
            state.balloon();
            state.save(domain);
        }
    }

    @Override
    public long needed(DomainConfig config) {
        return SimulatedDomain.targetKib(config.bInfo());
    }

    @Override
    public long free() {
        return state.freeKib();
    }

    @Override
    public boolean waitForFree(long memkb, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        synchronized (state) {
            while (state.freeKib() < memkb) {
                if (System.nanoTime() >= end) {
                    return false;
                }
                try {
                    state.wait(LOOK_AGAIN_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new HypervisorException(LibxlError.ABORTED, "interrupted while waiting for memory");
                }
            }
        }
        return true;
    }

    @Override
    public boolean waitForTarget(int domid, int seconds) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            return domain.currentKib <= domain.targetKib;
        }
    }
}
