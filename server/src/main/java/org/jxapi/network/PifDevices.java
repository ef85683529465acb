package org.jxapi.network;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VLAN;

/** The devices of PIFs on their hosts: bonds, VLANs, and their ports of bridges. Records say what there must be. */
public final class PifDevices {
    /** The prefix of keys in {@code other_config} of a bond's PIF. */
    private static final String SETTING = "bond-";

    private static final List<String> TIMING = List.of("bond-miimon", "bond-updelay", "bond-downdelay");

    private final Store store;
    private final PoolNetworks hosts;

    public PifDevices(Store store, PoolNetworks hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    private HostNetwork host(Row<PIF> pif) {
        return hosts.of(pif.get(PIF.HOST));
    }

    /** Connects a PIF with its network's bridge, and records its MTU and that it is plugged. */
    void plug(Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> row = snapshot.row(pif);
        raise(snapshot, row);
        boolean made = row.get(PIF.VLAN) >= 0 || bond(snapshot, row).isPresent() || PifTuning.ownMtu(row) > 0;
        store.change(tx -> {
            tx.set(pif, PIF.CURRENTLY_ATTACHED, true);
            if (made) {
                tx.set(pif, PIF.MTU, mtu(tx, tx.row(pif)));
            }
        });
    }

    /** Connects a PIF with its network's bridge, and applies the settings that clients have given its devices. */
    void raise(Snapshot snapshot, Row<PIF> pif) {
        connect(snapshot, pif);
        tune(snapshot, pif);
    }

    /** Applies the settings that clients have given the devices of a PIF. */
    void tune(Snapshot snapshot, Row<PIF> pif) {
        PifTuning.apply(host(pif), snapshot, pif);
    }

    /** Applies the properties of a PIF that is plugged, which may have changed to those that drivers have. */
    void tuneProperties(Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> row = snapshot.row(pif);
        if (row.get(PIF.CURRENTLY_ATTACHED)) {
            PifTuning.applyProperties(host(row), snapshot, row);
        }
    }

    private void connect(Snapshot snapshot, Row<PIF> pif) {
        Row<Network> network = snapshot.row(pif.get(PIF.NETWORK));
        String bridge = network.get(Network.BRIDGE);
        HostNetwork host = host(pif);
        if (pif.get(PIF.VLAN) >= 0) {
            Optional<Row<PIF>> base = tagged(snapshot, pif);
            base.flatMap(row -> bond(snapshot, row).map(bond -> device(snapshot, row, bond)))
                    .ifPresent(host::makeBond);
            Networks.raise(host, network);
            int tag = Math.toIntExact(pif.get(PIF.VLAN));
            host.connect(bridge, host.makeVlan(pif.get(PIF.DEVICE), tag, (int) mtu(snapshot, pif)));
            return;
        }
        Optional<Ref<Bond>> bond = bond(snapshot, pif);
        if (bond.isPresent()) {
            host.makeBond(device(snapshot, pif, bond.get()));
            Networks.raise(host, network);
            host.connect(bridge, pif.get(PIF.DEVICE));
        } else {
            raisePhysical(host, pif.get(PIF.DEVICE), network);
        }
    }

    /** An interface with addresses of its own, or in a bridge that was set up on the host, is the administrator's. */
    private static void raisePhysical(HostNetwork host, String device, Row<Network> network) {
        String at = host.bridgeOf(device);
        if (at.isEmpty() && host.addressed(device)) {
            throw Errors.operationNotAllowed(
                    device + " has addresses of its own; its bridge must be set up on the host");
        }
        if (!at.isEmpty() && !at.equals(network.get(Network.BRIDGE))) {
            throw Errors.operationNotAllowed(device + " is in bridge " + at);
        }
        if (at.isEmpty()) {
            Networks.raise(host, network);
            host.connect(network.get(Network.BRIDGE), device);
        }
    }

    /** Takes away the device of a PIF and the bridge of its network. */
    void unplug(Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> row = snapshot.row(pif);
        HostNetwork host = host(row);
        String bridge = snapshot.get(row.get(PIF.NETWORK), Network.BRIDGE);
        if (row.get(PIF.VLAN) >= 0) {
            removeVlan(pif);
        } else if (host.exists(bridge) && !host.ownBridge(bridge)) {
            throw Errors.operationNotAllowed("bridge " + bridge + " was set up on the host");
        } else if (bond(snapshot, row).isPresent() && !carriesVlans(snapshot, row, pif)) {
            host.removeBond(row.get(PIF.DEVICE));
        }
        host.removeBridge(bridge);
        store.change(tx -> tx.set(pif, PIF.CURRENTLY_ATTACHED, false));
    }

    /** Removes the device of a VLAN, and that of the bond below if nothing else uses it. */
    void removeVlan(Ref<PIF> untagged) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> row = snapshot.row(untagged);
        HostNetwork host = host(row);
        host.removeVlan(row.get(PIF.DEVICE), Math.toIntExact(row.get(PIF.VLAN)));
        tagged(snapshot, row)
                .filter(base -> bond(snapshot, base).isPresent()
                        && !base.get(PIF.CURRENTLY_ATTACHED)
                        && !carriesVlans(snapshot, base, untagged))
                .ifPresent(base -> host.removeBond(base.get(PIF.DEVICE)));
    }

    /** @param except this PIF does not count */
    private static boolean carriesVlans(Snapshot snapshot, Row<PIF> base, Ref<PIF> except) {
        return base.get(PIF.VLAN_SLAVE_OF).stream()
                .map(vlan -> snapshot.get(vlan, VLAN.UNTAGGED_PIF))
                .anyMatch(pif -> !pif.equals(except) && snapshot.get(pif, PIF.CURRENTLY_ATTACHED));
    }

    /** The interface below a VLAN. */
    private static Optional<Row<PIF>> tagged(Snapshot snapshot, Row<PIF> untagged) {
        return snapshot.find(untagged.get(PIF.VLAN_MASTER_OF))
                .flatMap(vlan -> snapshot.find(vlan.row().get(VLAN.TAGGED_PIF)))
                .map(pif -> pif.row());
    }

    /** The bond that a PIF stands for. */
    static Optional<Ref<Bond>> bond(Snapshot snapshot, Row<PIF> master) {
        return master.get(PIF.BOND_MASTER_OF).stream()
                .filter(bond -> snapshot.find(bond).isPresent())
                .findFirst();
    }

    private static BondDevice device(Snapshot snapshot, Row<PIF> master, Ref<Bond> bond) {
        Row<Bond> row = snapshot.row(bond);
        Map<String, Integer> timing = new HashMap<>();
        for (String name : TIMING) {
            String value = master.get(PIF.OTHER_CONFIG).getOrDefault(name, "");
            if (value.matches("\\d{1,6}")) {
                timing.put(name.substring(SETTING.length()), Integer.valueOf(value));
            }
        }
        return new BondDevice(
                master.get(PIF.DEVICE),
                row.get(Bond.SLAVES).stream()
                        .map(slave -> snapshot.get(slave, PIF.DEVICE))
                        .toList(),
                master.get(PIF.MAC),
                (int) mtu(snapshot, master),
                row.get(Bond.MODE),
                row.get(Bond.PROPERTIES),
                timing);
    }

    /** That of the network, unless the PIF has one of its own. */
    private static long mtu(Snapshot snapshot, Row<PIF> pif) {
        int own = PifTuning.ownMtu(pif);
        return own > 0 ? own : Math.min(snapshot.get(pif.get(PIF.NETWORK), Network.MTU), Networks.MOST_MTU);
    }
}
