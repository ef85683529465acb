package org.jxapi.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

/**
 * The networks that the host itself has: a PIF a physical interface, a network a PIF, and a network a bridge without
 * interface. The host's network belongs to its administrator: it is described here and never changed. A network whose
 * bridge is not there cannot be attached to.
 */
final class HostNetworks {
    /** Marks the networks of bridges that came and may go without us. */
    private static final String HOST_BRIDGE = "host_bridge";
    /** Bridges of the networks that clients create; their rows are made with them. */
    private static final String OWN_BRIDGES = "xapi\\d+|xenapi";

    private final Transaction tx;
    private final Ref<Host> host;
    private final HostFacts facts;
    private final XenTime now;
    private final String address;

    private HostNetworks(Transaction tx, Ref<Host> host, HostFacts facts, XenTime now, String address) {
        this.tx = tx;
        this.host = host;
        this.facts = facts;
        this.now = now;
        this.address = address;
    }

    /**
     * Makes PIFs and networks those that the host has now.
     *
     * @param address the one that clients reached the host by before
     */
    static void update(Transaction tx, Ref<Host> host, HostFacts facts, XenTime now, String address) {
        new HostNetworks(tx, host, facts, now, address).update();
    }

    private void update() {
        Map<String, Ref<PIF>> known = new LinkedHashMap<>();
        for (Stored<PIF> stored : tx.all(PIF.XEN_CLASS)) {
            if (stored.row().get(PIF.HOST).equals(host) && stored.row().get(PIF.PHYSICAL)) {
                known.put(stored.row().get(PIF.DEVICE), stored.ref());
            }
        }
        for (HostFacts.Nic nic : facts.nics()) {
            Ref<PIF> pif = known.remove(nic.device());
            refresh(pif == null ? create(nic) : pif, nic);
        }
        known.values().stream()
                .filter(pif -> tx.get(pif, PIF.BOND_SLAVE_OF).isNull())
                .forEach(this::forget);
        management();
        bridges();
    }

