package org.jxapi.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.DeviceName;
import org.jxapi.domain.Macs;
import org.jxapi.guest.GuestNodes;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.local.VmDomain;
import org.jxapi.network.BondRecords;
import org.jxapi.network.VlanRecords;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Placement;
import org.jxapi.vm.PowerStates;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;
import org.jxapi.xenapi.VifLockingMode;
import org.jxapi.xenapi.VmPowerState;

/** Makes the objects and domains of a world, on a host that has just begun. Many VMs cost two transactions. */
public final class WorldBuilder {
    private final WorldFile world;
    private final Store store;
    private final Map<String, Ref<SR>> repositories = new HashMap<>();
    private static final String LOCAL = "Local storage";

    /** The local storage of each host, by the host's name. */
    private final Map<String, Ref<SR>> locals = new HashMap<>();

    private final Map<String, Ref<Network>> networks = new HashMap<>();

    public WorldBuilder(WorldFile world, Store store) {
        this.world = world;
        this.store = store;
    }

    /** Adds SRs and networks, which the start of the daemon makes usable. */
    public void makePlaces(Path data) throws IOException {
        Map<String, Path> folders = new LinkedHashMap<>();
        for (WorldFile.Repository repository : world.repositories()) {
            if (repository.type().data() && !repository.type().simulated()) {
                String name = folders.size() + "-" + repository.name().replaceAll("[^A-Za-z0-9]", "-");
                folders.put(
                        repository.name(),
                        Files.createDirectories(data.resolve("sr").resolve(name)));
            }
        }
        Map<WorldFile.Repository, String> uuids = new HashMap<>();
        for (WorldFile.Repository repository : world.repositories()) {
            String uuid = FreshIds.uuid("SR").toString();
            uuids.put(repository, uuid);
            if (repository.type().simulated()) {
                // By this folder the simulator knows that it is one of a world.
                Files.createDirectories(data.resolve("sr").resolve(uuid));
            }
        }
        store.change(tx -> {
            Ref<SR> usual = null;
            for (WorldFile.Repository repository : world.repositories()) {
                Ref<SR> sr = repository(tx, repository, uuids.get(repository), folders.get(repository.name()));
                usual = usual == null && !repository.type().discs() ? sr : usual;
            }
            if (usual != null) {
                tx.set(ThisPool.ref(tx), Pool.DEFAULT_SR, usual);
            }
            for (int i = 0; i < world.networks().size(); i++) {
                WorldFile.Net net = world.networks().get(i);
                Ref<Network> network = tx.create(Row.of(Network.XEN_CLASS)
                        .with(Network.NAME_LABEL, net.name())
                        .with(Network.MTU, 1500L)
                        .with(Network.MANAGED, true)
                        .with(Network.BRIDGE, "xapi" + i));
                if (!net.bond().isEmpty()) {
                    tx.all(Host.XEN_CLASS).forEach(host -> bond(tx, host.ref(), network, net));
                }
                if (net.vlan() >= 0) {
                    tx.all(Host.XEN_CLASS).forEach(host -> vlan(tx, host.ref(), network, net.vlan()));
                }
            }
        });
    }

    /** Puts a network on a bond of interfaces of a host, if it has them all. */
    private static void bond(Transaction tx, Ref<Host> host, Ref<Network> network, WorldFile.Net net) {
        List<Ref<PIF>> members = net.bond().stream()
                .flatMap(device -> tx.get(host, Host.PIFS).stream()
                        .filter(pif -> tx.get(pif, PIF.PHYSICAL)
                                && tx.get(pif, PIF.DEVICE).equals(device)))
                .toList();
        if (members.size() == net.bond().size()) {
            String device = "bond"
                    + tx.get(host, Host.PIFS).stream()
                            .filter(pif -> !tx.get(pif, PIF.BOND_MASTER_OF).isEmpty())
                            .count();
            Map<String, String> properties = BondRecords.properties(net.mode());
            BondRecords.create(tx, network, members, device, "", net.mode(), properties);
        }
    }

