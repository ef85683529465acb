package org.jxapi.daemon;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.boot.Machine;
import org.jxapi.certificate.ShownCertificates;
import org.jxapi.console.GuestConsoles;
import org.jxapi.console.HostLogin;
import org.jxapi.console.HostTerminal;
import org.jxapi.console.LocalConsoles;
import org.jxapi.datamodel.Ref;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.diagnosis.OwnItems;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.HostAgent;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineControl;
import org.jxapi.host.OwnDaemon;
import org.jxapi.host.PlainHttp;
import org.jxapi.host.StatusItems;
import org.jxapi.host.UpdaterPlugin;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.network.HostNetwork;
import org.jxapi.remote.HostServices;
import org.jxapi.remote.RemoteHost;
import org.jxapi.usb.HostUsb;
import org.jxapi.usb.LinuxUsb;
import org.jxapi.xenapi.Host;

/**
 * The network, the machine, the settings and the devices of each host of the pool. Those of a host are here before
 * {@link Hosts} has it, and until it leaves.
 */
final class HostParts {
    /** The parts of a host besides its hypervisor. */
    record Parts(
            HostNetwork network,
            MachineControl machine,
            LocalSettings settings,
            HostUsb usb,
            HostPci pci,
            GuestConsoles consoles,
            StatusItems status,
            HostDaemon daemon,
            ShownCertificates certificates,
            PlainHttp plainHttp) {

        /**
         * Those of a host whose hypervisor is of this process.
         *
         * @param ownConsole whether its control domain has a console
         * @param files those of this daemon
         * @param daemon that of the host
         * @param certificates those that it shows
         * @param plainHttp its listener for plain HTTP
         */
        static Parts of(
                Hypervisor hypervisor,
                HostNetwork network,
                LocalSettings settings,
                boolean ownConsole,
                HostFiles files,
                HostDaemon daemon,
                ShownCertificates certificates,
                PlainHttp plainHttp) {
            StatusItems status = new OwnItems(hypervisor, files);
            GuestConsoles consoles = new LocalConsoles(hypervisor, ownConsole ? terminal(hypervisor) : null);
            return hypervisor instanceof SimulatedHypervisor simulated
                    ? new Parts(
                            network,
                            MachineControl.simulated(settings),
                            settings,
                            HostUsb.simulated(simulated),
                            HostPci.simulated(simulated),
                            consoles,
                            status,
                            daemon,
                            certificates,
                            plainHttp)
                    : new Parts(
                            network,
                            MachineControl.REAL,
                            settings,
                            new LinuxUsb(),
                            HostPci.linux(),
                            consoles,
                            status,
                            daemon,
                            certificates,
                            plainHttp);
        }

        private static HostTerminal terminal(Hypervisor hypervisor) {
            return hypervisor instanceof SimulatedHypervisor simulated
                    ? HostTerminal.at(simulated::hostTty)
                    : HostLogin.ofThisMachine();
        }

        /** All that an agent of this host serves, but storage. */
        HostServices services(Hypervisor hypervisor, Machine facts, InstantSource time) {
            return new HostServices(
                    hypervisor,
                    network,
                    machine,
                    settings,
                    usb,
                    pci,
                    facts,
                    consoles,
                    status,
                    daemon,
                    certificates,
                    plainHttp,
                    time);
        }

        /** Those of a host behind an agent. */
        static Parts of(RemoteHost host) {
            return new Parts(
                    host.network(),
                    host.machine(),
                    host.settings(),
                    host.usb(),
                    host.pci(),
                    host.consoles(),
                    host.status(),
                    host.daemon(),
                    host.certificates(),
                    host.plainHttp());
        }
    }

    /**
     * The daemon of this process.
     *
     * @param simulated whether its host is, so that nothing updates its packages
     */
    static HostDaemon daemon(Settings settings, boolean simulated, HostAgent agent) {
        return new OwnDaemon(agent, Map.of(UpdaterPlugin.NAME, new UpdaterPlugin(!simulated)), settings.plugins());
    }

    private final Hosts hosts;
    private final Map<Hypervisor, Parts> parts = new ConcurrentHashMap<>();

    /** @param own those of the host that this daemon runs on */
    HostParts(Hosts hosts, Parts own) {
        this.hosts = hosts;
        parts.put(hosts.own(), own);
        hosts.follow(new Hosts.Follower() {
            @Override
            public void removed(Hosts.Driven host) {
                parts.remove(host.hypervisor());
            }
        });
    }

    /** Adds a host with all its parts; IllegalStateException if it is here already. */
    void add(Ref<Host> host, Hypervisor hypervisor, Parts of) {
        expect(hypervisor, of);
        try {
            hosts.add(host, hypervisor);
        } catch (IllegalStateException e) {
            parts.remove(hypervisor);
            throw e;
        }
    }

    /** The parts of a host that {@link Hosts} gets later. */
    void expect(Hypervisor hypervisor, Parts of) {
        parts.put(hypervisor, of);
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
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).pci());
    }

    PerHost<GuestConsoles> consoles() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).consoles());
    }

    PerHost<StatusItems> status() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).status());
    }

    PerHost<HostDaemon> daemons() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).daemon());
    }

    PerHost<ShownCertificates> certificates() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).certificates());
    }

    PerHost<PlainHttp> plainHttp() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).plainHttp());
    }

    PerHost<LocalSettings> settings() {
        return new PerHost<>(hosts, hypervisor -> of(hypervisor).settings());
    }
}
