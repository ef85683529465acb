package org.jxapi.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkDefaultLockingMode;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Networks and their bridges: a managed network without PIF has a bridge that is made and removed with it. */
public final class Networks {
    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
    private static final int LONGEST_NAME = 15;
    /** The kernel gives bridges no more. */
    static final int MOST_MTU = 65_535;

    private static final List<String> RESERVED = List.of("xen", "xapi", "vif", "tap", "eth");
    private static final String SYSTEM = "is_host_internal_management_network";

    private final Store store;
    private final PoolNetworks hosts;

    public Networks(Store store, PoolNetworks hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    /**
     * Makes a network; a bridge that is not named gets the first free name of xapi0, xapi1…. As in XAPI, the bridge of a
     * network that is not managed must be there only when the network is used.
     */
    Ref<Network> create(Row<Network> given) {
        if (given.get(Network.MTU) > MOST_MTU) {
            throw Errors.invalidValue("MTU", Long.toString(given.get(Network.MTU)));
        }
        Ref<Network> network = Network.XEN_CLASS.freshRef();
        store.change(tx -> {
            NatNetworks.check(tx, given);
            String bridge = bridge(tx, given.get(Network.BRIDGE));
            tx.create(
                    network,
                    given.with(Network.BRIDGE, bridge)
                            .with(Network.MTU, given.get(Network.MTU) > 0 ? given.get(Network.MTU) : 1500L));
        });
        if (!given.get(Network.MANAGED)) {
            return network;
        }
        try {
            raise(store.snapshot().row(network));
            return network;
        } catch (XenApiException e) {
            String bridge = store.snapshot().get(network, Network.BRIDGE);
            hosts.each(host -> host.removeBridge(bridge));
            store.change(tx -> tx.destroy(network));
            throw e;
        }
    }

    /**
     * A name for a bridge that no network of the pool has: {@code xapi0} and on.
     *
     * @param reserved further names that are not free
     */
    public static String freeBridge(Snapshot snapshot, Set<String> reserved) {
        Set<String> used = bridges(snapshot);
        used.addAll(reserved);
        return free(used);
    }

    private static Set<String> bridges(Snapshot snapshot) {
        Set<String> used = new HashSet<>();
        snapshot.all(Network.XEN_CLASS).forEach(n -> used.add(n.row().get(Network.BRIDGE)));
        return used;
    }

    private static String free(Set<String> used) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "xapi" + i)
                .filter(name -> !used.contains(name))
                .findFirst()
                .orElseThrow();
    }

    private static String bridge(Snapshot snapshot, String wanted) {
        Set<String> used = bridges(snapshot);
        if (wanted.isEmpty()) {
            return free(used);
        }
        boolean name = wanted.matches("[A-Za-z0-9_.-]+") && !wanted.matches("\\.+");
        if (!name || wanted.length() > LONGEST_NAME || RESERVED.stream().anyMatch(wanted::startsWith)) {
            throw Errors.invalidValue("bridge", wanted);
        }
        if (used.contains(wanted)) {
            throw Errors.bridgeNameExists(wanted);
        }
        return wanted;
    }

    /**
     * Makes the bridge of a network exist on a host; BRIDGE_NOT_AVAILABLE for one that the host must have and has not, INVALID_VALUE
     * for an MTU that no bridge has.
     */
    static void raise(HostNetwork host, Row<Network> network) {
        String bridge = network.get(Network.BRIDGE);
        if (network.get(Network.MANAGED)) {
            long mtu = network.get(Network.MTU);
            if (mtu > Integer.MAX_VALUE || mtu < Integer.MIN_VALUE) {
                throw Errors.invalidValue("MTU", Long.toString(mtu));
            }
            host.makeBridge(bridge, (int) mtu);
            NatNetworks.raise(host, network);
        } else if (!host.exists(bridge)) {
            throw Errors.bridgeNotAvailable(bridge);
        }
    }

    /** Makes the bridge of a network exist on every host. */
    void raise(Row<Network> network) {
        hosts.each(host -> raise(host, network));
    }

    /** Makes the bridge of a network exist on a host, as {@link #raise(HostNetwork, Row)} does. */
    void raise(Ref<Host> host, Row<Network> network) {
        raise(hosts.of(host), network);
    }

    void destroy(Ref<Network> network) {
        Row<Network> row = store.snapshot().row(network);
        store.change(tx -> {
            refuse(
                    "NETWORK_CONTAINS_VIF",
                    tx.get(network, Network.VIFS).stream()
                            .filter(vif -> tx.get(vif, VIF.CURRENTLY_ATTACHED) || tx.get(vif, VIF.RESERVED))
                            .toList());
            refuse("NETWORK_CONTAINS_PIF", tx.get(network, Network.PIFS));
            if ("true".equals(tx.get(network, Network.OTHER_CONFIG).get(SYSTEM))) {
                throw Errors.cannotDestroySystemNetwork(network.value());
            }
            List.copyOf(tx.get(network, Network.VIFS)).forEach(vif -> tx.destroy(vif));
            tx.destroy(network);
        });
        hosts.each(host -> {
            NatNetworks.lower(host, row);
            host.removeBridge(row.get(Network.BRIDGE));
        });
    }

    private static void refuse(String code, List<? extends Ref<?>> connected) {
        if (!connected.isEmpty()) {
            throw new XenApiException(code, connected.stream().map(Ref::value).toList());
        }
    }

    /** NETWORK_ALREADY_CONNECTED when an interface of the host is on the network. */
    static void refuseConnected(Snapshot snapshot, Ref<Network> network, Ref<Host> host) {
        for (Ref<PIF> pif : snapshot.get(network, Network.PIFS)) {
            if (snapshot.get(pif, PIF.HOST).equals(host)) {
                throw Errors.networkAlreadyConnected(host.value(), pif.value());
            }
        }
    }

    static void refuseUnmanaged(Snapshot snapshot, Ref<Network> network) {
        if (!snapshot.get(network, Network.MANAGED)) {
            throw Errors.networkUnmanaged(network.value());
        }
    }

    /** Networks serve disks to clients either with encryption or without, never both in one pool. */
    void addPurpose(Ref<Network> network, NetworkPurpose purpose) {
        store.change(tx -> {
            refuseUnmanaged(tx, network);
            if (tx.get(network, Network.PURPOSE).contains(purpose)) {
                return;
            }
            for (Stored<Network> other : tx.all(Network.XEN_CLASS)) {
                for (NetworkPurpose has : other.row().get(Network.PURPOSE)) {
                    if (has != purpose) {
                        throw Errors.networkIncompatiblePurposes(purpose.wire(), has.wire());
                    }
                }
            }
            setPurposes(tx, network, purpose, true);
        });
    }

    void removePurpose(Ref<Network> network, NetworkPurpose purpose) {
        store.change(tx -> setPurposes(tx, network, purpose, false));
    }

    private static void setPurposes(Transaction tx, Ref<Network> network, NetworkPurpose purpose, boolean present) {
        List<NetworkPurpose> purposes = new ArrayList<>(tx.get(network, Network.PURPOSE));
        purposes.remove(purpose);
        if (present) {
            purposes.add(0, purpose);
        }
        tx.set(network, Network.PURPOSE, List.copyOf(purposes));
    }

    /** The mode of VIFs without one of their own; nothing changes under those that are in use. */
    void setDefaultLockingMode(Ref<Network> network, NetworkDefaultLockingMode mode) {
        store.change(tx -> {
            for (Ref<VIF> vif : tx.get(network, Network.VIFS)) {
                if (tx.get(vif, VIF.CURRENTLY_ATTACHED)) {
                    throw Errors.vifInUse(network.value(), vif.value());
                }
            }
            if (mode == NetworkDefaultLockingMode.DISABLED && !hosts.own().filters()) {
                throw Errors.licenceRestriction("VIF_locking");
            }
            tx.set(network, Network.DEFAULT_LOCKING_MODE, mode);
        });
    }

    /** Makes the bridges of networks without PIF that a restart of a host has taken away. */
    void start(Ref<Host> host) {
        for (Stored<Network> stored : store.snapshot().all(Network.XEN_CLASS)) {
            Row<Network> network = stored.row();
            boolean ours =
                    network.get(Network.MANAGED) && network.get(Network.PIFS).isEmpty();
            if (ours && !network.get(Network.BRIDGE).isEmpty()) {
                try {
                    raise(host, network);
                } catch (XenApiException e) {
                    if (Unreachable.is(e)) {
                        throw e;
                    }
                    LOG.error("Network {}: no bridge: {}", network.get(Network.UUID), e.getMessage());
                }
            }
        }
    }
}