    /** Puts a network on the first interface of a host. At the start of the daemon, a bond takes over its VLANs. */
    private static void vlan(Transaction tx, Ref<Host> host, Ref<Network> network, long tag) {
        Ref<PIF> tagged = tx.get(host, Host.PIFS).stream()
                .filter(pif -> tx.get(pif, PIF.PHYSICAL))
                .min(Comparator.comparing(pif -> tx.get(pif, PIF.DEVICE)))
                .orElseThrow();
        Ref<VLAN> vlan = VlanRecords.create(tx, tagged, tag, network);
        tx.set(tx.get(vlan, VLAN.UNTAGGED_PIF), PIF.CURRENTLY_ATTACHED, true);
    }

    private static Ref<SR> repository(
            Transaction tx, WorldFile.Repository repository, @Nullable String uuid, @Nullable Path folder) {
        List<Ref<Host>> hosts = tx.all(Host.XEN_CLASS).stream()
                .filter(host -> repository.host().isEmpty()
                        || repository.host().equals(host.row().get(Host.NAME_LABEL)))
                .<Ref<Host>>map(Stored::ref)
                .toList();
        boolean shared = hosts.size() > 1 || repository.type().network();
        Map<String, String> config = folder == null
                ? repository.type().config(repository.name(), repository.config())
                : OrderedMap.of("location", folder.toString());
        Ref<SR> sr = tx.create(Row.of(SR.XEN_CLASS)
                .with(SR.UUID, uuid == null ? "" : uuid)
                .with(SR.NAME_LABEL, repository.name())
                .with(SR.TYPE, repository.type().wire())
                .with(SR.SHARED, shared)
                .with(SR.CONTENT_TYPE, repository.type().discs() ? "iso" : "user")
                .with(SR.SM_CONFIG, SrSizes.config(repository.size(), repository.speed()))
                .with(SR.PHYSICAL_SIZE, repository.size() > 0 ? repository.size() : -1L)
                .with(SR.DEFAULT_VDI_VISIBILITY, true));
        for (Ref<Host> host : hosts) {
            tx.create(Row.of(PBD.XEN_CLASS)
                    .with(PBD.HOST, host)
                    .with(PBD.SR, sr)
                    .with(PBD.DEVICE_CONFIG, config)
                    .with(PBD.CURRENTLY_ATTACHED, true));
        }
        boolean suspends = hosts.size() > 1
                && repository.type().data()
                && !repository.type().discs();
        if (suspends && tx.get(ThisPool.ref(tx), Pool.SUSPEND_IMAGE_SR).isNull()) {
            tx.set(ThisPool.ref(tx), Pool.SUSPEND_IMAGE_SR, sr);
        }
        return sr;
    }

    /**
     * Makes the VMs, and has those run that run.
     *
     * @param disks makes the disks that have data
     * @param configs the domain of a VM
     */
    public void makeMachines(
            Hosts hosts, Disks disks, BiFunction<Snapshot, Ref<VM>, DomainConfig> configs, PowerStates states) {
        Snapshot before = store.snapshot();
        before.all(SR.XEN_CLASS).forEach(sr -> repositories.put(sr.row().get(SR.NAME_LABEL), sr.ref()));
        for (Stored<Host> host : before.all(Host.XEN_CLASS)) {
            locals.put(host.row().get(Host.NAME_LABEL), local(before, host.ref()));
        }
        repositories.put(LOCAL, local(before, ThisHost.ref(before)));
        before.all(Network.XEN_CLASS).forEach(n -> networks.put(n.row().get(Network.NAME_LABEL), n.ref()));
        before.all(PIF.XEN_CLASS)
                .forEach(pif -> networks.putIfAbsent(
                        pif.row().get(PIF.DEVICE),
                        before.find(pif.row().get(PIF.BOND_SLAVE_OF))
                                .map(bond -> before.get(bond.row().get(Bond.MASTER), PIF.NETWORK))
                                .orElse(pif.row().get(PIF.NETWORK))));
        List<List<Ref<VDI>>> made = new ArrayList<>();
        for (WorldFile.Machine machine : world.machines()) {
            List<Ref<VDI>> own = new ArrayList<>();
            for (WorldFile.Disk disk : machine.disks()) {
                Ref<SR> sr = repository(machine, disk);
                boolean withData = !before.get(sr, SR.TYPE).equals("dummy");
                own.add(withData ? disks.create(sr, machine.name(), disk.size(), VdiType.USER) : Ref.nil());
            }
            made.add(own);
        }
        List<WorldFile.Machine> machines = world.machines();
        List<Ref<VM>> vms = new ArrayList<>();
        List<WorldTransaction> underway = new ArrayList<>();
        // While the disk gets the VMs, their domains begin, and then get their files.
        together(hosts, () -> {
            underway.add(WorldTransaction.begin(store, tx -> {
                for (int i = 0; i < machines.size(); i++) {
                    vms.add(machine(tx, machines.get(i), made.get(i)));
                }
                allocate(tx);
            }));
            underway.add(WorldTransaction.begin(store, tx -> {
                for (int i = 0; i < machines.size(); i++) {
                    if (machines.get(i).running()) {
                        run(tx, vms.get(i), machines.get(i), hosts, configs, states);
                    }
                }
            }));
        });
        underway.forEach(WorldTransaction::await);
    }

