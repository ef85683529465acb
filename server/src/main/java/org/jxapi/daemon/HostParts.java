package org.jxapi.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineControl;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.network.HostNetwork;
import org.jxapi.usb.HostUsb;
import org.jxapi.usb.LinuxUsb;

/** The network, the machine, the settings and the devices of each host of the pool. */
final class HostParts {
    private record Parts(HostNetwork network, MachineControl machine, LocalSettings settings, HostUsb usb) {}

    private final Hosts hosts;
    private final Map<Hypervisor, Parts> parts = new HashMap<>();

    /**
     * @param network that of the host that this daemon runs on, as are {@code machine} and {@code settings}
     * @param members the other hosts
     */
    HostParts(
            Hosts hosts,
            HostNetwork network,
            MachineControl machine,
            LocalSettings settings,
            List<PoolMember> members) {
        this.hosts = hosts;
        parts.put(hosts.own(), new Parts(network, machine, settings, usb(hosts.own())));
        for (PoolMember member : members) {
            parts.put(
                    member.hypervisor(),
                    new Parts(member.network(), member.control(), member.settings(), usb(member.hypervisor())));
        }
    }

    private static HostUsb usb(Hypervisor hypervisor) {
        return hypervisor instanceof SimulatedHypervisor simulated ? HostUsb.simulated(simulated) : new LinuxUsb();
    }

    private Parts of(Hypervisor hypervisor) {
        Parts found = parts.get(hypervisor);
        if (found == null) {
            throw new IllegalStateException("a host has a hypervisor only");
        }
        return found;
    }

    PerHost<HostNetwork> networks() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).network());
    }

    PerHost<MachineControl> machines() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).machine());
    }

    PerHost<HostUsb> usb() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).usb());
    }

    PerHost<HostPci> pci() {
        return new PerHost<>(
                hosts,
                hypervisor -> hypervisor instanceof SimulatedHypervisor simulated
                        ? HostPci.simulated(simulated)
                        : HostPci.linux());
    }

    PerHost<LocalSettings> settings() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).settings());
    }
}
