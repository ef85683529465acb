package org.jxapi.hypervisor.simulator;

import java.nio.file.Path;
import java.util.List;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.CpuTopology;
import org.jxapi.hypervisor.CpupoolInfo;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.NumaInfo;
import org.jxapi.hypervisor.PciTopology;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.PhysicalHost;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.Statistics;
import org.jxapi.hypervisor.VcpuSchedParams;
import org.jxapi.hypervisor.Vcpus;
import org.jxapi.hypervisor.VersionInfo;
import org.jxapi.hypervisor.Xenstore;

/** A hypervisor in this process: for trying jxapi without Xen, and for writing XenAPI clients. */
public final class SimulatedHypervisor implements Hypervisor {
    private static final long PAGE_KIB = 4;

    private final SimulatorState state;
    private final SimulatedConsoles consoles;
    private final Domains domains;
    private final Devices devices;

    private SimulatedHypervisor(SimulatorState state) {
        this.state = state;
        this.consoles = new SimulatedConsoles(state);
        this.domains = new SimulatedDomains(state, consoles);
        this.devices = new SimulatedDevices(state);
    }

    /** A machine whose domains live in that folder, and so outlive this process. */
    public static SimulatedHypervisor open(Path folder, SimulatorSettings settings) {
        SimulatorState state = new SimulatorState(settings, new DomainFiles(folder));
        Guest.finishBoots(state);
        SimulatedHypervisor machine = new SimulatedHypervisor(state);
        new SimulatorOrders(state, machine.domains, folder.resolve("control")).follow();
        return machine;
    }

    /** A machine that is gone when this process is. */
    public static SimulatedHypervisor inMemory(SimulatorSettings settings) {
        return new SimulatedHypervisor(new SimulatorState(settings, null));
    }

    /** The guest of a domain, to make it act on its own. */
    public Guest guest(int domid) {
        state.domain(domid);
        return new Guest(state, domid);
    }

    /**
     * Carries out an order in JSON, as a file of the folder {@code control} holds it.
     *
     * @throws IllegalArgumentException when it is none; then nothing has happened
     * @throws org.jxapi.hypervisor.HypervisorException when the machine cannot do it
     */
    public void order(String json) {
        SimulatorOrder.of(json).obey(state, domains);
    }

    /** All domains with their part of xenstore, the cables and the USB devices, as they are now. */
    public MachineSnapshot snapshot() {
        return MachineSnapshot.of(state);
    }

    /**
     * Makes all domains, cables and USB devices those of a snapshot, and clears all faults. Domains that it lacks end.
     *
     * @return the numbers of the domains that are not as they were before
     */
    public List<Integer> restore(MachineSnapshot snapshot) {
        List<Integer> changed = snapshot.restore(state);
        changed.forEach(consoles::close);
        return changed;
    }

    /** Runs work on many domains, whose files are written once each when it ends, and not after each of its steps. */
    public void together(Runnable work) {
        state.together(work);
    }

    /** Takes the cable out of a physical interface. */
    public void unplug(String nic) {
        state.unplugged.add(nic);
    }

    /** Plugs a USB device into a port of the machine. */
    public void plugUsb(SimulatedUsbDevice device) {
        state.usb.plug(device);
    }

    /** The USB devices that are plugged in, by rising path. */
    public List<SimulatedUsbDevice> usbDevices() {
        return state.usb.all();
    }

    /** Makes chance and UUIDs of domains follow from this number, from now on. */
    public void seed(long seed) {
        state.seed(seed);
    }

    /** Makes operations go wrong. */
    public Faults faults() {
        return state.faults;
    }

    /** Identifies one boot of a guest: a resumed guest has the same as before, a rebooted one a new one. */
    public String bootId(int domid) {
        return state.domain(domid).bootId;
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
    public DiskImages diskImages() {
        return new SimulatedDiskImages();
    }

    @Override
    public Memory memory() {
        return new SimulatedMemory(state);
    }

    @Override
    public Vcpus vcpus() {
        return new SimulatedVcpus(state);
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
                DomainSchedParams params = state.domain(domid).config.bInfo().schedParams();
                return params == null ? DomainSchedParams.credit(256, 0) : params;
            }

            @Override
            public void setParams(int domid, DomainSchedParams params) {
                synchronized (state) {
                    SimulatedDomain domain = state.domain(domid);
                    domain.config = domain.config.toBuilder()
                            .bInfo(domain.config.bInfo().toBuilder()
                                    .schedParams(params)
                                    .build())
                            .build();
                    state.save(domain);
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
        return new SinglePool(
                () -> new CpupoolInfo(
                        0, "Pool-0", Scheduler.CREDIT2, state.all().size() + 1, state.allCpus()),
                state::domain);
    }

    @Override
    public Consoles consoles() {
        return consoles;
    }

    /** The path of the socket of the host's own terminal, where clients log in as at a guest's. */
    public String hostTty() {
        return consoles.hostTty();
    }

    @Override
    public PhysicalHost host() {
        return new PhysicalHost() {
            @Override
            public PhysInfo physInfo() {
                return PhysInfo.builder()
                        .threadsPerCore(1)
                        .coresPerSocket(state.settings.cpus())
                        .nrCpus(state.settings.cpus())
                        .maxCpuId(state.settings.cpus() - 1)
                        .cpuKhz(2_400_000)
                        .totalPages(state.settings.memoryKib() / PAGE_KIB)
                        .freePages(state.freeKib() / PAGE_KIB)
                        .nrNodes(1)
                        .capHvm(true)
                        .capPv(true)
                        .capHap(true)
                        .capHvmDirectio(true)
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
                        state.settings.domainZeroFixed() ? "dom0_mem=" + state.settings.domainZeroKib() + "K" : "",
                        "");
            }

            @Override
            public List<CpuTopology> cpuTopology() {
                return state.allCpus().stream()
                        .map(i -> new CpuTopology(i, i, 0, 0))
                        .toList();
            }

            @Override
            public List<PciTopology> pciTopology() {
                return List.of();
            }

            @Override
            public List<NumaInfo> numaInfo() {
                return List.of(new NumaInfo(0, state.settings.memoryKib() * 1024, state.freeKib() * 1024, List.of(10)));
            }

            @Override
            public List<String> consoleLog() {
                return List.copyOf(state.consoleLog);
            }

            @Override
            public void debugKeys(String keys) {
                state.faults.begin("debug-keys", null);
                keys.chars().forEach(key -> state.consoleLog.add("(XEN) '" + (char) key + "' pressed"));
            }

            @Override
            public void setParameters(String parameters) {
                throw SimulatedDevices.notSimulated(PhysicalHost.class);
            }
        };
    }

    @Override
    public Statistics statistics() {
        return new SimulatedStatistics(state);
    }

    @Override
    public Events events() {
        return listener -> {
            state.listeners.add(listener);
            return () -> state.listeners.remove(listener);
        };
    }

    @Override
    public Xenstore xenstore() {
        return state.xenstore;
    }

    @Override
    public void close() {
        consoles.close();
        state.close();
    }
}