    private void allocate(Transaction tx) {
        for (WorldFile.Repository repository : world.repositories()) {
            Ref<SR> sr = repository(repository.name());
            long sum = tx.get(sr, SR.VDIS).stream()
                    .mapToLong(vdi -> tx.get(vdi, VDI.VIRTUAL_SIZE))
                    .sum();
            tx.set(sr, SR.VIRTUAL_ALLOCATION, sum);
        }
    }

    /** Runs work on the domains of all hosts, as {@link SimulatedHypervisor#together} does. */
    private static void together(Hosts hosts, Runnable work) {
        Runnable all = work;
        for (Hypervisor hypervisor : hosts.hypervisors()) {
            Runnable inner = all;
            all = hypervisor instanceof SimulatedHypervisor machine ? () -> machine.together(inner) : inner;
        }
        all.run();
    }

    private static Ref<SR> local(Snapshot snapshot, Ref<Host> host) {
        return snapshot.get(host, Host.PBDS).stream()
                .map(pbd -> snapshot.get(pbd, PBD.SR))
                .filter(sr -> snapshot.get(sr, SR.NAME_LABEL).equals(LOCAL))
                .findFirst()
                .orElseThrow();
    }

    /** The repository of a disk: each host has local storage of its own. */
    private Ref<SR> repository(WorldFile.Machine machine, WorldFile.Disk disk) {
        boolean own = disk.sr().equals(LOCAL) && !machine.host().isEmpty();
        return own ? Objects.requireNonNull(locals.get(machine.host()), machine.host()) : repository(disk.sr());
    }

    private Ref<SR> repository(String name) {
        return Objects.requireNonNull(repositories.get(name), name);
    }

    private Ref<Network> network(String name) {
        return Objects.requireNonNull(networks.get(name), name);
    }

