package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.hypervisor.Xenstore;

/** The life of simulated domains. */
final class SimulatedDomains implements Domains {
    private static final UUID DOMAIN_ZERO = new UUID(0, 0);
    private static final String DOMAIN_ZERO_NAME = "Domain-0";
    /** How long libxl waits for a guest to accept a request. */
    private static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(60);

    private final SimulatorState world;

    SimulatedDomains(SimulatorState world) {
        this.world = world;
    }

    /** A save file: the domain's memory is the id of its boot. */
    record SaveFile(String format, String bootId) {}

    @Override
    public int create(DomainConfig config) {
        return build(config, UUID.randomUUID().toString(), "create");
    }

    @Override
    public int restore(DomainConfig config, Path saveFile) {
        SaveFile saved;
        try {
            saved = SimulatorState.JSON.readValue(saveFile.toFile(), SaveFile.class);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the save file cannot be read: " + e.getMessage());
        }
        if (!"jxapi-simulator-1".equals(saved.format())) {
            throw new HypervisorException(LibxlError.FAIL, "the save file is not one of the simulator");
        }
        return build(config, saved.bootId(), "restore");
    }

    private int build(DomainConfig config, String bootId, String operation) {
        HypervisorException midway = world.faults.begin(operation);
        for (DiskConfig disk : config.disks()) {
            checkDisk(disk);
        }
        synchronized (world) {
            requireNew(config);
            SimulatedDomain domain = new SimulatedDomain(world.newDomid(), numbered(config), bootId);
            if (domain.currentKib > world.freeKib()) {
                throw new HypervisorException(
                        LibxlError.NOMEM,
                        "not enough memory: " + domain.currentKib + " KiB wanted, " + world.freeKib() + " KiB free");
            }
            if (midway != null) {
                throw midway;
            }
            world.domains.put(domain.domid, domain);
            world.save(domain);
            DomainDirectory.write(world, domain);
            world.xenstore.fire(Xenstore.INTRODUCE_DOMAIN);
            return domain.domid;
        }
    }

    private void requireNew(DomainConfig config) {
        for (SimulatedDomain other : world.domains.values()) {
            if (other.uuid().equals(config.cInfo().uuid())) {
                throw new HypervisorException(LibxlError.INVAL, "domain " + other.domid + " has this UUID already");
            } else if (other.config.cInfo().name().equals(config.cInfo().name())) {
                throw new HypervisorException(LibxlError.FAIL, "domain " + other.domid + " has this name already");
            }
        }
    }

    /** Numbers the nics that have no number yet. */
    private static DomainConfig numbered(DomainConfig config) {
        List<NicConfig> nics = new ArrayList<>();
        for (NicConfig nic : config.nics()) {
            nics.add(nic);
        }
        for (int i = 0; i < nics.size(); i++) {
            nics.set(i, SimulatedDevices.numbered(nics.get(i), nics));
        }
        return config.toBuilder().nics(nics).build();
    }

    static void checkDisk(DiskConfig disk) {
        if (disk.pdevPath() != null && !Files.exists(Path.of(disk.pdevPath()))) {
            throw new HypervisorException(LibxlError.INVAL, "the disk is not there: " + disk.pdevPath());
        }
    }

    @Override
    public void suspend(int domid, Path saveFile, boolean live) {
        HypervisorException midway = world.faults.begin("suspend");
        SimulatedDomain domain = world.domain(domid);
        if (domain.hung) {
            awaitHearing(domid, "suspend", LibxlError.GUEST_TIMEDOUT, () -> !world.domain(domid).hung);
        }
        try {
            if (midway != null) {
                Files.writeString(saveFile, "{\"format\":");
                throw midway;
            }
            Files.write(
                    saveFile, SimulatorState.JSON.writeValueAsBytes(new SaveFile("jxapi-simulator-1", domain.bootId)));
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the save file cannot be written: " + e.getMessage());
        }
        suspended(domid, domain);
    }

    private void suspended(int domid, SimulatedDomain domain) {
        synchronized (world) {
            domain.setShutdown(ShutdownReason.SUSPEND);
            world.save(domain);
        }
        world.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        world.tell(new HypervisorEvent.DomainShutdown(domid, domain.uuid(), ShutdownReason.SUSPEND));
    }

