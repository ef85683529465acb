package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.hypervisor.Xenstore;

/** The life of simulated domains. */
final class SimulatedDomains implements Domains {
    private static final UUID DOMAIN_ZERO = new UUID(0, 0);
    private static final String DOMAIN_ZERO_NAME = "Domain-0";
    /** How long libxl waits for a guest to accept a request. */
    private static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(60);

    private final SimulatorState state;
    private final SimulatedConsoles consoles;
    private final SimulatedBuild build;

    SimulatedDomains(SimulatorState state, SimulatedConsoles consoles) {
        this.state = state;
        this.consoles = consoles;
        this.build = new SimulatedBuild(state);
    }

    @Override
    public int create(DomainConfig config) {
        return build.build(config, state.newUuid().toString(), "create");
    }

    @Override
    public int restore(DomainConfig config, Path saveFile) {
        String bootId = SimulatedSaveFile.bootId(saveFile);
        return build.build(config, bootId, "restore");
    }

    @Override
    public int receive(DomainConfig config, InputStream memory) {
        return build.build(config, SimulatedSaveFile.bootId(memory), "restore");
    }

    @Override
    public void suspend(int domid, Path saveFile, boolean live) {
        state.domain(domid);
        try (OutputStream out = Files.newOutputStream(saveFile)) {
            send(domid, out, live);
        } catch (IOException e) {
            throw SimulatedSaveFile.unwritten(e);
        }
    }

    @Override
    public void send(int domid, OutputStream memory, boolean live) {
        Optional<HypervisorException> midway = state.begin("suspend", domid);
        SimulatedDomain domain = state.domain(domid);
        if (domain.hung) {
            awaitHearing(domid, "suspend", LibxlError.GUEST_TIMEDOUT, () -> !state.domain(domid).hung);
        }
        if (midway.isPresent()) {
            SimulatedSaveFile.writePart(memory);
            throw midway.get();
        }
        SimulatedSaveFile.write(memory, domain.bootId);
        suspended(domid, domain);
    }

    private void suspended(int domid, SimulatedDomain domain) {
        synchronized (state) {
            domain.setShutdown(ShutdownReason.SUSPEND);
            state.save(domain);
        }
        state.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        state.tell(new HypervisorEvent.DomainShutdown(domid, domain.uuid(), ShutdownReason.SUSPEND));
    }

    @Override
    public void suspendOnly(int domid) {
        state.begin("suspend", domid);
        suspended(domid, state.domain(domid));
    }

    @Override
    public void resume(int domid, boolean suspendCancel) {
        change(domid, "resume", d -> {
            if (d.shutdown != ShutdownReason.SUSPEND) {
                throw new HypervisorException(LibxlError.INVAL, "domain " + domid + " is not suspended");
            }
            d.shutdown = null;
            d.setPauses(d.pauses);
        });
    }

    @Override
    public void pause(int domid) {
        change(domid, "pause", d -> d.setPauses(d.pauses + 1));
    }

    @Override
    public void unpause(int domid) {
        change(domid, "unpause", d -> {
            if (d.pauses == 0) {
                throw new HypervisorException(LibxlError.FAIL, "domain " + domid + " is not paused");
            }
            d.setPauses(d.pauses - 1);
            d.plugVcpus();
            state.balloon();
        });
        SimulatedDomain domain = state.domain(domid);
        if (domain.pauses > 0) {
            return;
        }
        if (!Guest.talked(state, domid)) {
            Guest.boot(state, domain);
        } else {
            new Guest(state, domid).hear();
        }
    }

    @Override
    public void shutdown(int domid) {
        request(domid, "shutdown", ShutdownReason.POWEROFF);
    }

    @Override
    public void reboot(int domid) {
        request(domid, "reboot", ShutdownReason.REBOOT);
    }

    /** Asks through xenstore, as libxl does, and waits until the guest has heard it. */
    private void request(int domid, String operation, ShutdownReason reason) {
        state.begin(operation, domid);
        state.domain(domid);
        String path = DomainDirectory.of(domid) + "control/shutdown";
        state.xenstore.write(path, reason.name().toLowerCase(Locale.ROOT));
        new Guest(state, domid).hear();
        awaitHearing(
                domid,
                operation,
                LibxlError.TIMEDOUT,
                () -> state.xenstore.read(path).orElse("").isEmpty());
    }

