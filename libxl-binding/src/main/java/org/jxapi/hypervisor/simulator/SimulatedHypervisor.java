package org.jxapi.hypervisor.simulator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.CpuTopology;
import org.jxapi.hypervisor.CpupoolInfo;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Host;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.NumaInfo;
import org.jxapi.hypervisor.PciTopology;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.hypervisor.VcpuSchedParams;
import org.jxapi.hypervisor.Vcpus;
import org.jxapi.hypervisor.VersionInfo;
import org.jxapi.hypervisor.Xenstore;

/** A hypervisor in this process: for trying jxapi without Xen, and for writing XenAPI clients. */
public final class SimulatedHypervisor implements Hypervisor {
    private static final long PAGE_KIB = 4;

    private final World world;
    private final Domains domains;
    private final Devices devices;

    private SimulatedHypervisor(World world) {
        this.world = world;
        this.domains = new SimulatedDomains(world);
        this.devices = new SimulatedDevices(world);
    }

    /** A machine whose domains live in that folder, and so outlive this process. */
    public static SimulatedHypervisor open(Path folder, SimulatorSettings settings) {
        return new SimulatedHypervisor(new World(settings, folder));
    }

    /** A machine that is gone when this process is. */
    public static SimulatedHypervisor inMemory(SimulatorSettings settings) {
        return new SimulatedHypervisor(new World(settings, null));
    }

    /** What runs in a domain, to make it do things on its own. */
    public Guest guest(int domid) {
        world.domain(domid);
        return new Guest(world, domid);
    }

    /** Makes operations go wrong. */
    public Faults faults() {
        return world.faults;
    }