    private Ref<PIF> create(HostFacts.Nic nic) {
        Ref<Network> network = ofBridge(nic.bridge())
                .orElseGet(() -> tx.create(Row.of(Network.XEN_CLASS)
                        .with(Network.NAME_LABEL, "Pool-wide network associated with " + nic.device())
                        .with(Network.MTU, (long) nic.mtu())
                        .with(Network.MANAGED, true)
                        .with(Network.BRIDGE, nic.bridge().isEmpty() ? bridgeName(nic) : nic.bridge())));
        return tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.DEVICE, nic.device())
                .with(PIF.DEVICE_NAME, nic.device())
                .with(PIF.NETWORK, network)
                .with(PIF.HOST, host)
                .with(PIF.VLAN, -1L)
                .with(PIF.METRICS, tx.create(Row.of(PIFMetrics.XEN_CLASS)))
                .with(PIF.PHYSICAL, true)
                .with(PIF.MANAGED, true));
    }

    /** The bridge that an interface would get: xenbr0 for eth0, brens3 for ens3, as in XAPI. */
    private static String bridgeName(HostFacts.Nic nic) {
        return nic.device().matches("eth\\d+") ? "xenbr" + nic.device().substring("eth".length()) : "br" + nic.device();
    }

    /**
     * The network of a bridge that no interface of this host is in. The bridges of that name on all hosts of a pool are one
     * network.
     */
    private Optional<Ref<Network>> ofBridge(String bridge) {
        return tx.all(Network.XEN_CLASS).stream()
                .filter(stored -> !bridge.isEmpty()
                        && stored.row().get(Network.BRIDGE).equals(bridge)
                        && stored.row().get(Network.PIFS).stream()
                                .noneMatch(pif -> tx.get(pif, PIF.HOST).equals(host)))
                .map(stored -> stored.ref())
                .findFirst();
    }

    private void refresh(Ref<PIF> pif, HostFacts.Nic nic) {
        HostFacts.Addresses at = nic.addresses();
        Ref<PIF> holder = holder(pif);
        boolean bonded = !holder.equals(pif);
        if (!bonded) {
            connect(pif, nic);
        }
        tx.set(pif, PIF.MAC, nic.mac());
        tx.set(pif, PIF.MTU, (long) nic.mtu());
        tx.set(pif, PIF.CURRENTLY_ATTACHED, !bonded && (!nic.bridge().isEmpty() || at.any()));
        tx.set(
                holder,
                PIF.IP_CONFIGURATION_MODE,
                at.ip().isEmpty()
                        ? IpConfigurationMode.NONE
                        : at.dynamic() ? IpConfigurationMode.DHCP : IpConfigurationMode.STATIC);
        tx.set(holder, PIF.IP, at.ip());
        tx.set(holder, PIF.NETMASK, at.netmask());
        tx.set(holder, PIF.GATEWAY, at.gateway());
        tx.set(holder, PIF.DNS, at.dns());
        tx.set(
                holder,
                PIF.IPV6_CONFIGURATION_MODE,
                at.ipv6().isEmpty() ? Ipv6ConfigurationMode.NONE : Ipv6ConfigurationMode.AUTOCONF);
        tx.set(holder, PIF.IPV6, at.ipv6());
        Ref<PIFMetrics> metrics = tx.get(pif, PIF.METRICS);
        tx.set(metrics, PIFMetrics.CARRIER, nic.carrier());
        tx.set(metrics, PIFMetrics.SPEED, nic.speed());
        tx.set(metrics, PIFMetrics.DUPLEX, nic.fullDuplex());
        tx.set(metrics, PIFMetrics.VENDOR_ID, nic.vendorId());
        tx.set(metrics, PIFMetrics.DEVICE_ID, nic.deviceId());
        tx.set(metrics, PIFMetrics.PCI_BUS_PATH, nic.pciPath());
        tx.set(metrics, PIFMetrics.LAST_UPDATED, now);
    }

    /** The PIF that has the addresses of an interface: its own, or that of the bond which it is a member of. */
    private Ref<PIF> holder(Ref<PIF> pif) {
        return tx.find(tx.get(pif, PIF.BOND_SLAVE_OF))
                .map(bond -> bond.row().get(Bond.MASTER))
                .orElse(pif);
    }

    /** The interface that clients reach the host by: the one that was it before, while it has the address. */
    private void management() {
        List<Ref<PIF>> own = List.copyOf(tx.get(host, Host.PIFS));
        Optional<Ref<PIF>> kept = own.stream()
                .filter(pif -> tx.get(pif, PIF.MANAGEMENT)
                        && !address.isEmpty()
                        && tx.get(pif, PIF.IP).equals(address))
                .findFirst();
        HostFacts.Nic nic = HostReader.management(facts.nics());
        Optional<Ref<PIF>> found = own.stream()
                .filter(pif -> nic != null
                        && tx.get(pif, PIF.PHYSICAL)
                        && tx.get(pif, PIF.DEVICE).equals(nic.device()))
                .map(this::holder)
                .findFirst();
        kept.ifPresent(pif -> tx.set(host, Host.ADDRESS, address));
        Optional<Ref<PIF>> chosen = kept.or(() -> found);
        own.forEach(
                pif -> tx.set(pif, PIF.MANAGEMENT, chosen.filter(pif::equals).isPresent()));
    }

    /** An interface that was put into another bridge brings its guests' network there. */
    private void connect(Ref<PIF> pif, HostFacts.Nic nic) {
        Ref<Network> network = tx.get(pif, PIF.NETWORK);
        if (nic.bridge().isEmpty() || tx.get(network, Network.BRIDGE).equals(nic.bridge())) {
            return;
        }
        Optional<Ref<Network>> other = ofBridge(nic.bridge());
        if (other.isEmpty()) {
            boolean taken = tx.all(Network.XEN_CLASS).stream()
                    .anyMatch(s -> s.row().get(Network.BRIDGE).equals(nic.bridge()));
            if (!taken) {
                tx.set(network, Network.BRIDGE, nic.bridge());
            }
        } else {
            tx.set(pif, PIF.NETWORK, other.get());
            if (tx.get(network, Network.VIFS).isEmpty()
                    && tx.get(network, Network.PIFS).isEmpty()) {
                tx.destroy(network);
            }
        }
    }

    /** The interface is not there any more; its network stays, as guests may be configured for it. */
    private void forget(Ref<PIF> pif) {
        tx.destroy(tx.get(pif, PIF.METRICS));
        tx.destroy(pif);
    }

    private void bridges() {
        Set<String> present =
                facts.bridges().stream().map(HostFacts.Bridge::name).collect(Collectors.toSet());
        for (Stored<Network> stored : List.copyOf(tx.all(Network.XEN_CLASS))) {
            Row<Network> network = stored.row();
            if (network.get(Network.OTHER_CONFIG).containsKey(HOST_BRIDGE)
                    && !present.contains(network.get(Network.BRIDGE))
                    && network.get(Network.VIFS).isEmpty()
                    && network.get(Network.PIFS).isEmpty()) {
                tx.destroy(stored.ref());
            }
        }
        for (HostFacts.Bridge bridge : facts.bridges()) {
            boolean known = tx.all(Network.XEN_CLASS).stream()
                    .anyMatch(s -> s.row().get(Network.BRIDGE).equals(bridge.name()));
            if (!known && !bridge.withNic() && !bridge.name().matches(OWN_BRIDGES)) {
                tx.create(Row.of(Network.XEN_CLASS)
                        .with(Network.NAME_LABEL, "Host network " + bridge.name())
                        .with(Network.MTU, (long) bridge.mtu())
                        .with(Network.MANAGED, false)
                        .with(Network.BRIDGE, bridge.name())
                        .with(Network.OTHER_CONFIG, OrderedMap.of(HOST_BRIDGE, "true")));
            }
        }
    }
}
