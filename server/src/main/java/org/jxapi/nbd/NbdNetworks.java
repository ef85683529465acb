package org.jxapi.nbd;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.PIF;

/** The networks over which disks may be read: those with a purpose for NBD. */
final class NbdNetworks {
    private static final int NO_VLAN = -1;

    private NbdNetworks() {}

    /** How disks are read now. */
    enum Mode {
        /** Not at all. */
        OFF,
        TLS,
        PLAIN
    }

    /** The mode over all networks. As in XAPI, networks that contradict each other turn the listener off. */
    static Mode mode(Snapshot snapshot) {
        Set<NetworkPurpose> purposes = new HashSet<>();
        snapshot.all(Network.XEN_CLASS)
                .forEach(network -> purposes.addAll(network.row().get(Network.PURPOSE)));
        boolean tls = purposes.contains(NetworkPurpose.NBD);
        if (tls == purposes.contains(NetworkPurpose.INSECURE_NBD)) {
            return Mode.OFF;
        }
        return tls ? Mode.TLS : Mode.PLAIN;
    }

    /** The addresses of a host on these networks: of each interface the one of IPv4, then those of IPv6. */
    static List<String> addresses(Snapshot snapshot, Ref<Host> host) {
        List<String> addresses = new ArrayList<>();
        for (Row<PIF> pif : interfaces(snapshot, host)) {
            addresses.addAll(addresses(pif));
        }
        return addresses;
    }

    private static List<Row<PIF>> interfaces(Snapshot snapshot, Ref<Host> host) {
        return snapshot.all(PIF.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(pif -> pif.get(PIF.HOST).equals(host)
                        && pif.get(PIF.CURRENTLY_ATTACHED)
                        && snapshot.find(pif.get(PIF.NETWORK))
                                .filter(network ->
                                        !network.row().get(Network.PURPOSE).isEmpty())
                                .isPresent())
                .toList();
    }

    private static List<String> addresses(Row<PIF> pif) {
        List<String> addresses = new ArrayList<>();
        addresses.add(pif.get(PIF.IP));
        // An address of a PIF ends with the length of its prefix, which is no part of an address to connect to.
        pif.get(PIF.IPV6).forEach(address -> addresses.add(address.replaceFirst("/.*", "")));
        addresses.removeIf(String::isEmpty);
        return addresses;
    }

    /**
     * Whether clients may connect to that address of the host. XAPI's firewall opens the port for the bridges of these
     * networks only. The host itself may always connect.
     */
    static boolean admits(Snapshot snapshot, Ref<Host> host, InetAddress local) {
        if (local.isLoopbackAddress()) {
            return true;
        }
        String device = device(local);
        return interfaces(snapshot, host).stream()
                .anyMatch(pif -> devices(snapshot, pif).contains(device)
                        || addresses(pif).stream().anyMatch(address -> same(address, local)));
    }

    /** The devices that have the address of an interface: its network's bridge, or itself. */
    private static List<String> devices(Snapshot snapshot, Row<PIF> pif) {
        List<String> devices = new ArrayList<>();
        devices.add(snapshot.get(pif.get(PIF.NETWORK), Network.BRIDGE));
        if (pif.get(PIF.VLAN) == NO_VLAN) {
            devices.add(pif.get(PIF.DEVICE));
        }
        devices.removeIf(String::isEmpty);
        return devices;
    }

    private static boolean same(String text, InetAddress address) {
        try {
            // Not a name, for which the name service would be asked.
            return text.matches("[0-9A-Fa-f:.]+") && InetAddress.getByName(text).equals(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String device(InetAddress local) {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(local);
            return found == null ? "" : found.getName();
        } catch (SocketException e) {
            return "";
        }
    }
}
