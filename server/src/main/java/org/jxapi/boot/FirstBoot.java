package org.jxapi.boot;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostCpu;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.User;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;

/**
 * The objects that a host has from its first start on: pool, host, control domain, networks and PIFs, storage
 * repositories, templates and the root user. Later starts bring the host's facts up to date.
 */
public final class FirstBoot {
    private final Store store;
    private final Path dataDir;
    private final Clock clock;

    public FirstBoot(Store store, Path dataDir, Clock clock) {
        this.store = store;
        this.dataDir = dataDir;
        this.clock = clock;
    }

    /** Creates what is missing; returns this host. */
    public Ref<Host> run(HostFacts facts) {
        return store.transact(tx -> {
            Snapshot before = tx;
            boolean first = before.count(Pool.XEN_CLASS) == 0;
            Ref<Host> host = first ? createHost(tx, facts) : only(before, Host.XEN_CLASS);
            HostRecord.update(tx, host, facts, XenTime.of(clock.instant()));
            if (first) {
                Ref<SR> storage = createStorage(tx, host);
                tx.create(
                        Pool.XEN_CLASS,
                        Row.of(Pool.XEN_CLASS)
                                .with(Pool.MASTER, host)
                                .with(Pool.DEFAULT_SR, storage)
                                .with(Pool.SUSPEND_IMAGE_SR, storage)
                                .with(Pool.CRASH_DUMP_SR, storage)
                                .with(Pool.HA_CLUSTER_STACK, "xhad")
                                .with(Pool.OTHER_CONFIG, map("memory-ratio-hvm", "0.25", "memory-ratio-pv", "0.25")));
                createNetworks(tx, host, facts);
                createDomainZero(tx, host, facts);
                Templates.create(tx);
                tx.create(
                        User.XEN_CLASS,
                        Row.of(User.XEN_CLASS).with(User.SHORT_NAME, "root").with(User.FULLNAME, "superuser"));
            }
            return host;
        });
    }

    private Ref<Host> createHost(Transaction tx, HostFacts facts) {
        Ref<HostMetrics> metrics =
                tx.create(HostMetrics.XEN_CLASS, Row.of(HostMetrics.XEN_CLASS).with(HostMetrics.LIVE, true));
        Ref<Host> host = tx.create(
                Host.XEN_CLASS,
                Row.of(Host.XEN_CLASS)
                        .with(Host.NAME_LABEL, facts.hostname())
                        .with(Host.NAME_DESCRIPTION, "Default install")
                        .with(Host.ENABLED, true)
                        .with(Host.METRICS, metrics)
                        .with(Host.EDITION, "free")
                        .with(Host.EDITIONS, List.of("free")));
        for (int i = 0; i < facts.cpu().count(); i++) {
            HostFacts.Cpu cpu = facts.cpu();
            tx.create(
                    HostCpu.XEN_CLASS,
                    Row.of(HostCpu.XEN_CLASS)
                            .with(HostCpu.HOST, host)
                            .with(HostCpu.NUMBER, (long) i)
                            .with(HostCpu.VENDOR, cpu.vendor())
                            .with(HostCpu.SPEED, cpu.speedMhz())
                            .with(HostCpu.MODELNAME, cpu.model())
                            .with(HostCpu.FAMILY, number(cpu.family()))
                            .with(HostCpu.MODEL, number(cpu.modelNumber()))
                            .with(HostCpu.STEPPING, cpu.stepping())
                            .with(HostCpu.FLAGS, cpu.flags()));
        }
        return host;
    }

    private Ref<SR> createStorage(Transaction tx, Ref<Host> host) {
        Ref<SR> local = tx.create(
                SR.XEN_CLASS,
                Row.of(SR.XEN_CLASS)
                        .with(SR.NAME_LABEL, "Local storage")
                        .with(SR.TYPE, "file")
                        .with(SR.CONTENT_TYPE, "user"));
        connect(tx, host, local, dataDir.resolve("storage"));
        Ref<SR> iso = tx.create(
                SR.XEN_CLASS,
                Row.of(SR.XEN_CLASS)
                        .with(SR.NAME_LABEL, "ISO images")
                        .with(SR.NAME_DESCRIPTION, "The .iso files of a folder on this host")
                        .with(SR.TYPE, "iso")
                        .with(SR.CONTENT_TYPE, "iso"));
        connect(tx, host, iso, dataDir.resolve("iso"));
        return local;
    }

    private static void connect(Transaction tx, Ref<Host> host, Ref<SR> sr, Path folder) {
        tx.create(
                PBD.XEN_CLASS,
                Row.of(PBD.XEN_CLASS)
                        .with(PBD.HOST, host)
                        .with(PBD.SR, sr)
                        .with(PBD.DEVICE_CONFIG, map("location", folder.toString()))
                        .with(PBD.CURRENTLY_ATTACHED, true));
    }