    /** Identifies one boot of a guest: a resumed guest has the same as before, a rebooted one a new one. */
    public String bootId(int domid) {
        return world.domain(domid).bootId;
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Devices devices() {
        return devices;
    }

    @Override
    public Memory memory() {
        return new Memory() {
            @Override
            public long target(int domid) {
                return world.domain(domid).currentKib;
            }

            @Override
            public void setTarget(int domid, long targetMemkb, boolean relative, boolean enforce) {
                world.faults.begin("set-memory-target");
                synchronized (world) {
                    SimulatedDomain domain = world.domain(domid);
                    long target = relative ? domain.currentKib + targetMemkb : targetMemkb;
                    if (target - domain.currentKib > world.freeKib() || target > domain.maxKib) {
                        throw new HypervisorException(LibxlError.NOMEM, "no memory for a target of " + target + " KiB");
                    }
                    domain.currentKib = target;
                    world.save(domain);
                }
            }

            @Override
            public void setMax(int domid, long maxMemkb) {
                synchronized (world) {
                    SimulatedDomain domain = world.domain(domid);
                    domain.maxKib = maxMemkb;
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
                return world.freeKib() >= memkb;
            }

            @Override
            public boolean waitForTarget(int domid, int seconds) {
                world.domain(domid);
                return true;
            }
        };
    }

    @Override
    public Vcpus vcpus() {
        return new Vcpus() {
            @Override
            public List<VcpuInfo> list(int domid) {
                SimulatedDomain domain = world.domain(domid);
                List<VcpuInfo> all = new ArrayList<>();
                Integer max = domain.config.bInfo().maxVcpus();
                for (int i = 0; i < (max == null ? 1 : max); i++) {
                    boolean online = domain.online.contains(i);
                    long time = online ? domain.cpuTime() / domain.online.size() : 0;
                    int cpu = (domid + i) % world.settings.cpus();
                    all.add(new VcpuInfo(i, cpu, online, false, online && domain.runs(), time, allCpus(), allCpus()));
                }
                return all;
            }

            @Override
            public void setOnline(int domid, Set<Integer> vcpus) {
                world.faults.begin("set-vcpu-online");
                synchronized (world) {
                    SimulatedDomain domain = world.domain(domid);
                    domain.online = new HashSet<>(vcpus);
                    world.save(domain);
                }
            }

            @Override
            public void setAffinity(int domid, int vcpuid, Set<Integer> hard, Set<Integer> soft) {
                world.domain(domid);
            }

            @Override
            public Set<Integer> nodeAffinity(int domid) {
                world.domain(domid);
                return Set.of(0);
            }

            @Override
            public void setNodeAffinity(int domid, Set<Integer> nodes) {
                world.domain(domid);
            }
        };
    }

    private Set<Integer> allCpus() {
        Set<Integer> cpus = new HashSet<>();
        for (int i = 0; i < world.settings.cpus(); i++) {
            cpus.add(i);
        }
        return cpus;
    }

    @Override
    public Schedulers schedulers() {
        return new Schedulers() {
            @Override
            public Scheduler scheduler() {
                return Scheduler.CREDIT2;
            }

            @Override
            public DomainSchedParams params(int domid) {
                DomainSchedParams params = world.domain(domid).config.bInfo().schedParams();
                return params == null ? DomainSchedParams.credit(256, 0) : params;
            }

            @Override
            public void setParams(int domid, DomainSchedParams params) {
                synchronized (world) {
                    SimulatedDomain domain = world.domain(domid);
                    domain.config = domain.config.toBuilder()
                            .bInfo(domain.config.bInfo().toBuilder()
                                    .schedParams(params)
                                    .build())
                            .build();
                    world.save(domain);
                }
            }

            @Override
            public List<VcpuSchedParams> vcpuParams(int domid) {
                throw SimulatedDevices.notSimulated(VcpuSchedParams.class);
            }

            @Override
            public void setVcpuParams(int domid, List<VcpuSchedParams> params) {
                throw SimulatedDevices.notSimulated(VcpuSchedParams.class);
            }
        };
    }

    @Override
    public Cpupools cpupools() {
        return new SinglePool(() ->
                new CpupoolInfo(0, "Pool-0", Scheduler.CREDIT2, world.all().size() + 1, allCpus()));
    }

    @Override
    public Consoles consoles() {
        return world.consoles;
    }

    @Override
    public Host host() {
        return new Host() {
            @Override
            public PhysInfo physInfo() {
                return PhysInfo.builder()
                        .threadsPerCore(1)
                        .coresPerSocket(world.settings.cpus())
                        .nrCpus(world.settings.cpus())
                        .maxCpuId(world.settings.cpus() - 1)
                        .cpuKhz(2_400_000)
                        .totalPages(world.settings.memoryKib() / PAGE_KIB)
                        .freePages(world.freeKib() / PAGE_KIB)
                        .nrNodes(1)
                        .capHvm(true)
                        .capPv(true)
                        .capHap(true)
                        .build();
            }

            @Override
            public VersionInfo version() {
                return new VersionInfo(
                        4,
                        17,
                        ".5",
                        "",
                        "",
                        "",
                        "",
                        "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64",
                        "",
                        0,
                        4096,
                        "dom0_mem=" + world.settings.domainZeroKib() + "K",
                        "");
            }

            @Override
            public List<CpuTopology> cpuTopology() {
                return allCpus().stream().map(i -> new CpuTopology(i, i, 0, 0)).toList();
            }

            @Override
            public List<PciTopology> pciTopology() {
                return List.of();
            }

            @Override
            public List<NumaInfo> numaInfo() {
                return List.of(new NumaInfo(0, world.settings.memoryKib() * 1024, world.freeKib() * 1024, List.of(10)));
            }

            @Override
            public List<String> consoleLog() {
                return List.copyOf(world.consoleLog);
            }

            @Override
            public void debugKeys(String keys) {
                world.faults.begin("debug-keys");
                keys.chars().forEach(key -> world.consoleLog.add("(XEN) '" + (char) key + "' pressed"));
            }

            @Override
            public void setParameters(String parameters) {
                throw SimulatedDevices.notSimulated(Host.class);
            }
        };
    }

    @Override
    public Events events() {
        return listener -> {
            world.listeners.add(listener);
            return () -> world.listeners.remove(listener);
        };
    }

    @Override
    public Xenstore xenstore() {
        return new Xenstore() {
            @Override
            public Optional<String> read(String path) {
                return Optional.ofNullable(world.xenstore.get(path));
            }

            @Override
            public List<String> list(String path) {
                return readTree(path).keySet().stream()
                        .filter(k -> !k.isEmpty())
                        .map(k -> k.split("/", 2)[0])
                        .distinct()
                        .toList();
            }

            @Override
            public Map<String, String> readTree(String path) {
                Map<String, String> tree = new TreeMap<>();
                world.xenstore
                        .subMap(path + "/", path + "0")
                        .forEach((key, value) -> tree.put(key.substring(path.length() + 1), value));
                return tree;
            }

            @Override
            public void write(String path, String value) {
                world.write(path, value);
            }

            @Override
            public void writeAll(Map<String, String> values) {
                values.forEach(world::write);
            }

            @Override
            public void remove(String path) {
                world.xenstore.remove(path);
                world.xenstore.subMap(path + "/", path + "0").clear();
            }

            @Override
            public Subscription watch(String path, Consumer<String> listener) {
                World.XenstoreWatch watch = new World.XenstoreWatch(path, listener);
                world.watches.add(watch);
                world.after(Duration.ZERO, () -> listener.accept(path));
                return () -> world.watches.remove(watch);
            }
        };
    }

    @Override
    public void close() {
        world.close();
    }
}