    private Ref<VM> machine(Transaction tx, WorldFile.Machine machine, List<Ref<VDI>> made) {
        List<Ref<VM>> templates = tx.byNameLabel(VM.XEN_CLASS, machine.template());
        if (templates.isEmpty() || !tx.get(templates.get(0), VM.IS_A_TEMPLATE)) {
            throw new WorldException("VM " + machine.name() + ": there is no template " + machine.template());
        }
        Row<VM> template = tx.row(templates.get(0));
        Map<String, String> config = new LinkedHashMap<>(template.get(VM.OTHER_CONFIG));
        config.keySet().removeAll(Set.of("disks", "install-methods", "default_template"));
        String seed = FreshIds.uuid("mac_seed").toString();
        config.put("mac_seed", seed);
        config.put("base_template_name", machine.template());
        Ref<VMMetrics> metrics =
                tx.create(Row.of(VMMetrics.XEN_CLASS).with(VMMetrics.VCPUS_UTILISATION, Map.of(0L, 0.0)));
        Ref<VM> vm = tx.create(template.with(VM.UUID, "")
                .with(VM.NAME_LABEL, machine.name())
                .with(VM.NAME_DESCRIPTION, machine.description())
                .with(VM.IS_A_TEMPLATE, false)
                .with(VM.IS_DEFAULT_TEMPLATE, false)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.METRICS, metrics)
                .with(VM.OTHER_CONFIG, config)
                .with(VM.TAGS, machine.tags())
                .with(VM.MEMORY_STATIC_MIN, Math.min(template.get(VM.MEMORY_STATIC_MIN), machine.memory()))
                .with(VM.MEMORY_DYNAMIC_MIN, machine.memory())
                .with(VM.MEMORY_DYNAMIC_MAX, machine.memory())
                .with(VM.MEMORY_STATIC_MAX, machine.memory())
                .with(VM.VCPUS_MAX, (long) machine.vcpus())
                .with(VM.VCPUS_AT_STARTUP, (long) machine.vcpus()));
        for (int i = 0; i < machine.disks().size(); i++) {
            disk(tx, vm, i, machine, made.get(i));
        }
        for (int i = 0; i < machine.networks().size(); i++) {
            tx.create(Row.of(VIF.XEN_CLASS)
                    .with(VIF.VM, vm)
                    .with(VIF.NETWORK, network(machine.networks().get(i)))
                    .with(VIF.DEVICE, Integer.toString(i))
                    .with(VIF.MAC, Macs.ofSeed(seed, i))
                    .with(VIF.MAC_AUTOGENERATED, true)
                    .with(VIF.MTU, 1500L)
                    .with(VIF.LOCKING_MODE, VifLockingMode.NETWORK_DEFAULT)
                    .with(VIF.IPV4_CONFIGURATION_MODE, VifIpv4ConfigurationMode.NONE)
                    .with(VIF.IPV6_CONFIGURATION_MODE, VifIpv6ConfigurationMode.NONE));
        }
        return vm;
    }

    private void disk(Transaction tx, Ref<VM> vm, int number, WorldFile.Machine machine, Ref<VDI> made) {
        WorldFile.Disk disk = machine.disks().get(number);
        Ref<VDI> vdi = made;
        if (vdi.isNull()) {
            String uuid = FreshIds.uuid("VDI").toString();
            vdi = tx.create(Row.of(VDI.XEN_CLASS)
                    .with(VDI.UUID, uuid)
                    .with(VDI.LOCATION, uuid)
                    .with(VDI.NAME_LABEL, machine.name())
                    .with(VDI.SR, repository(machine, disk))
                    .with(VDI.TYPE, VdiType.USER)
                    .with(VDI.MANAGED, true)
                    .with(VDI.VIRTUAL_SIZE, disk.size()));
        }
        tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, vdi)
                .with(VBD.USERDEVICE, Integer.toString(number))
                .with(VBD.DEVICE, DeviceName.of(number).vdev())
                .with(VBD.MODE, VbdMode.RW)
                .with(VBD.TYPE, VbdType.DISK)
                .with(VBD.BOOTABLE, number == 0)
                .with(VBD.UNPLUGGABLE, true));
    }

    private static void run(
            Transaction tx,
            Ref<VM> vm,
            WorldFile.Machine machine,
            Hosts hosts,
            BiFunction<Snapshot, Ref<VM>, DomainConfig> configs,
            PowerStates states) {
        Ref<Host> host = host(tx, vm, machine, hosts);
        Hypervisor hypervisor = hosts.of(host);
        int domid = hypervisor.domains().create(configs.apply(tx, vm));
        new GuestNodes(hypervisor).prepare(tx.row(vm), domid);
        hypervisor.domains().unpause(domid);
        VmDomain domain = new VmDomain(host, hypervisor, domid);
        states.started(tx, vm, domain, VmPowerState.RUNNING, true, Set.copyOf(tx.get(vm, VM.VBDS)));
        // A guest that boots at once has reported by now: a transaction of its own for each would take much longer.
        states.reports().read(tx, vm);
    }

    /** The host that a VM runs on: the one that the world names, else any that is fit. */
    private static Ref<Host> host(Transaction tx, Ref<VM> vm, WorldFile.Machine machine, Hosts hosts) {
        if (!hosts.several()) {
            return ThisHost.ref(tx);
        }
        if (!machine.host().isEmpty()) {
            return tx.byNameLabel(Host.XEN_CLASS, machine.host()).get(0);
        }
        try {
            return Placement.choose(tx, vm);
        } catch (XenApiException e) {
            throw new WorldException("VM " + machine.name() + ": runs on no host: " + e.getMessage(), e);
        }
    }
}