    private static void createNetworks(Transaction tx, Ref<Host> host, HostFacts facts) {
        for (HostFacts.Nic nic : facts.nics()) {
            Ref<Network> network = tx.create(
                    Network.XEN_CLASS,
                    Row.of(Network.XEN_CLASS)
                            .with(Network.NAME_LABEL, "Pool-wide network associated with " + nic.device())
                            .with(Network.MTU, (long) nic.mtu())
                            .with(Network.MANAGED, true)
                            .with(Network.BRIDGE, nic.bridge()));
            Ref<PIFMetrics> metrics = tx.create(
                    PIFMetrics.XEN_CLASS, Row.of(PIFMetrics.XEN_CLASS).with(PIFMetrics.CARRIER, nic.carrier()));
            tx.create(
                    PIF.XEN_CLASS,
                    Row.of(PIF.XEN_CLASS)
                            .with(PIF.DEVICE, nic.device())
                            .with(PIF.DEVICE_NAME, nic.device())
                            .with(PIF.NETWORK, network)
                            .with(PIF.HOST, host)
                            .with(PIF.MAC, nic.mac())
                            .with(PIF.MTU, (long) nic.mtu())
                            .with(PIF.VLAN, -1L)
                            .with(PIF.METRICS, metrics)
                            .with(PIF.PHYSICAL, true)
                            .with(PIF.CURRENTLY_ATTACHED, true)
                            .with(PIF.MANAGEMENT, nic.management())
                            .with(PIF.IP_CONFIGURATION_MODE, mode(nic))
                            .with(PIF.IP, nic.ip())
                            .with(PIF.NETMASK, nic.netmask())
                            .with(PIF.GATEWAY, nic.gateway())
                            .with(PIF.DNS, nic.dns()));
        }
        tx.create(
                Network.XEN_CLASS,
                Row.of(Network.XEN_CLASS)
                        .with(Network.NAME_LABEL, "Host internal management network")
                        .with(Network.NAME_DESCRIPTION, "Guests reach the host's XenAPI here, by link-local addresses")
                        .with(Network.MTU, 1500L)
                        .with(Network.MANAGED, true)
                        .with(Network.BRIDGE, "xenapi")
                        .with(
                                Network.OTHER_CONFIG,
                                map(
                                        "is_guest_installer_network", "true",
                                        "is_host_internal_management_network", "true",
                                        "ip_begin", "169.254.0.1",
                                        "ip_end", "169.254.255.254",
                                        "netmask", "255.255.0.0")));
    }

    private static IpConfigurationMode mode(HostFacts.Nic nic) {
        if (nic.ip().isEmpty()) {
            return IpConfigurationMode.NONE;
        }
        return nic.dhcp() ? IpConfigurationMode.DHCP : IpConfigurationMode.STATIC;
    }

    private void createDomainZero(Transaction tx, Ref<Host> host, HostFacts facts) {
        long memory = facts.domainZeroMemory();
        long vcpus = facts.domainZeroVcpus();
        Map<Long, Double> utilisation = new LinkedHashMap<>();
        for (long i = 0; i < vcpus; i++) {
            utilisation.put(i, 0.0);
        }
        Ref<VMMetrics> metrics = tx.create(
                VMMetrics.XEN_CLASS,
                Row.of(VMMetrics.XEN_CLASS)
                        .with(VMMetrics.MEMORY_ACTUAL, memory)
                        .with(VMMetrics.VCPUS_NUMBER, vcpus)
                        .with(VMMetrics.VCPUS_UTILISATION, utilisation)
                        .with(VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.PV));
        String uuid = facts.domainZeroUuid().isEmpty() ? UUID.randomUUID().toString() : facts.domainZeroUuid();
        Ref<VM> vm = tx.create(
                VM.XEN_CLASS,
                Row.of(VM.XEN_CLASS)
                        .with(VM.UUID, uuid)
                        .with(VM.NAME_LABEL, "Control domain on host: " + facts.hostname())
                        .with(VM.NAME_DESCRIPTION, "The domain that drives the host's devices and its other domains")
                        .with(VM.IS_CONTROL_DOMAIN, true)
                        .with(VM.DOMID, 0L)
                        .with(VM.DOMARCH, "x64")
                        .with(VM.DOMAIN_TYPE, DomainType.PV)
                        .with(VM.POWER_STATE, VmPowerState.RUNNING)
                        .with(VM.RESIDENT_ON, host)
                        .with(VM.AFFINITY, host)
                        .with(VM.USER_VERSION, 1L)
                        .with(VM.VCPUS_MAX, vcpus)
                        .with(VM.VCPUS_AT_STARTUP, vcpus)
                        .with(VM.MEMORY_STATIC_MIN, memory)
                        .with(VM.MEMORY_DYNAMIC_MIN, memory)
                        .with(VM.MEMORY_TARGET, memory)
                        .with(VM.MEMORY_DYNAMIC_MAX, memory)
                        .with(VM.MEMORY_STATIC_MAX, memory)
                        .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                        .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.DESTROY)
                        .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.DESTROY)
                        .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                        .with(VM.METRICS, metrics));
        tx.set(host, Host.CONTROL_DOMAIN, vm);
        for (ConsoleProtocol protocol : List.of(ConsoleProtocol.RFB, ConsoleProtocol.VT100)) {
            Ref<Console> console = Ref.fresh();
            tx.create(
                    Console.XEN_CLASS,
                    console,
                    Row.of(Console.XEN_CLASS)
                            .with(Console.PROTOCOL, protocol)
                            .with(Console.LOCATION, "https://" + facts.address() + "/console?ref=" + console.value())
                            .with(Console.VM, vm));
        }
    }

    @SuppressWarnings("unchecked")
    private static <C> Ref<C> only(Snapshot snapshot, org.jxapi.datamodel.ClassModel model) {
        Stored stored = snapshot.all(model).iterator().next();
        return (Ref<C>) stored.ref();
    }

    private static long number(String text) {
        return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    }

    static Map<String, String> map(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
