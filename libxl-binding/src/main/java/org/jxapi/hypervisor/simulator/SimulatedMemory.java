package org.jxapi.hypervisor.simulator;

import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Memory;

/** Memory of the simulated machine. Guests balloon at once, as long as they run and the host has the memory. */
record SimulatedMemory(SimulatorState world) implements Memory {
    /** The memory that libxl leaves to the control domain. */
    private static final long DOMAIN_ZERO_LEAST_KIB = 128 * 1024;

    private static final long LOOK_AGAIN_MILLIS = 100;

    @Override
    public long target(int domid) {
        return domid == Hypervisor.DOM0 ? world.domainZeroKib : world.domain(domid).targetKib;
    }

    @Override
    public void setTarget(int domid, long targetMemkb, boolean relative, boolean enforce) {
        world.faults.begin("set-memory-target");
        if (domid == Hypervisor.DOM0) {
            setDomainZero(relative ? world.domainZeroKib + targetMemkb : targetMemkb);
            return;
        }
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            long target = relative ? Math.max(0, domain.targetKib + targetMemkb) : targetMemkb;
            if (target > domain.staticMaxKib) {
                throw new HypervisorException(
                        LibxlError.INVAL, "a target of " + target + " KiB is more than the maximum");
            }
            domain.targetKib = target;
            if (enforce) {
                domain.maxKib = target;
            }
            world.balloon();
            world.save(domain);
        }
        world.xenstore.write(DomainDirectory.of(domid) + "memory/target", Long.toString(target(domid)));
    }

    private void setDomainZero(long target) {
        synchronized (world) {
            if (target < DOMAIN_ZERO_LEAST_KIB || target > world.settings.domainZeroKib()) {
                throw new HypervisorException(
                        LibxlError.INVAL, "the control domain cannot have a target of " + target + " KiB");
            }
            world.domainZeroKib = Math.min(target, world.domainZeroKib + world.freeKib());
            world.balloon();
        }
    }

    @Override
    public void setMax(int domid, long maxMemkb) {
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            if (maxMemkb < domain.targetKib) {
                throw new HypervisorException(
                        LibxlError.FAIL, "a maximum of " + maxMemkb + " KiB is less than the target");
            }
            domain.maxKib = maxMemkb;
            domain.staticMaxKib = maxMemkb;
            world.balloon();
            world.save(domain);
        }
    }

    @Override
    public long needed(DomainConfig config) {
        Long target = config.bInfo().targetMemkb();
        return target == null ? config.bInfo().maxMemkb() : target;
    }

    @Override
    public long free() {
        return world.freeKib();
    }

    @Override
    public boolean waitForFree(long memkb, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        synchronized (world) {
            while (world.freeKib() < memkb) {
                if (System.nanoTime() >= end) {
                    return false;
                }
                try {
                    world.wait(LOOK_AGAIN_MILLIS);
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
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            return domain.currentKib <= domain.targetKib;
        }
    }
}
