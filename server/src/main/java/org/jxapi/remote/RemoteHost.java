package org.jxapi.remote;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jxapi.agent.AgentTiming;
import org.jxapi.agent.RemoteHypervisor;
import org.jxapi.boot.HostFacts;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.Machine;
import org.jxapi.certificate.ShownCertificates;
import org.jxapi.console.GuestConsoles;
import org.jxapi.console.RemoteConsoles;
import org.jxapi.datamodel.Ref;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineControl;
import org.jxapi.host.PlainHttp;
import org.jxapi.host.StatusItems;
import org.jxapi.network.HostNetwork;
import org.jxapi.usb.HostUsb;
import org.jxapi.xenapi.Host;

/**
 * Another host, through one connection to its agent. All its objects behave as {@link RemoteHypervisor} says: they need
 * no connection to exist, and calls fail with HOST_OFFLINE while there is none.
 */
public final class RemoteHost implements AutoCloseable {
    private final RemoteHypervisor hypervisor;
    private final HostNetwork network;
    private final MachineControl machine;
    private final LocalSettings settings;
    private final HostUsb usb;
    private final HostPci pci;
    private final Machine facts;
    private final GuestConsoles consoles;
    private final StatusItems status;
    private final HostDaemon daemon;
    private final ShownCertificates certificates;
    private final PlainHttp plainHttp;

    /**
     * @param time that of this daemon
     * @param connected gets each change, on the thread that connects, and must not take long
     */
    public RemoteHost(
            Ref<Host> host,
            InetSocketAddress address,
            SSLContext tls,
            LongSupplier term,
            AgentTiming timing,
            InstantSource time,
            Consumer<Boolean> connected) {
        hypervisor = new RemoteHypervisor(host, address, tls, term, timing, connected);
        network = hypervisor.part(HostServiceParts.NETWORK, Map.of("nat", hypervisor.part(HostServiceParts.NAT)));
        RemoteClock clock =
                new RemoteClock(hypervisor.part(HostServiceParts.CLOCK), hypervisor.part(HostServiceParts.TIME), time);
        machine = hypervisor.part(
                HostServiceParts.MACHINE, Map.of("clock", clock, "logins", hypervisor.part(HostServiceParts.LOGINS)));
        settings = hypervisor.part(HostServiceParts.SETTINGS);
        usb = hypervisor.part(HostServiceParts.USB);
        pci = hypervisor.part(HostServiceParts.PCI);
        facts = hypervisor.part(HostServiceParts.FACTS);
        consoles = new RemoteConsoles(hypervisor.part(HostServiceParts.CONSOLES));
        status = hypervisor.part(HostServiceParts.STATUS);
        daemon = hypervisor.part(HostServiceParts.DAEMON);
        certificates = hypervisor.part(HostServiceParts.CERTIFICATES);
        plainHttp = hypervisor.part(HostServiceParts.PLAIN_HTTP);
    }

    public RemoteHypervisor hypervisor() {
        return hypervisor;
    }

    public HostNetwork network() {
        return network;
    }

    public MachineControl machine() {
        return machine;
    }

    /** The settings that stay on that host. */
    public LocalSettings settings() {
        return settings;
    }

    public HostUsb usb() {
        return usb;
    }

    public HostPci pci() {
        return pci;
    }

    /** The facts about the machine that the hypervisor does not know. */
    public Machine facts() {
        return facts;
    }

    public GuestConsoles consoles() {
        return consoles;
    }

    /** Its files and facts for a status report. */
    public StatusItems status() {
        return status;
    }

    /** Its daemon. */
    public HostDaemon daemon() {
        return daemon;
    }

    /** The certificates that it shows. */
    public ShownCertificates certificates() {
        return certificates;
    }

    /** Its listener for plain HTTP. */
    public PlainHttp plainHttp() {
        return plainHttp;
    }

    /** Reads all facts of the host. */
    public HostFacts read() {
        return HostReader.read(hypervisor, facts, network.filters());
    }

    /** Whether the agent answers now. */
    public boolean isConnected() {
        return hypervisor.isConnected();
    }

    /** Ends the connection; the host and its guests go on. */
    @Override
    public void close() {
        hypervisor.close();
    }
}
