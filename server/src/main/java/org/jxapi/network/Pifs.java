package org.jxapi.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The host's interfaces as PIFs, with XAPI's checks. Bridges and addresses that are the administrator's stay. */
public final class Pifs {
    private final Store store;
    private final PoolNetworks hosts;
    private final PifDevices devices;

    public Pifs(Store store, PoolNetworks hosts, PifDevices devices) {
        this.store = store;
        this.hosts = hosts;
        this.devices = devices;
    }

    /** Interfaces that are new get PIFs. */
    void scan(Ref<Host> ref) {
        store.snapshot().require(ref);
        List<HostNetwork.Nic> nics = hosts.of(ref).nics();
        store.change(tx -> {
            tx.require(ref);
            for (HostNetwork.Nic nic : nics) {
                if (physical(tx, ref, nic.device()).isEmpty()) {
                    add(tx, ref, nic, true);
                }
            }
        });
    }

    Ref<PIF> introduce(Ref<Host> ref, String givenMac, String device, boolean managed) {
        store.snapshot().require(ref);
        List<HostNetwork.Nic> nics = hosts.of(ref).nics();
        Optional<HostNetwork.Nic> nic =
                nics.stream().filter(n -> n.device().equals(device)).findFirst();
        String mac = givenMac.isEmpty() ? nic.map(HostNetwork.Nic::mac).orElse("") : givenMac.toLowerCase(Locale.ROOT);
        if (!mac.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}")) {
            throw Errors.macInvalid(mac);
        }
        return store.transact(tx -> {
            tx.require(ref);
            if (physical(tx, ref, device).isPresent()) {
                throw Errors.duplicatePifDeviceName(device);
            }
            if (nic.isEmpty() || !nic.get().mac().equals(mac)) {
                throw Errors.couldNotFindNetworkInterfaceWithSpecifiedDeviceNameAndMacAddress(device, mac);
            }
            return add(tx, ref, nic.get(), managed);
        });
    }

    private static Optional<Ref<PIF>> physical(Snapshot snapshot, Ref<Host> ref, String device) {
        return snapshot.get(ref, Host.PIFS).stream()
                .filter(pif -> snapshot.get(pif, PIF.PHYSICAL)
                        && snapshot.get(pif, PIF.DEVICE).equals(device))
                .findFirst();
    }

    private Ref<PIF> add(Transaction tx, Ref<Host> ref, HostNetwork.Nic nic, boolean managed) {
        String at = hosts.of(ref).bridgeOf(nic.device());
        Ref<PIFMetrics> metrics = tx.create(Row.of(PIFMetrics.XEN_CLASS).with(PIFMetrics.CARRIER, nic.carrier()));
        return tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.DEVICE, nic.device())
                .with(PIF.DEVICE_NAME, nic.device())
                .with(PIF.NETWORK, network(tx, ref, nic, managed ? at.isEmpty() ? named(nic.device()) : at : ""))
                .with(PIF.HOST, ref)
                .with(PIF.MAC, nic.mac())
                .with(PIF.MTU, (long) nic.mtu())
                .with(PIF.VLAN, -1L)
                .with(PIF.METRICS, metrics)
                .with(PIF.PHYSICAL, true)
                .with(PIF.CURRENTLY_ATTACHED, !at.isEmpty())
                .with(PIF.MANAGED, managed)
                .with(PIF.PROPERTIES, Map.of("gro", "on")));
    }

    /** The bridge that an interface would get: xenbr0 for eth0, brens3 for ens3, as in XAPI. */
    private static String named(String device) {
        return device.matches("eth\\d+") ? "xenbr" + device.substring("eth".length()) : "br" + device;
    }

    private static Ref<Network> network(Transaction tx, Ref<Host> ref, HostNetwork.Nic nic, String bridge) {
        for (Stored<Network> stored : tx.all(Network.XEN_CLASS)) {
            if (!bridge.isEmpty()
                    && stored.row().get(Network.BRIDGE).equals(bridge)
                    && stored.row().get(Network.PIFS).stream()
                            .noneMatch(pif -> tx.get(pif, PIF.HOST).equals(ref))) {
                return stored.ref();
            }
        }
        return tx.create(Row.of(Network.XEN_CLASS)
                .with(Network.NAME_LABEL, "Pool-wide network associated with " + nic.device())
                .with(Network.MTU, (long) nic.mtu())
                .with(Network.MANAGED, !bridge.isEmpty())
                .with(Network.BRIDGE, bridge));
    }

    void forget(Ref<PIF> pif) {
        store.change(tx -> {
            Row<PIF> row = tx.row(pif);
            refuseManagement(row, pif);
            refuseBonded(tx, row, pif);
            if (!row.get(PIF.VLAN_SLAVE_OF).isEmpty() || row.get(PIF.VLAN) != -1) {
                throw Errors.pifVlanStillExists(pif.value());
            }
            refuseUsed(tx, row.get(PIF.NETWORK), row.get(PIF.HOST));
            tx.destroyIfThere(row.get(PIF.METRICS));
            tx.destroy(pif);
        });
    }

    /**
     * Sets a property and applies it to a plugged PIF, and to the members of a bond. INVALID_VALUE for one that there is not,
     * CANNOT_CHANGE_PIF_PROPERTIES for a PIF without properties.
     */
    void setProperty(Ref<PIF> pif, String name, String value) {
        if (!name.equals("gro") || !(value.equals("on") || value.equals("off"))) {
            throw Errors.invalidValue("properties", name + " = " + value);
        }
        store.change(tx -> {
            Row<PIF> row = tx.row(pif);
            boolean has = row.get(PIF.PHYSICAL) || !row.get(PIF.BOND_MASTER_OF).isEmpty();
            if (!has || !row.get(PIF.BOND_SLAVE_OF).isNull()) {
                throw Errors.cannotChangePifProperties(pif.value());
            }
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put(name, value);
            row.get(PIF.PROPERTIES).forEach(properties::putIfAbsent);
            tx.set(pif, PIF.PROPERTIES, properties);
            for (Ref<Bond> bond : row.get(PIF.BOND_MASTER_OF)) {
                tx.get(bond, Bond.SLAVES).forEach(member -> tx.set(member, PIF.PROPERTIES, properties));
            }
        });
        devices.tuneProperties(pif);
    }

    static void refuseUnmanaged(Row<PIF> row, Ref<PIF> pif) {
        if (!row.get(PIF.MANAGED)) {
            throw Errors.pifUnmanaged(pif.value());
        }
    }

    /** PIF_ALREADY_BONDED for a member of a bond, and for the PIF of one. */
    static void refuseBonded(Snapshot snapshot, Row<PIF> row, Ref<PIF> pif) {
        Ref<Bond> bond = row.get(PIF.BOND_SLAVE_OF);
        if (snapshot.find(bond).isPresent() || !row.get(PIF.BOND_MASTER_OF).isEmpty()) {
            throw Errors.pifAlreadyBonded(pif.value());
        }
    }

    static void refuseManagement(Row<PIF> row, Ref<PIF> pif) {
        if (row.get(PIF.MANAGEMENT)) {
            throw Errors.pifIsManagementInterface(pif.value());
        }
    }

    /** VIF_IN_USE while a VM that runs on the host is connected. */
    private static void refuseUsed(Snapshot snapshot, Ref<Network> network, Ref<Host> host) {
        for (Ref<VIF> vif : snapshot.get(network, Network.VIFS)) {
            Row<VM> vm = snapshot.row(snapshot.get(vif, VIF.VM));
            VmPowerState state = vm.get(VM.POWER_STATE);
            boolean live = state == VmPowerState.RUNNING || state == VmPowerState.PAUSED;
            if (live && vm.get(VM.RESIDENT_ON).equals(host) && snapshot.get(vif, VIF.CURRENTLY_ATTACHED)) {
                throw Errors.vifInUse(network.value(), vif.value());
            }
        }
    }

    void plug(Ref<PIF> pif) {
        Row<PIF> row = store.snapshot().row(pif);
        refuseUnmanaged(row, pif);
        if (!row.get(PIF.BOND_SLAVE_OF).isNull()) {
            throw Errors.cannotPlugBondSlave(pif.value());
        }
        devices.plug(pif);
    }

    void unplug(Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> row = snapshot.row(pif);
        refuseUnmanaged(row, pif);
        refuseManagement(row, pif);
        refuseUsed(snapshot, row.get(PIF.NETWORK), row.get(PIF.HOST));
        if (row.get(PIF.DISALLOW_UNPLUG)) {
            throw Errors.pifDoesNotAllowUnplug(pif.value());
        }
        // A member of a bond goes down with the bond.
        if (row.get(PIF.BOND_SLAVE_OF).isNull()) {
            devices.unplug(pif);
        }
    }
}
