package org.jxapi.network;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PrimaryAddressType;

/** XAPI's checks of bonds, in XAPI's order. There are no tunnels and no SR-IOV to check. */
final class BondChecks {
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");

    private BondChecks() {}

    /** The checks that need no knowledge of the members but their host. */
    static void arguments(
            Snapshot snapshot,
            Ref<Network> network,
            Ref<Host> host,
            String mac,
            BondMode mode,
            Map<String, String> properties) {
        Networks.refuseUnmanaged(snapshot, network);
        Networks.refuseConnected(snapshot, network, host);
        if (!mac.isEmpty() && !MAC.matcher(mac).matches()) {
            throw Errors.macInvalid(mac);
        }
        properties.forEach((name, value) -> BondProperties.check(mode, name, value));
    }

    /** The management interface, else the first member with an IP configuration, else the first. */
    static Ref<PIF> primary(Snapshot snapshot, List<Ref<PIF>> members) {
        return members.stream()
                .filter(pif -> snapshot.get(pif, PIF.MANAGEMENT))
                .findFirst()
                .or(() -> members.stream()
                        .filter(pif -> configured(snapshot.row(pif)))
                        .findFirst())
                .orElseGet(() -> members.get(0));
    }

    private static boolean configured(Row<PIF> pif) {
        return pif.get(PIF.PRIMARY_ADDRESS_TYPE) == PrimaryAddressType.IPV6
                ? pif.get(PIF.IPV6_CONFIGURATION_MODE) != Ipv6ConfigurationMode.NONE
                : pif.get(PIF.IP_CONFIGURATION_MODE) != IpConfigurationMode.NONE;
    }

    static void members(Snapshot snapshot, List<Ref<PIF>> members) {
        PrimaryAddressType type = snapshot.get(primary(snapshot, members), PIF.PRIMARY_ADDRESS_TYPE);
        for (Ref<PIF> member : members) {
            if (snapshot.get(member, PIF.PRIMARY_ADDRESS_TYPE) != type) {
                throw Errors.pifIncompatiblePrimaryAddressType(member.value());
            }
        }
        members.forEach(member -> member(snapshot, member));
        Row<PIF> first = snapshot.row(members.get(0));
        if (members.stream().anyMatch(pif -> !snapshot.get(pif, PIF.HOST).equals(first.get(PIF.HOST)))) {
            throw Errors.pifCannotBondCrossHost();
        }
        if (members.stream().anyMatch(pif -> !snapshot.get(pif, PIF.PROPERTIES).equals(first.get(PIF.PROPERTIES)))) {
            throw Errors.incompatiblePifProperties();
        }
        if (members.stream().filter(pif -> configured(snapshot.row(pif))).count() > 1) {
            throw Errors.pifBondMoreThanOneIp();
        }
    }

    private static void member(Snapshot snapshot, Ref<PIF> pif) {
        Row<PIF> row = snapshot.row(pif);
        Pifs.refuseUnmanaged(row, pif);
        // XAPI lets the PIF of a bond through, and then makes a bond that never works.
        Pifs.refuseBonded(snapshot, row, pif);
        if (!row.get(PIF.VLAN_MASTER_OF).isNull()) {
            throw Errors.pifVlanExists(row.get(PIF.DEVICE_NAME));
        }
        refuseProtected(snapshot, row);
    }

    /** The address that the hosts watch each other by stays where it is. */
    static void refuseProtected(Snapshot snapshot, Row<PIF> pif) {
        boolean watched = ThisPool.find(snapshot)
                .map(pool -> pool.row().get(Pool.HA_ENABLED))
                .orElse(false);
        if (watched && pif.get(PIF.MANAGEMENT)) {
            throw Errors.haCannotChangeBondStatusOfMgmtIface();
        }
    }

    /**
     * OPERATION_NOT_ALLOWED for interfaces that are the administrator's: with addresses of their own, or in a bridge that was set
     * up on the host.
     */
    static void devices(HostNetwork host, Snapshot snapshot, List<Ref<PIF>> members) {
        for (Ref<PIF> member : members) {
            String device = snapshot.get(member, PIF.DEVICE);
            String at = host.bridgeOf(device);
            if (host.addressed(at.isEmpty() ? device : at)) {
                throw Errors.operationNotAllowed(
                        device + " has addresses of its own; its bond must be set up on the host");
            }
            if (!at.isEmpty() && !host.ownBridge(at)) {
                throw Errors.operationNotAllowed(device + " is in " + at + ", which was set up on the host");
            }
        }
    }
}
