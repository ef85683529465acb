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
    /** The work of its guest in addition to that of an idle one. */
    GuestLoad load = GuestLoad.NONE;

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
            GuestLoad.@Nullable Rates rates,
            GuestLoad.@Nullable Done done,
            @Nullable Map<String, SimulatedXenstore.Node> home) {
        /** The same state of a guest for which no time passes until it goes on. */
        Saved withoutTime() {
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
                    cpuNanos,
                    bootId,
                    hung,
                    driverless,
                    connected,
                    0,
                    rates,
                    done,
                    home);
        }
    }

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
                Set.copyOf(online),
                Set.copyOf(available),
                Map.copyOf(affinity),
                idleTime(),
                bootId,
                hung,
                !drivers,
                connected,
                System.currentTimeMillis(),
                load.rates(),
                load.now(),
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
        if (saved.rates() != null && saved.done() != null) {
            domain.load = new GuestLoad(saved.rates(), 0, saved.done());
        }
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

    /** Whether it is in that state, but for the time that it has run. */
    boolean isAs(Saved saved, Map<String, SimulatedXenstore.Node> home) {
        return config.equals(saved.config())
                && pauses == saved.pauses()
                && shutdown == saved.shutdown()
                && currentKib == saved.currentKib()
                && targetKib == saved.targetKib()
                && maxKib == saved.maxKib()
                && staticMaxKib == saved.staticMaxKib()
                && online.equals(saved.online())
                && available.equals(saved.available())
                && affinity.equals(saved.affinity())
                && bootId.equals(saved.bootId())
                && hung == saved.hung()
                && drivers != saved.driverless()
                && connected == saved.connected()
                && load.rates().equals(saved.rates())
                && home.equals(saved.home());
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
        cpuNanos = idleTime();
        pauses = count;
        runningSince = System.nanoTime();
        load = runs() ? load.started() : load.stopped();
    }

    void setShutdown(ShutdownReason reason) {
        cpuNanos = idleTime();
        shutdown = reason;
        load = load.stopped();
    }

    /** Gives its guest more to do, or less. */
    void setLoad(GuestLoad.Rates rates) {
        load = load.with(rates);
        if (!runs()) {
            load = load.stopped();
        }
    }

    /** Nanoseconds that its CPUs have run. */
    long cpuTime() {
        return idleTime() + load.now().cpuNanos();
    }

    /** The same of an idle guest, which keeps a CPU a tenth busy, and runs on while the daemon is down. */
    long idleTime() {
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
