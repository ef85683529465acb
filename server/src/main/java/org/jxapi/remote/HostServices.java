package org.jxapi.remote;

import java.time.InstantSource;
import org.jxapi.agent.Served;
import org.jxapi.boot.Machine;
import org.jxapi.certificate.ShownCertificates;
import org.jxapi.console.GuestConsoles;
import org.jxapi.console.ServedConsoles;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineControl;
import org.jxapi.host.PlainHttp;
import org.jxapi.host.StatusItems;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.network.HostNetwork;
import org.jxapi.usb.HostUsb;

/**
 * All of this host that the coordinator of its pool works with.
 *
 * @param settings those that stay on this host
 * @param facts those about the machine that the hypervisor does not know
 * @param status the files and facts for a status report
 * @param daemon this daemon
 * @param certificates those that this host shows
 * @param plainHttp the listener of this daemon for plain HTTP
 * @param time the time of this daemon
 */
public record HostServices(
        Hypervisor hypervisor,
        HostNetwork network,
        MachineControl machine,
        LocalSettings settings,
        HostUsb usb,
        HostPci pci,
        Machine facts,
        GuestConsoles consoles,
        StatusItems status,
        HostDaemon daemon,
        ShownCertificates certificates,
        PlainHttp plainHttp,
        InstantSource time) {

    /** Those objects, as an {@code AgentServer} serves them. */
    public Served served() {
        return Served.of(hypervisor)
                .with(HostServiceParts.NETWORK, network)
                .with(HostServiceParts.NAT, network.nat())
                .with(HostServiceParts.MACHINE, machine)
                .with(HostServiceParts.CLOCK, machine.clock())
                .with(HostServiceParts.LOGINS, machine.logins())
                .with(HostServiceParts.SETTINGS, settings)
                .with(HostServiceParts.USB, usb)
                .with(HostServiceParts.PCI, pci)
                .with(HostServiceParts.FACTS, facts)
                .with(HostServiceParts.CONSOLES, new ServedConsoles(consoles))
                .with(HostServiceParts.STATUS, status)
                .with(HostServiceParts.DAEMON, daemon)
                .with(HostServiceParts.CERTIFICATES, certificates)
                .with(HostServiceParts.PLAIN_HTTP, plainHttp)
                .with(HostServiceParts.TIME, time);
    }
}
