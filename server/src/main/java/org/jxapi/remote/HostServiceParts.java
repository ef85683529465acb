package org.jxapi.remote;

import java.time.InstantSource;
import java.util.List;
import org.jxapi.agent.Part;
import org.jxapi.boot.Machine;
import org.jxapi.certificate.ShownCertificates;
import org.jxapi.console.ConsoleStreams;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineClock;
import org.jxapi.host.MachineControl;
import org.jxapi.host.MachineLogins;
import org.jxapi.host.PlainHttp;
import org.jxapi.host.StatusItems;
import org.jxapi.network.HostNetwork;
import org.jxapi.network.Nat;
import org.jxapi.usb.HostUsb;

/** The parts of a host besides its hypervisor, with all methods that an agent serves. */
final class HostServiceParts {
    static final Part<HostNetwork> NETWORK = new Part<>(
            "network",
            HostNetwork.class,
            List.of(
                    "nics",
                    "exists",
                    "makeBridge",
                    "ownBridge",
                    "removeBridge",
                    "connect",
                    "bridgeOf",
                    "addressed",
                    "hasVlan",
                    "makeVlan",
                    "removeVlan",
                    "checkBond",
                    "makeBond",
                    "ownBond",
                    "removeBond",
                    "tune",
                    "promiscuous",
                    "route",
                    "filters",
                    "configures"));
    static final Part<Nat> NAT = new Part<>("nat", Nat.class, List.of("others", "start", "isUp", "stop"));
    static final Part<MachineControl> MACHINE = new Part<>(
            "machine", MachineControl.class, List.of("powerOff", "restart", "setHostname", "limitCstates", "real"));
    static final Part<MachineClock> CLOCK = new Part<>(
            "clock",
            MachineClock.class,
            List.of("found", "setTimezone", "setTime", "ahead", "follow", "servers", "synchronised"));
    static final Part<MachineLogins> LOGINS =
            new Part<>("logins", MachineLogins.class, List.of("found", "ssh", "watch", "idleTimeout"));
    static final Part<LocalSettings> SETTINGS = new Part<>("settings", LocalSettings.class, List.of("get", "put"));
    static final Part<HostUsb> USB = new Part<>("usb", HostUsb.class, List.of("devices"));
    static final Part<HostPci> PCI = new Part<>("pci", HostPci.class, List.of("isHidden", "boot", "root"));
    static final Part<Machine> FACTS = new Part<>(
            "facts",
            Machine.class,
            List.of(
                    "hostname",
                    "kernelRelease",
                    "bootTime",
                    "cpuModel",
                    "biosStrings",
                    "nics",
                    "bridges",
                    "pciDevices"));
    static final Part<ConsoleStreams> CONSOLES =
            new Part<>("consoleStreams", ConsoleStreams.class, List.of("terminal", "screen"));
    static final Part<StatusItems> STATUS =
            new Part<>("status", StatusItems.class, List.of("parts", "write", "threads"));
    static final Part<HostDaemon> DAEMON =
            new Part<>("daemon", HostDaemon.class, List.of("restart", "logTo", "callPlugin", "callProgram"));
    static final Part<ShownCertificates> CERTIFICATES = new Part<>(
            "certificate", ShownCertificates.class, List.of("pem", "install", "reset", "poolPem", "renew", "use"));
    static final Part<PlainHttp> PLAIN_HTTP = new Part<>("plainHttp", PlainHttp.class, List.of("servesTls", "serve"));
    /** The time of the member's daemon. */
    static final Part<InstantSource> TIME = new Part<>("time", InstantSource.class, List.of("instant"));

    private HostServiceParts() {}

    static List<Part<?>> all() {
        return List.of(
                NETWORK,
                NAT,
                MACHINE,
                CLOCK,
                LOGINS,
                SETTINGS,
                USB,
                PCI,
                FACTS,
                CONSOLES,
                STATUS,
                DAEMON,
                CERTIFICATES,
                PLAIN_HTTP,
                TIME);
    }
}
