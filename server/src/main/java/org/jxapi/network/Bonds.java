package org.jxapi.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;

/**
 * Bonds of a host's interfaces, as in XAPI: the bond takes over the addresses, VLANs and VIFs of its members, and gives them
 * back to the primary one.
 */
public final class Bonds {
    private final Store store;
    private final PoolNetworks hosts;
    private final PifDevices devices;
    private final BondMoves moves;
    /** Two bonds never take the same interfaces. */
    private final ReentrantLock lock = new ReentrantLock();

    public Bonds(Store store, PoolNetworks hosts, PifDevices devices, BondMoves moves) {
        this.store = store;
        this.hosts = hosts;
        this.devices = devices;
        this.moves = moves;
    }

    /** @param given the members; one that is named twice counts once */
    Ref<Bond> create(
            Call call,
            Ref<Network> network,
            List<Ref<PIF>> given,
            String mac,
            BondMode mode,
            Map<String, String> properties) {
        if (given.isEmpty()) {
            throw Errors.pifBondNeedsMoreMembers();
        }
        lock.lock();
        try {
            Snapshot before = store.snapshot();
            Ref<Host> at = before.get(given.get(0), PIF.HOST);
            BondChecks.arguments(before, network, at, mac, mode, properties);
            Map<String, String> all = BondProperties.complete(mode, properties);
            List<Ref<PIF>> members = List.copyOf(new LinkedHashSet<>(given));
            BondChecks.members(before, members);
            HostNetwork host = hosts.of(at);
            host.checkBond(mode, all);
            BondChecks.devices(host, before, members);
            String device = device(before, at, host);
            Ref<Bond> bond = store.transact(tx -> {
                BondChecks.arguments(tx, network, at, mac, mode, properties);
                BondChecks.members(tx, members);
                return BondRecords.create(tx, network, members, device, mac, mode, all);
            });
            Ref<PIF> master = store.snapshot().get(bond, Bond.MASTER);
            try {
                devices.plug(master);
            } catch (XenApiException e) {
                undo(before, bond, members, e);
                throw e;
            }
            call.progress(0.2);
            takeOver(bond);
            call.progress(0.9);
            return bond;
        } finally {
            lock.unlock();
        }
    }