    @Override
    public void suspendOnly(int domid) {
        world.faults.begin("suspend");
        suspended(domid, world.domain(domid));
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
            world.balloon();
        });
        SimulatedDomain domain = world.domain(domid);
        if (domain.pauses > 0) {
            return;
        }
        if (!Guest.talked(world, domid)) {
            Guest.boot(world, domain);
        } else {
            new Guest(world, domid).hear();
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
        world.faults.begin(operation);
        world.domain(domid);
        String path = DomainDirectory.of(domid) + "control/shutdown";
        world.xenstore.write(path, reason.name().toLowerCase(Locale.ROOT));
        new Guest(world, domid).hear();
        awaitHearing(
                domid,
                operation,
                LibxlError.TIMEDOUT,
                () -> world.xenstore.read(path).orElse("").isEmpty());
    }

    /** Waits until the guest has heard, as long as libxl does; interrupting the thread ends that. */
    private void awaitHearing(int domid, String operation, LibxlError otherwise, BooleanSupplier heard) {
        long end = System.nanoTime() + ACKNOWLEDGEMENT.toNanos();
        synchronized (world) {
            while (!heard.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new HypervisorException(otherwise, "the guest of domain " + domid + " does not answer");
                }
                try {
                    world.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new HypervisorException(LibxlError.ABORTED, operation + " was interrupted");
                }
            }
        }
    }

    @Override
    public void trigger(int domid, Trigger trigger, int vcpuid) {
        world.faults.begin("trigger");
        world.domain(domid);
        if (trigger == Trigger.POWER) {
            new Guest(world, domid).obey(ShutdownReason.POWEROFF);
        } else if (trigger == Trigger.RESET) {
            new Guest(world, domid).obey(ShutdownReason.REBOOT);
        }
    }

    @Override
    public void sysrq(int domid, char key) {
        world.domain(domid);
        if (key == 'c') {
            new Guest(world, domid).crash();
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
        world.faults.begin("destroy");
        if (domid == Hypervisor.DOM0) {
            throw new HypervisorException(LibxlError.INVAL, "the control domain cannot be destroyed");
        }
        SimulatedDomain domain = world.domain(domid);
        world.remove(domain);
        world.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        world.tell(new HypervisorEvent.DomainDeath(domid, domain.uuid()));
    }

    @Override
    public void rename(int domid, String oldName, String newName) {
        change(domid, "rename", d -> {
            if (oldName != null && !oldName.equals(d.config.cInfo().name())) {
                throw new HypervisorException(LibxlError.FAIL, "domain " + domid + " is not named " + oldName);
            }
            for (SimulatedDomain other : world.domains.values()) {
                if (other != d && other.config.cInfo().name().equals(newName)) {
                    throw new HypervisorException(
                            LibxlError.INVAL, "domain " + other.domid + " is named " + newName + " already");
                }
            }
            d.config = d.config.toBuilder()
                    .cInfo(d.config.cInfo().toBuilder().name(newName).build())
                    .build();
        });
        world.xenstore.write(DomainDirectory.of(domid) + "name", newName);
    }

    @Override
    public void coreDump(int domid, Path file) {
        world.faults.begin("core-dump");
        try {
            Files.writeString(
                    file, "simulated core of domain " + domid + ", boot " + world.domain(domid).bootId + "\n");
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the core cannot be written: " + e.getMessage());
        }
    }

    private void change(int domid, String operation, java.util.function.Consumer<SimulatedDomain> work) {
        world.faults.begin(operation);
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            work.accept(domain);
            world.save(domain);
        }
    }

    @Override
    public DomainConfig config(int domid) {
        return world.domain(domid).config;
    }

    @Override
    public DomainInfo info(int domid) {
        if (domid == Hypervisor.DOM0) {
            return domainZero();
        }
        synchronized (world) {
            return world.domain(domid).info();
        }
    }

    private DomainInfo domainZero() {
        long memory = world.domainZeroKib;
        int vcpus = Math.min(4, world.settings.cpus());
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
                System.nanoTime(),
                vcpus - 1,
                vcpus,
                0);
    }

    @Override
    public List<DomainInfo> list() {
        List<DomainInfo> all = new ArrayList<>();
        all.add(domainZero());
        synchronized (world) {
            world.domains.values().forEach(d -> all.add(d.info()));
        }
        all.sort(Comparator.comparingInt(DomainInfo::domid));
        return all;
    }

    @Override
    public String name(int domid) {
        return domid == Hypervisor.DOM0
                ? DOMAIN_ZERO_NAME
                : world.domain(domid).config.cInfo().name();
    }

    @Override
    public OptionalInt findByName(String name) {
        if (name.equals(DOMAIN_ZERO_NAME)) {
            return OptionalInt.of(Hypervisor.DOM0);
        }
        return world.all().stream()
                .filter(d -> d.config.cInfo().name().equals(name))
                .mapToInt(d -> d.domid)
                .findFirst();
    }
}
