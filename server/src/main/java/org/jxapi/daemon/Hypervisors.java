package org.jxapi.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.boot.LinuxMachine;
import org.jxapi.boot.Machine;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.domain.Firmware;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.libxl.LibxlHypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.network.HostNetwork;
import org.jxapi.network.LinuxHostNetwork;
import org.jxapi.network.SimulatedHostNetwork;
import org.jxapi.simulator.WorldFile;

/** Chooses what the daemon drives, and the machine that goes with it. */
final class Hypervisors {
    private static final Path XEN = Path.of("/proc/xen/capabilities");

    private Hypervisors() {}

    static Hypervisor open(Settings settings) throws IOException {
        FreshIds.seed(null);
        boolean controlDomain = controlDomain();
        return switch (settings.hypervisor()) {
            case LIBXL -> libxl(controlDomain);
            case SIMULATOR -> simulator(settings);
            case AUTO -> controlDomain ? libxl(true) : simulator(settings);
        };
    }

    /** Whether this machine is a control domain of Xen. */
    static boolean controlDomain() {
        return controlDomain(XEN);
    }

    /** Whether this system is one that may control Xen: a control domain, with its interface mounted. */
    static boolean controlDomain(Path capabilities) {
        try {
            // The file is read as it is made: its size is not known before.
            return new String(Files.readAllBytes(capabilities), StandardCharsets.UTF_8).contains("control_d");
        } catch (IOException e) {
            return false;
        }
    }

    /** The property that names the hotplug script of network interfaces; the script that starts jxapid sets it. */
    private static final String VIF_SCRIPT = "jxapi.vif-script";

    private static Hypervisor libxl(boolean controlDomain) throws IOException {
        if (!controlDomain) {
            throw new IOException("this system is not a control domain of Xen, which --hypervisor libxl needs");
        }
        try {
            String script = System.getProperty(VIF_SCRIPT, "");
            return LibxlHypervisor.open(script.isEmpty() ? null : Path.of(script));
        } catch (HypervisorException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Hypervisor simulator(Settings settings) throws IOException {
        FreshIds.seed(settings.simulator().seed());
        WorldFile world = SimulatedWorld.of(settings);
        Path folder = settings.dataDir().resolve("simulator");
        return world == null
                ? SimulatedHypervisor.open(
                        folder, usual(settings).seeded(settings.simulator().seed()))
                : simulated(settings, world.host(), folder);
    }

    private static SimulatorSettings usual(Settings settings) {
        return settings.simulator().delays() ? SimulatorSettings.LIFELIKE : SimulatorSettings.INSTANT;
    }

    /** The hypervisor of a world's host, whose domains are kept in that folder. */
    static SimulatedHypervisor simulated(Settings settings, WorldFile.Host host, Path folder) {
        SimulatorSettings usual = usual(settings);
        SimulatorSettings machine = new SimulatorSettings(
                host.cpus(),
                host.memory() / 1024,
                usual.domainZeroKib(),
                usual.domainZeroFixed(),
                usual.boot(),
                usual.shutdown(),
                host.nics().stream().map(WorldFile.Nic::device).toList(),
                settings.simulator().seed());
        SimulatedHypervisor hypervisor = SimulatedHypervisor.open(folder, machine);
        host.nics().stream().filter(nic -> !nic.link()).forEach(nic -> hypervisor.unplug(nic.device()));
        host.usb().forEach(hypervisor::plugUsb);
        return hypervisor;
    }

    /** Where the facts come from that the hypervisor does not know. */
    static Machine machine(Hypervisor hypervisor, Settings settings) throws IOException {
        if (!(hypervisor instanceof SimulatedHypervisor)) {
            return new LinuxMachine();
        }
        WorldFile world = SimulatedWorld.of(settings);
        String address = simulatedAddress(settings);
        return world == null ? SimulatedMachine.at(address) : machine(world.host(), address);
    }

    /** The address that clients reach a simulated host by: the one that its listener has, if it has a certain one. */
    private static String simulatedAddress(Settings settings) {
        Endpoint listener = settings.https() == null ? settings.http() : settings.https();
        String address = listener == null ? "" : listener.address();
        boolean certain = address.matches("\\d+(\\.\\d+){3}") && !address.equals("0.0.0.0");
        return certain ? address : "127.0.0.1";
    }

    /** The machine of a world's host, with the address of its first interface. */
    static Machine machine(WorldFile.Host host, String address) {
        return new SimulatedMachine(
                host.name(),
                host.nics().stream()
                        .map(nic -> new SimulatedMachine.Cable(nic.device(), nic.mac(), nic.link(), nic.speed()))
                        .toList(),
                address,
                host.pci());
    }

    /**
     * The UEFI firmware of guests: the one that the administrator has named, or the first that is found.
     *
     * @throws IOException when the named one is no file
     */
    static Firmware firmware(Hypervisor hypervisor, Settings settings) throws IOException {
        Path named = settings.uefiFirmware();
        if (hypervisor instanceof SimulatedHypervisor) {
            return Firmware.SIMULATED;
        } else if (named == null) {
            return Firmware.found();
        } else if (!Files.isRegularFile(named)) {
            throw new IOException("--uefi-firmware: there is no file " + named);
        }
        return Firmware.of(named);
    }

    /** The network that jxapi makes bridges and VLANs in. */
    static HostNetwork network(Hypervisor hypervisor, Settings settings) throws IOException {
        if (!(hypervisor instanceof SimulatedHypervisor)) {
            return new LinuxHostNetwork(settings.dataDir().resolve("nat"));
        }
        return network(machine(hypervisor, settings));
    }

    /** The network of a simulated machine. */
    static HostNetwork network(Machine machine) {
        return new SimulatedHostNetwork(machine.nics().stream()
                .map(nic -> new HostNetwork.Nic(nic.device(), nic.mac(), nic.mtu(), nic.carrier()))
                .toList());
    }
}