    /** Waits until the guest has heard, as long as libxl does; interrupting the thread ends that. */
    private void awaitHearing(int domid, String operation, LibxlError otherwise, BooleanSupplier heard) {
        long end = System.nanoTime() + ACKNOWLEDGEMENT.toNanos();
        synchronized (state) {
            while (!heard.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new HypervisorException(otherwise, "the guest of domain " + domid + " does not answer");
                }
                try {
                    state.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new HypervisorException(LibxlError.ABORTED, operation + " was interrupted");
                }
            }
        }
    }

    @Override
    public void trigger(int domid, Trigger trigger, int vcpuid) {
        state.begin("trigger", domid);
        state.domain(domid);
        if (trigger == Trigger.POWER) {
            new Guest(state, domid).obey(ShutdownReason.POWEROFF);
        } else if (trigger == Trigger.RESET) {
            new Guest(state, domid).obey(ShutdownReason.REBOOT);
        }
    }

    @Override
    public void sysrq(int domid, char key) {
        state.domain(domid);
        if (key == 'c') {
            new Guest(state, domid).crash();
        }
    }

    @Override
    public void softReset(int domid, DomainConfig config) {
        change(domid, "soft-reset", d -> {
            d.config = config;
            d.shutdown = null;
        });
    }

    @Override
    public void destroy(int domid) {
        state.begin("destroy", domid);
        if (domid == Hypervisor.DOM0) {
            throw new HypervisorException(LibxlError.INVAL, "the control domain cannot be destroyed");
        }
        SimulatedDomain domain = state.domain(domid);
        state.remove(domain);
        consoles.close(domid);
        state.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        state.tell(new HypervisorEvent.DomainDeath(domid, domain.uuid()));
    }

    @Override
    public void rename(int domid, @Nullable String oldName, String newName) {
        change(domid, "rename", d -> {
            if (oldName != null && !oldName.equals(d.config.cInfo().name())) {
                throw new HypervisorException(LibxlError.FAIL, "domain " + domid + " is not named " + oldName);
            }
            for (SimulatedDomain other : state.domains.values()) {
                if (other != d && other.config.cInfo().name().equals(newName)) {
                    throw new HypervisorException(
                            LibxlError.INVAL, "domain " + other.domid + " is named " + newName + " already");
                }
            }
            d.config = d.config.toBuilder()
                    .cInfo(d.config.cInfo().toBuilder().name(newName).build())
                    .build();
        });
        state.xenstore.write(DomainDirectory.of(domid) + "name", newName);
    }

    @Override
    public void coreDump(int domid, Path file) {
        state.begin("core-dump", domid);
        try {
            Files.writeString(
                    file, "simulated core of domain " + domid + ", boot " + state.domain(domid).bootId + "\n");
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the core cannot be written: " + e.getMessage());
        }
    }

    private void change(int domid, String operation, java.util.function.Consumer<SimulatedDomain> work) {
        state.begin(operation, domid);
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            work.accept(domain);
            state.save(domain);
        }
    }

    @Override
    public DomainConfig config(int domid) {
        return state.domain(domid).config;
    }

    @Override
    public DomainInfo info(int domid) {
        if (domid == Hypervisor.DOM0) {
            return domainZero();
        }
        synchronized (state) {
            return state.domain(domid).info();
        }
    }

    static int domainZeroVcpus(SimulatorState state) {
        return Math.min(4, state.settings.cpus());
    }

    /** How long the control domain's virtual CPUs have run: together as long as one of them could. */
    static long domainZeroNanos() {
        return System.nanoTime();
    }

    private DomainInfo domainZero() {
        long memory = state.domainZeroKib;
        int vcpus = domainZeroVcpus(state);
        return new DomainInfo(
                DOMAIN_ZERO,
                Hypervisor.DOM0,
                DomainKind.PV,
                true,
                false,
                false,
                false,
                false,
                ShutdownReason.UNKNOWN,
                0,
                memory,
                0,
                0,
                memory,
                domainZeroNanos(),
                vcpus - 1,
                vcpus,
                0);
    }

    @Override
    public List<DomainInfo> list() {
        List<DomainInfo> all = new ArrayList<>();
        all.add(domainZero());
        synchronized (state) {
            state.domains.values().forEach(d -> all.add(d.info()));
        }
        all.sort(Comparator.comparingInt(DomainInfo::domid));
        return all;
    }

    @Override
    public String name(int domid) {
        return domid == Hypervisor.DOM0
                ? DOMAIN_ZERO_NAME
                : state.domain(domid).config.cInfo().name();
    }

    @Override
    public OptionalInt findByName(String name) {
        if (name.equals(DOMAIN_ZERO_NAME)) {
            return OptionalInt.of(Hypervisor.DOM0);
        }
        return state.all().stream()
                .filter(d -> d.config.cInfo().name().equals(name))
                .mapToInt(d -> d.domid)
                .findFirst();
    }
}
