package org.jxapi.vif;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.network.IpAddresses;
import org.jxapi.network.PoolNetworks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkDefaultLockingMode;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VifLockingMode;

/**
 * The addresses from which VMs may send. A host that cannot enforce them refuses the setting: a VIF must not be open
 * when a client has locked it.
 */
final class VifLocking {
    private static final String FEATURE = "VIF_locking";

    private final Store store;
    private final PoolNetworks networks;

    VifLocking(Store store, PoolNetworks networks) {
        this.store = store;
        this.networks = networks;
    }

    /** The effective mode of a VIF, with its network's default taken into account. */
    static VifLockingMode effective(Snapshot snapshot, VifLockingMode mode, Ref<Network> network) {
        if (mode != VifLockingMode.NETWORK_DEFAULT) {
            return mode;
        }
        return snapshot.get(network, Network.DEFAULT_LOCKING_MODE) == NetworkDefaultLockingMode.DISABLED
                ? VifLockingMode.DISABLED
                : VifLockingMode.UNLOCKED;
    }

    /** LICENCE_RESTRICTION, as where XAPI's edition has no locking, unless this host can do what is wished. */
    void checkNew(Snapshot snapshot, Row<VIF> vif) {
        VifLockingMode mode = effective(snapshot, vif.get(VIF.LOCKING_MODE), vif.get(VIF.NETWORK));
        if (mode != VifLockingMode.UNLOCKED
                || !vif.get(VIF.IPV4_ALLOWED).isEmpty()
                || !vif.get(VIF.IPV6_ALLOWED).isEmpty()) {
            require();
        }
    }

    private void require() {
        if (!networks.own().filters()) {
            throw Errors.licenceRestriction(FEATURE);
        }
    }

    void setMode(Ref<VIF> vif, VifLockingMode mode) {
        Snapshot now = store.snapshot();
        if (effective(now, mode, now.get(vif, VIF.NETWORK)) != VifLockingMode.UNLOCKED) {
            require();
        }
        store.change(tx -> tx.set(vif, VIF.LOCKING_MODE, mode));
    }

    void set4(Ref<VIF> vif, List<String> addresses) {
        check(vif, addresses, IpAddresses::ipv4, "ipv4_allowed");
        replace(vif, VIF.IPV4_ALLOWED, addresses);
    }

    void set6(Ref<VIF> vif, List<String> addresses) {
        check(vif, addresses, IpAddresses::ipv6, "ipv6_allowed");
        replace(vif, VIF.IPV6_ALLOWED, addresses);
    }

    void add4(Ref<VIF> vif, String address) {
        check(vif, List.of(address), IpAddresses::ipv4, "ipv4_allowed");
        add(vif, VIF.IPV4_ALLOWED, address);
    }

    void add6(Ref<VIF> vif, String address) {
        check(vif, List.of(address), IpAddresses::ipv6, "ipv6_allowed");
        add(vif, VIF.IPV6_ALLOWED, address);
    }

    private void check(Ref<VIF> vif, List<String> addresses, Predicate<String> valid, String name) {
        store.snapshot().require(vif);
        if (!addresses.isEmpty()) {
            require();
        }
        for (String address : addresses) {
            if (!valid.test(address)) {
                throw Errors.invalidIpAddressSpecified(name);
            }
        }
    }

    private void replace(Ref<VIF> vif, Field<VIF, List<String>> field, List<String> addresses) {
        store.change(tx -> tx.set(vif, field, List.copyOf(new LinkedHashSet<>(addresses))));
    }

    private void add(Ref<VIF> vif, Field<VIF, List<String>> field, String address) {
        store.change(tx -> {
            Set<String> all = new LinkedHashSet<>(tx.get(vif, field));
            all.add(address);
            tx.set(vif, field, List.copyOf(all));
        });
    }

    void remove(Ref<VIF> vif, Field<VIF, List<String>> field, String address) {
        store.change(tx -> tx.set(
                vif,
                field,
                tx.get(vif, field).stream().filter(a -> !a.equals(address)).toList()));
    }

    /** ADDRESS_VIOLATES_LOCKING_CONSTRAINT for an address from which the guest may not send. */
    void checkAddress(Ref<VIF> vif, Field<VIF, List<String>> allowed, String cidr) {
        Row<VIF> row = store.snapshot().row(vif);
        boolean locked =
                effective(store.snapshot(), row.get(VIF.LOCKING_MODE), row.get(VIF.NETWORK)) == VifLockingMode.LOCKED;
        if (locked && !row.get(allowed).contains(cidr.split("/")[0])) {
            throw Errors.addressViolatesLockingConstraint(cidr);
        }
    }
}
