package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;

/** The settings that the devices of a PIF get when it is plugged: those that clients have set, and no others. */
final class PifTuning {
    private PifTuning() {}

    /** Applies them to the device of the PIF, the members of its bond and the bridge of its network. */
    static void apply(HostNetwork host, Snapshot snapshot, Row<PIF> pif) {
        Map<String, String> properties = pif.get(PIF.PROPERTIES);
        for (Row<PIF> member : members(snapshot, pif)) {
            tune(host, member.get(PIF.DEVICE), Ethtool.ofHost(member.get(PIF.OTHER_CONFIG), properties));
        }
        tune(host, device(pif), ofPif(pif));
        Row<Network> network = snapshot.row(pif.get(PIF.NETWORK));
        tune(host, network.get(Network.BRIDGE), Ethtool.ofHost(network.get(Network.OTHER_CONFIG), Map.of()));
        List<StaticRoute> routes = StaticRoute.of(network.get(Network.OTHER_CONFIG));
        if (!routes.isEmpty()) {
            host.route(network.get(Network.BRIDGE), routes);
        }
    }

    /** Applies its properties to its device and the members of its bond, also where they are what drivers have. */
    static void applyProperties(HostNetwork host, Snapshot snapshot, Row<PIF> pif) {
        for (Row<PIF> member : members(snapshot, pif)) {
            tune(host, member.get(PIF.DEVICE), Ethtool.gro(member.get(PIF.OTHER_CONFIG), pif.get(PIF.PROPERTIES)));
        }
        tune(host, device(pif), Ethtool.gro(pif.get(PIF.OTHER_CONFIG), pif.get(PIF.PROPERTIES)));
    }

    private static List<Row<PIF>> members(Snapshot snapshot, Row<PIF> pif) {
        return pif.get(PIF.BOND_MASTER_OF).stream()
                .flatMap(bond -> snapshot.get(bond, Bond.SLAVES).stream())
                .<Row<PIF>>map(snapshot::row)
                .toList();
    }

    /** The device of a PIF on its host. */
    static String device(Row<PIF> pif) {
        return pif.get(PIF.VLAN) >= 0
                ? HostNetwork.vlanDevice(pif.get(PIF.DEVICE), Math.toIntExact(pif.get(PIF.VLAN)))
                : pif.get(PIF.DEVICE);
    }

    private static DeviceTuning ofPif(Row<PIF> pif) {
        DeviceTuning ethtool = Ethtool.ofHost(pif.get(PIF.OTHER_CONFIG), pif.get(PIF.PROPERTIES));
        int mtu = pif.get(PIF.PHYSICAL) ? ownMtu(pif) : 0;
        return new DeviceTuning(mtu, ethtool.settings(), ethtool.offload());
    }

    /** The MTU that the PIF has been given; 0 for none. */
    static int ownMtu(Row<PIF> pif) {
        String own = pif.get(PIF.OTHER_CONFIG).getOrDefault("mtu", "");
        return own.matches("[1-9]\\d{0,4}") ? Math.min(Integer.parseInt(own), Networks.MOST_MTU) : 0;
    }

    private static void tune(HostNetwork host, String device, DeviceTuning tuning) {
        if (!tuning.isEmpty()) {
            host.tune(device, tuning);
        }
    }
}
