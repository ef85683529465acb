package org.jxapi.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PrimaryAddressType;

/**
 * The interface by which clients reach a host: {@code PIF.management}, and its address in {@code host.address}. jxapid listens
 * where its settings say, so the host answers under its other addresses too.
 */
public final class ManagementInterfaces {
    private final Store store;
    private final Pifs pifs;

    public ManagementInterfaces(Store store, Pifs pifs) {
        this.store = store;
        this.pifs = pifs;
    }

    /** Makes it the one of its host, with XAPI's checks in XAPI's order, and INTERFACE_HAS_NO_IP when it has no address. */
    public void choose(Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        refuseProtected(snapshot);
        Row<PIF> row = snapshot.row(pif);
        if (row.get(PIF.MANAGED)) {
            check(row, pif);
        }
        if (row.get(PIF.MANAGEMENT)) {
            return;
        }
        String address = address(row);
        if (address.isEmpty()) {
            throw Errors.interfaceHasNoIp(pif.value());
        }
        if (row.get(PIF.MANAGED) && !row.get(PIF.CURRENTLY_ATTACHED)) {
            pifs.plug(pif);
        }
        store.change(tx -> {
            Ref<Host> host = tx.get(pif, PIF.HOST);
            for (Ref<PIF> each : List.copyOf(tx.get(host, Host.PIFS))) {
                tx.set(each, PIF.MANAGEMENT, each.equals(pif));
            }
            tx.set(host, Host.ADDRESS, address);
        });
    }

    /** Makes the interfaces on a network those of all hosts; nothing changes unless all can be. */
    public void chooseAll(Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        refuseProtected(snapshot);
        Map<Ref<Host>, Ref<PIF>> byHost = new HashMap<>();
        List<Ref<PIF>> on = snapshot.get(network, Network.PIFS);
        on.forEach(pif -> byHost.put(snapshot.get(pif, PIF.HOST), pif));
        List<Ref<Host>> hosts = new ArrayList<>();
        for (Stored<Host> host : snapshot.all(Host.XEN_CLASS)) {
            hosts.add(host.ref());
            if (!byHost.containsKey(host.ref())) {
                throw Errors.pifNotPresent(host.ref().value(), network.value());
            }
        }
        for (Ref<PIF> pif : on) {
            Row<PIF> row = snapshot.row(pif);
            if (row.get(PIF.PRIMARY_ADDRESS_TYPE) != snapshot.get(on.get(0), PIF.PRIMARY_ADDRESS_TYPE)) {
                throw Errors.pifIncompatiblePrimaryAddressType(pif.value());
            }
            check(row, pif);
        }
        // The coordinator comes last: clients follow the others through it.
        Ref<Host> coordinator = ThisHost.ref(snapshot);
        hosts.remove(coordinator);
        hosts.add(coordinator);
        for (Ref<Host> host : hosts) {
            Ref<PIF> pif = byHost.get(host);
            if (pif != null) {
                choose(pif);
            }
        }
    }

    private static void refuseProtected(Snapshot snapshot) {
        if (ThisPool.row(snapshot).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
    }

    private static void check(Row<PIF> row, Ref<PIF> pif) {
        if (!row.get(PIF.BOND_SLAVE_OF).isNull()) {
            throw Errors.cannotPlugBondSlave(pif.value());
        }
        if (row.get(PIF.PRIMARY_ADDRESS_TYPE) == PrimaryAddressType.IPV6) {
            if (row.get(PIF.IPV6_CONFIGURATION_MODE) == Ipv6ConfigurationMode.NONE) {
                throw Errors.pifHasNoV6NetworkConfiguration(pif.value());
            }
        } else if (row.get(PIF.IP_CONFIGURATION_MODE) == IpConfigurationMode.NONE) {
            throw Errors.pifHasNoNetworkConfiguration(pif.value());
        }
    }

    /** Of the type that is the PIF's primary one; empty for none. */
    private static String address(Row<PIF> pif) {
        if (pif.get(PIF.PRIMARY_ADDRESS_TYPE) != PrimaryAddressType.IPV6) {
            return pif.get(PIF.IP);
        }
        return pif.get(PIF.IPV6).stream()
                .filter(address -> !address.isEmpty())
                .map(address -> address.replaceFirst("/.*", ""))
                .findFirst()
                .orElse("");
    }
}
