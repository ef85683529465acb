package org.jxapi.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.DeviceName;
import org.jxapi.domain.ForeignRules;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmCreation;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Domains that other tools made, such as {@code xl create}. Each appears as a VM with {@code other_config:foreign}. It
 * can be inspected, paused and shut down like any other; {@link ForeignRules} has the operations that it refuses. When
 * its guest ends, its own tool decides about the domain, and the VM disappears with it. A client adopts the VM by
 * removing the mark.
 */
final class ForeignDomains {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignDomains.class);
    /** A domain's configuration is written at the end of its creation; one that has none after that is shown without. */
    private static final Duration CREATION = Duration.ofSeconds(30);
    /** Domains are built while they are paused: one that stays so is asked now and then whether it is complete. */
    private static final Duration PAUSED = Duration.ofSeconds(5);

    /** A domain that is shown without is asked more and more rarely. */
    private static final Duration RAREST = Duration.ofMinutes(5);

    private final Store store;
    private final Ref<Host> host;
    private final Hypervisor hypervisor;
    private final Disks disks;
    private final PowerStates states;
    private final InstantSource clock;
    private final Map<Integer, Creation> creating = new HashMap<>();
    private final Map<Integer, Creation> unread = new HashMap<>();

    /** A domain that was not complete: since when, and when it is asked again. */
    private record Creation(Instant since, Instant again) {}

    /** The name and the configuration that libxl keeps of a domain. */
    private record Known(String name, DomainConfig config) {}

    ForeignDomains(Store store, Hosts.Driven here, Disks disks, PowerStates states, InstantSource clock) {
        this.store = store;
        this.host = here.host();
        this.hypervisor = here.hypervisor();
        this.disks = disks;
        this.states = states;
        this.clock = clock;
    }

    /** Only these have no VM now: of others that were being created nothing is remembered. */
    void keepOnly(Collection<DomainInfo> unknown) {
        creating.keySet().retainAll(unknown.stream().map(DomainInfo::domid).toList());
    }

    /** Only these domains live now. */
    void remain(Collection<Integer> domids) {
        unread.keySet().retainAll(domids);
    }

    /** There is a domain without a VM; false when it has to be looked at again, as it is being created. */
    boolean appeared(DomainInfo domain) {
        Instant now = clock.instant();
        Creation creation = creating.computeIfAbsent(domain.domid(), d -> new Creation(now, now.plus(PAUSED)));
        if (domain.paused() && now.isBefore(creation.again())) {
            return false;
        }
        Known known;
        try {
            known = known(domain);
        } catch (HypervisorException e) {
            if (now.isBefore(creation.since().plus(CREATION))) {
                creating.put(domain.domid(), new Creation(creation.since(), now.plus(PAUSED)));
                return false;
            }
            LOG.warn("Domain {}: its configuration cannot be read: {}", domain.domid(), e.getMessage());
            known = null;
        }
        creating.remove(domain.domid());
        Known shown = known;
        store.change(tx -> {
            if (tx.byUuid(VM.XEN_CLASS, domain.uuid().toString()).isEmpty()) {
                LOG.info(
                        "Domain {} ({}): created by another tool, appears as a VM",
                        domain.domid(),
                        name(domain, shown));
                create(tx, domain, shown);
            }
        });
        return true;
    }

    private Known known(DomainInfo domain) {
        return new Known(
                hypervisor.domains().name(domain.domid()), hypervisor.domains().config(domain.domid()));
    }

    private static String name(DomainInfo domain, @Nullable Known known) {
        return known == null ? "domain " + domain.domid() : known.name();
    }

    /** A VM of another tool runs; false when it has to be looked at again, as its configuration has not been read yet. */
    boolean complete(Ref<VM> vm, Row<VM> row, DomainInfo domain) {
        if (!ForeignRules.isUnread(row)) {
            return true;
        }
        Instant now = clock.instant();
        Creation last = unread.computeIfAbsent(domain.domid(), d -> new Creation(now, now.plus(PAUSED)));
        if (now.isBefore(last.again())) {
            return false;
        }
        Known known;
        try {
            known = known(domain);
        } catch (HypervisorException e) {
            Duration pause = Duration.between(last.since(), now);
            unread.put(
                    domain.domid(), new Creation(last.since(), now.plus(pause.compareTo(RAREST) < 0 ? pause : RAREST)));
            return false;
        }
        unread.remove(domain.domid());
        store.change(tx -> {
            if (tx.find(vm).isPresent() && ForeignRules.isUnread(tx.row(vm))) {
                LOG.info("Domain {} ({}): its configuration can be read now", domain.domid(), known.name());
                read(tx, vm, domain, known);
            }
        });
        return true;
    }

    private void read(Transaction tx, Ref<VM> vm, DomainInfo domain, Known known) {
        Map<String, String> marks = new HashMap<>(tx.get(vm, VM.OTHER_CONFIG));
        marks.remove(ForeignRules.UNREAD);
        DomainBuildInfo build = known.config().bInfo();
        tx.update(
                vm,
                row -> boot(size(row, domain, build), type(domain), build)
                        .with(VM.OTHER_CONFIG, marks)
                        .with(VM.NAME_LABEL, known.name()));
        devices(tx, vm, known.config());
        states.started(
                tx,
                vm,
                new VmDomain(host, hypervisor, domain.domid()),
                tx.get(vm, VM.POWER_STATE),
                true,
                Set.copyOf(tx.get(vm, VM.VBDS)));
    }

    private void devices(Transaction tx, Ref<VM> vm, DomainConfig config) {
        config.disks().forEach(disk -> disk(tx, vm, disk));
        config.nics().forEach(nic -> nic(tx, vm, nic));
    }

    private static DomainType type(DomainInfo domain) {
        return switch (domain.domainType()) {
            case HVM -> DomainType.HVM;
            case PVH -> DomainType.PVH;
            default -> DomainType.PV;
        };
    }

    private void create(Transaction tx, DomainInfo domain, @Nullable Known known) {
        DomainBuildInfo build = known == null
                ? DomainBuildInfo.builder().build()
                : known.config().bInfo();
        DomainType type = type(domain);
        Ref<VMMetrics> metrics = tx.create(Row.of(VMMetrics.XEN_CLASS).with(VMMetrics.CURRENT_DOMAIN_TYPE, type));
        Row<VM> row = Row.of(VM.XEN_CLASS)
                .with(VM.UUID, domain.uuid().toString())
                .with(VM.NAME_LABEL, name(domain, known))
                .with(VM.NAME_DESCRIPTION, "A domain that was not made through this XenAPI")
                .with(
                        VM.OTHER_CONFIG,
                        known == null
                                ? Map.of(ForeignRules.MARK, "true", ForeignRules.UNREAD, "true")
                                : Map.of(ForeignRules.MARK, "true"))
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.DOMAIN_TYPE, type)
                .with(VM.USER_VERSION, 1L)
                .with(VM.DOMID, -1L)
                .with(VM.METRICS, metrics)
                .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.RESTART)
                .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.DESTROY);
        Ref<VM> vm = tx.create(boot(size(row, domain, build), type, build));
        if (known != null) {
            devices(tx, vm, known.config());
        }
        VmPowerState state = domain.paused() ? VmPowerState.PAUSED : VmPowerState.RUNNING;
        states.started(
                tx, vm, new VmDomain(host, hypervisor, domain.domid()), state, true, Set.copyOf(tx.get(vm, VM.VBDS)));
    }

    /**
     * The limits of a domain. Its present memory is no limit: that of an HVM guest includes pages that its tool did not ask for,
     * and with a maximum above its target the guest would start with memory to be populated on demand.
     */
    private Row<VM> size(Row<VM> row, DomainInfo domain, DomainBuildInfo build) {
        long memory = domain.currentMemkb();
        long target = 1024 * (build.targetMemkb() == null ? memory : build.targetMemkb());
        long most = build.maxMemkb() == null ? target : Math.max(target, 1024 * build.maxMemkb());
        long vcpus = DomainFacts.vcpus(hypervisor, domain);
        return row.with(VM.VCPUS_MAX, Math.max(vcpus, build.maxVcpus() == null ? 0 : build.maxVcpus()))
                .with(VM.VCPUS_AT_STARTUP, vcpus)
                .with(VM.MEMORY_STATIC_MAX, most)
                .with(VM.MEMORY_DYNAMIC_MAX, target)
                .with(VM.MEMORY_DYNAMIC_MIN, target)
                .with(VM.MEMORY_TARGET, target);
    }

    private static Row<VM> boot(Row<VM> row, DomainType type, DomainBuildInfo build) {
        if (type == DomainType.HVM) {
            String order = build.hvm() == null || build.hvm().boot() == null
                    ? "cd"
                    : build.hvm().boot();
            return row.with(VM.HVM_BOOT_POLICY, "BIOS order").with(VM.HVM_BOOT_PARAMS, Map.of("order", order));
        }
        return row.with(VM.PV_KERNEL, orEmpty(build.kernel()))
                .with(VM.PV_RAMDISK, orEmpty(build.ramdisk()))
                .with(VM.PV_ARGS, orEmpty(build.cmdline()))
                .with(VM.PV_BOOTLOADER, orEmpty(build.bootloader()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A disk that is none of ours has no VDI; its path says what it is. */
    private void disk(Transaction tx, Ref<VM> vm, DiskConfig disk) {
        Optional<Ref<VDI>> vdi = disk.pdevPath() == null ? Optional.empty() : vdi(tx, Path.of(disk.pdevPath()));
        Map<String, String> config = vdi.isPresent() || disk.pdevPath() == null || disk.format() == DiskFormat.EMPTY
                ? Map.of()
                : Map.of("path", disk.pdevPath());
        tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, vdi.orElse(Ref.nil()))
                .with(VBD.EMPTY, vdi.isEmpty())
                .with(VBD.DEVICE, disk.vdev())
                .with(VBD.USERDEVICE, userdevice(disk.vdev()))
                .with(VBD.TYPE, disk.isCdrom() ? VbdType.CD : VbdType.DISK)
                .with(VBD.MODE, disk.readwrite() ? VbdMode.RW : VbdMode.RO)
                .with(VBD.OTHER_CONFIG, config));
    }

    /** A number, as XAPI's clients expect, where there is one. */
    private static String userdevice(String vdev) {
        return DeviceName.parse(vdev)
                .flatMap(DeviceName::asNumber)
                .map(number -> Integer.toString(number))
                .orElse(vdev);
    }

    private Optional<Ref<VDI>> vdi(Snapshot snapshot, Path path) {
        for (Stored<VDI> stored : snapshot.all(VDI.XEN_CLASS)) {
            Ref<VDI> vdi = stored.ref();
            try {
                if (disks.file(snapshot, vdi).equals(path)) {
                    return Optional.of(vdi);
                }
            } catch (XenApiException e) {
                LOG.debug("A disk of an unplugged repository is not compared: {}", e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static void nic(Transaction tx, Ref<VM> vm, NicConfig nic) {
        List<Stored<Network>> networks = new ArrayList<>(tx.all(Network.XEN_CLASS));
        networks.removeIf(stored -> !stored.row().get(Network.BRIDGE).equals(nic.bridge()));
        if (networks.isEmpty()) {
            return;
        }
        tx.create(Row.of(VIF.XEN_CLASS)
                .with(VIF.VM, vm)
                .with(VIF.NETWORK, networks.get(0).ref())
                .with(VIF.DEVICE, Integer.toString(nic.devid() == null ? 0 : nic.devid()))
                .with(VIF.MAC, orEmpty(nic.mac()))
                .with(VIF.MTU, nic.mtu() == null ? 1500L : nic.mtu()));
    }

    /** The domain has gone without this daemon, and what was shown of it goes with it. */
    void vanished(Ref<VM> vm) {
        store.change(tx -> {
            if (tx.find(vm).isPresent()
                    && ForeignRules.isForeign(tx.row(vm))
                    && tx.get(vm, VM.CURRENT_OPERATIONS).isEmpty()) {
                LOG.info("VM {}: removed, because its domain of another tool has ended", tx.get(vm, VM.NAME_LABEL));
                states.halted(tx, vm);
                VmCreation.remove(tx, vm);
            }
        });
    }
}
