package org.jxapi.hypervisor.simulator;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainType;
import org.jxapi.hypervisor.ShutdownReason;

/** A domain of the simulated machine. Guarded by its world's lock. */
final class SimulatedDomain {
    final int domid;
    DomainConfig config;
    boolean paused;
    ShutdownReason shutdown;
    long currentKib;
    long maxKib;
    Set<Integer> online = new HashSet<>();
    long cpuNanos;
    private long runningSince;
    /** Grows with each boot: what a guest remembers that was resumed instead of booted. */
    String bootId;
    /** Its guest hangs: it hears no request. */
    boolean hung;

    SimulatedDomain(int domid, DomainConfig config, String bootId) {
        this.domid = domid;
        this.config = config;
        this.bootId = bootId;
        Long target = config.bInfo().targetMemkb();
        this.maxKib = config.bInfo().maxMemkb();
        this.currentKib = target == null ? maxKib : target;
        Integer vcpus = config.bInfo().maxVcpus();
        Set<Integer> avail = config.bInfo().availVcpus();
        if (avail == null || avail.isEmpty()) {
            for (int i = 0; i < (vcpus == null ? 1 : vcpus); i++) {
                online.add(i);
            }
        } else {
            online.addAll(avail);
        }
        this.paused = true;
    }

    /** What is written to the state file. */
    record Saved(
            int domid,
            DomainConfig config,
            boolean paused,
            ShutdownReason shutdown,
            long currentKib,
            long maxKib,
            Set<Integer> online,
            long cpuNanos,
            String bootId,
            boolean hung) {}

    Saved saved() {
        return new Saved(domid, config, paused, shutdown, currentKib, maxKib, online, cpuTime(), bootId, hung);
    }

    static SimulatedDomain of(Saved saved) {
        SimulatedDomain domain = new SimulatedDomain(saved.domid(), saved.config(), saved.bootId());
        domain.currentKib = saved.currentKib();
        domain.maxKib = saved.maxKib();
        domain.online = new HashSet<>(saved.online());
        domain.cpuNanos = saved.cpuNanos();
        domain.shutdown = saved.shutdown();
        domain.hung = saved.hung();
        domain.setPaused(saved.paused());
        return domain;
    }

    UUID uuid() {
        return config.cInfo().uuid();
    }

    DomainType type() {
        return config.cInfo().type();
    }

    boolean runs() {
        return !paused && shutdown == null;
    }

    void setPaused(boolean value) {
        cpuNanos = cpuTime();
        paused = value;
        runningSince = System.nanoTime();
    }

    void setShutdown(ShutdownReason reason) {
        cpuNanos = cpuTime();
        shutdown = reason;
    }

    /** Nanoseconds that its CPUs have run; a simulated guest keeps one of them a tenth busy. */
    long cpuTime() {
        return cpuNanos + (runs() && runningSince != 0 ? (System.nanoTime() - runningSince) / 10 : 0);
    }

    DomainInfo info() {
        return new DomainInfo(
                uuid(),
                domid,
                type(),
                runs(),
                false,
                paused,
                shutdown != null,
                false,
                shutdown == null ? ShutdownReason.UNKNOWN : shutdown,
                0,
                currentKib,
                0,
                0,
                maxKib,
                cpuTime(),
                config.bInfo().maxVcpus() == null ? 0 : config.bInfo().maxVcpus() - 1,
                online.size(),
                0);
    }
}
