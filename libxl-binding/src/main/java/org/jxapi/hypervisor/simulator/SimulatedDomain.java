package org.jxapi.hypervisor.simulator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.ShutdownReason;

/** A domain of the simulated machine. Guarded by the lock of the {@link SimulatorState}. */
final class SimulatedDomain {
    /** The memory that libxl gives a domain for which none is said (libxl_create.c). */
    private static final long LIBXL_DEFAULT_KIB = 32 * 1024;

    private static final long NANOS_OF_MILLI = 1_000_000;
    /** A guest keeps a CPU busy in one of this many moments. */
    private static final long CPU_SHARE = 10;

    final int domid;
    DomainConfig config;
    /** How often it was paused more than unpaused. */
    int pauses = 1;

    /** Null unless it has shut down. */
    @Nullable
    ShutdownReason shutdown;

    long currentKib;
    /** The target of the guest. */
    long targetKib;
    /** The most memory that the guest can have. */
    long maxKib;
    /** The highest possible target. */
    long staticMaxKib;
    /** The virtual CPUs that the guest has plugged in; its kernel does that, so before it runs there is one. */
    Set<Integer> online = new HashSet<>(Set.of(0));
    /** The virtual CPUs that it may have plugged in. */
    Set<Integer> available = new HashSet<>();
    /** Hard affinity of those virtual CPUs that have one. */
    final Map<Integer, Set<Integer>> affinity = new HashMap<>();

    long cpuNanos;
    private long runningSince;
    /** Grows with each boot: what a guest remembers that was resumed instead of booted. */
    String bootId;
    /** Its guest hangs: it ignores all requests. */
    boolean hung;
    /** Its guest has drivers for Xen's disks and nics. */
    boolean drivers = true;
    /** Its guest has booted so far that its drivers have connected their devices. */
    boolean connected;

    SimulatedDomain(int domid, DomainConfig config, String bootId) {
        this.domid = domid;
        this.config = config;
        this.bootId = bootId;
        this.maxKib = maxKib(config.bInfo());
        this.staticMaxKib = maxKib;
        this.targetKib = targetKib(config.bInfo());
        this.currentKib = targetKib;
        Set<Integer> avail = config.bInfo().availVcpus();
        for (int i = 0; i < vcpus(); i++) {
            if (avail == null || avail.isEmpty() || avail.contains(i)) {
                available.add(i);
            }
        }
    }

    private static long maxKib(DomainBuildInfo build) {
        return build.maxMemkb() == null ? LIBXL_DEFAULT_KIB : build.maxMemkb();
    }

    /** The memory that such a domain starts with. */
    static long targetKib(DomainBuildInfo build) {
        return build.targetMemkb() == null ? maxKib(build) : build.targetMemkb();
    }

    /**
     * The contents of the state file.
     *
     * @param savedMillis when it was written, in milliseconds since 1970; 0 if it does not say
     */
    record Saved(
            int domid,
            DomainConfig config,
            int pauses,
            @Nullable ShutdownReason shutdown,
            long currentKib,
            long targetKib,
            long maxKib,
            long staticMaxKib,
            Set<Integer> online,
            Set<Integer> available,
            Map<Integer, Set<Integer>> affinity,
            long cpuNanos,
            String bootId,
            boolean hung,
            boolean driverless,
            boolean connected,
            long savedMillis,
            @Nullable Map<String, SimulatedXenstore.Node> home) {}

    /**
     * @param home the domain's part of xenstore
     */
    Saved saved(Map<String, SimulatedXenstore.Node> home) {
        return new Saved(
                domid,
                config,
                pauses,
                shutdown,
                currentKib,
                targetKib,
                maxKib,
                staticMaxKib,
                online,
                available,
                affinity,
                cpuTime(),
                bootId,
                hung,
                !drivers,
                connected,
                System.currentTimeMillis(),
                home);
    }

    static SimulatedDomain of(Saved saved) {
        SimulatedDomain domain = new SimulatedDomain(saved.domid(), saved.config(), saved.bootId());
        domain.currentKib = saved.currentKib();
        domain.targetKib = saved.targetKib();
        domain.maxKib = saved.maxKib();
        domain.staticMaxKib = saved.staticMaxKib();
        domain.online = new HashSet<>(saved.online());
        domain.available = new HashSet<>(saved.available());
        domain.affinity.putAll(saved.affinity());
        domain.cpuNanos = saved.cpuNanos();
        domain.shutdown = saved.shutdown();
        domain.hung = saved.hung();
        domain.drivers = !saved.driverless();
        domain.connected = saved.connected();
        domain.setPauses(saved.pauses());
        if (domain.runs() && saved.savedMillis() > 0) {
            // The guest has run on while nobody simulated it.
            long missed = Math.max(0, System.currentTimeMillis() - saved.savedMillis());
            domain.cpuNanos += missed * NANOS_OF_MILLI / CPU_SHARE;
        }
        return domain;
    }

    UUID uuid() {
        return config.cInfo().uuid();
    }

    DomainKind type() {
        return config.cInfo().type();
    }

    boolean runs() {
        return pauses == 0 && shutdown == null;
    }

    int vcpus() {
        Integer max = config.bInfo().maxVcpus();
        return max == null ? 1 : max;
    }

    /** Its guest runs and does what it is asked. */
    boolean obeys() {
        return runs() && !hung;
    }

    /** The guest, if it can, plugs and unplugs its virtual CPUs as it was asked. */
    void plugVcpus() {
        if (obeys()) {
            online = new HashSet<>(available);
        }
    }

    void setPauses(int count) {
        cpuNanos = cpuTime();
        pauses = count;
        runningSince = System.nanoTime();
    }

    void setShutdown(ShutdownReason reason) {
        cpuNanos = cpuTime();
        shutdown = reason;
    }

    /** Nanoseconds that its CPUs have run; a simulated guest keeps one of them a tenth busy, and runs on while the daemon is down. */
    long cpuTime() {
        return cpuNanos + (runs() && runningSince != 0 ? (System.nanoTime() - runningSince) / CPU_SHARE : 0);
    }

    DomainInfo info() {
        return new DomainInfo(
                uuid(),
                domid,
                type(),
                runs(),
                false,
                pauses > 0,
                shutdown != null,
                false,
                shutdown == null ? ShutdownReason.UNKNOWN : shutdown,
                0,
                currentKib,
                0,
                0,
                maxKib,
                cpuTime(),
                vcpus() - 1,
                online.size(),
                0);
    }
}