    /** The first name of bond0, bond1… that neither a PIF of the host nor a device on it has. */
    private static String device(Snapshot snapshot, Ref<Host> at, HostNetwork host) {
        List<String> used = snapshot.get(at, Host.PIFS).stream()
                .map(pif -> snapshot.get(pif, PIF.DEVICE))
                .toList();
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "bond" + i)
                .filter(name -> !used.contains(name) && !host.exists(name))
                .findFirst()
                .orElseThrow();
    }

    /** Makes the members of a bond what they were when its device could not be made. */
    private void undo(Snapshot before, Ref<Bond> bond, List<Ref<PIF>> members, XenApiException cause) {
        Row<PIF> master = store.snapshot().row(store.snapshot().get(bond, Bond.MASTER));
        try {
            hosts.of(master.get(PIF.HOST)).removeBond(master.get(PIF.DEVICE));
            for (Ref<PIF> member : members) {
                if (before.get(member, PIF.CURRENTLY_ATTACHED)) {
                    devices.raise(before, before.row(member));
                }
            }
        } catch (XenApiException e) {
            cause.addSuppressed(e);
        }
        store.change(tx -> {
            BondRecords.destroy(tx, bond);
            for (Ref<PIF> member : members) {
                Ref<Network> network = before.get(member, PIF.NETWORK);
                tx.set(network, Network.MTU, before.get(network, Network.MTU));
                tx.set(member, PIF.CURRENTLY_ATTACHED, before.get(member, PIF.CURRENTLY_ATTACHED));
                tx.set(member, PIF.DISALLOW_UNPLUG, before.get(member, PIF.DISALLOW_UNPLUG));
            }
        });
    }

    /** Moves to a bond what its members still have: all at its creation, and the rest after a daemon that was killed. */
    void takeOver(Ref<Bond> bond) {
        Snapshot snapshot = store.snapshot();
        Row<Bond> row = snapshot.row(bond);
        Ref<Network> network = snapshot.get(row.get(Bond.MASTER), PIF.NETWORK);
        Ref<Host> at = snapshot.get(row.get(Bond.MASTER), PIF.HOST);
        Set<Ref<Network>> before = networks(snapshot, row.get(Bond.SLAVES));
        store.change(tx -> {
            Row<PIF> primary = tx.row(row.get(Bond.PRIMARY_SLAVE));
            if (primary.get(PIF.MANAGEMENT) || !primary.get(PIF.IP).isEmpty()) {
                BondMoves.configuration(tx, row.get(Bond.PRIMARY_SLAVE), row.get(Bond.MASTER));
            }
            row.get(Bond.SLAVES).forEach(member -> tx.set(member, PIF.CURRENTLY_ATTACHED, false));
        });
        List<Ref<VIF>> vifs = moves.localVifs(at, List.copyOf(before));
        moves.moveVlans(row.get(Bond.SLAVES), row.get(Bond.MASTER));
        moves.moveVifs(vifs, network);
        before.forEach(each -> hosts.of(at).removeBridge(snapshot.get(each, Network.BRIDGE)));
    }

    private static Set<Ref<Network>> networks(Snapshot snapshot, List<Ref<PIF>> pifs) {
        Set<Ref<Network>> networks = new LinkedHashSet<>();
        pifs.forEach(pif -> networks.add(snapshot.get(pif, PIF.NETWORK)));
        return networks;
    }

    void destroy(Call call, Ref<Bond> bond) {
        lock.lock();
        try {
            Snapshot before = store.snapshot();
            Row<Bond> row = before.row(bond);
            Ref<PIF> master = row.get(Bond.MASTER);
            Row<PIF> pif = before.row(master);
            Ref<PIF> primary = row.get(Bond.PRIMARY_SLAVE);
            Ref<Network> network = before.get(primary, PIF.NETWORK);
            List<Ref<PIF>> members = new ArrayList<>(row.get(Bond.SLAVES));
            HostNetwork host = hosts.of(pif.get(PIF.HOST));
            List<Ref<VIF>> vifs = moves.localVifs(pif.get(PIF.HOST), List.of(pif.get(PIF.NETWORK)));
            BondChecks.refuseProtected(before, pif);
            boolean plugged = pif.get(PIF.CURRENTLY_ATTACHED) || pif.get(PIF.MANAGEMENT);
            host.removeBond(pif.get(PIF.DEVICE));
            store.change(tx -> BondMoves.configuration(tx, master, primary));
            if (plugged) {
                members.forEach(devices::plug);
            }
            call.progress(0.2);
            moves.moveVlans(List.of(master), primary);
            call.progress(0.4);
            moves.moveVifs(vifs, network);
            call.progress(0.8);
            host.removeBridge(before.get(pif.get(PIF.NETWORK), Network.BRIDGE));
            store.change(tx -> BondRecords.destroy(tx, bond));
        } finally {
            lock.unlock();
        }
    }

    /** As in XAPI, settings that the new mode has not are lost. */
    void setMode(Ref<Bond> bond, BondMode mode) {
        change(bond, mode, BondProperties.carriedOver(mode, store.snapshot().get(bond, Bond.PROPERTIES)));
    }

    void setProperty(Ref<Bond> bond, String name, String value) {
        Row<Bond> row = store.snapshot().row(bond);
        BondProperties.check(row.get(Bond.MODE), name, value);
        Map<String, String> all = new LinkedHashMap<>(row.get(Bond.PROPERTIES));
        all.put(name, value);
        change(bond, row.get(Bond.MODE), all);
    }

    private void change(Ref<Bond> bond, BondMode mode, Map<String, String> properties) {
        lock.lock();
        try {
            Ref<PIF> master = store.snapshot().get(bond, Bond.MASTER);
            hosts.of(store.snapshot().get(master, PIF.HOST)).checkBond(mode, properties);
            store.change(tx -> {
                tx.set(bond, Bond.MODE, mode);
                tx.set(bond, Bond.PROPERTIES, properties);
            });
            devices.plug(master);
        } finally {
            lock.unlock();
        }
    }
}
