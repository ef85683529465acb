package org.jxapi.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;

/** The network interfaces of guests. Locking modes are not theirs: stock Xen's scripts know nothing like it. */
public final class GuestNics {
    /** Over how long a rate limit is spread when the VIF does not say, in microseconds, as libxl's own tools do. */
    private static final int RATE_INTERVAL = 50_000;

    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65_521;

    private GuestNics() {}

    /** The network interface of a VIF. */
    public static NicConfig nic(Snapshot snapshot, Row<VIF> vif) {
        Row<Network> network = snapshot.row(vif.get(VIF.NETWORK));
        NicConfig.Builder nic = NicConfig.builder()
                .devid(Integer.valueOf(vif.get(VIF.DEVICE)))
                .mac(vif.get(VIF.MAC))
                .mtu(mtu(vif, network))
                .bridge(network.get(Network.BRIDGE));
        Map<String, String> limit = vif.get(VIF.QOS_ALGORITHM_PARAMS);
        long kibps = number(limit.get("kbps"));
        if (vif.get(VIF.QOS_ALGORITHM_TYPE).equals("ratelimit") && kibps > 0) {
            long given = number(limit.get("timeslice_us"));
            int interval = given > 0 ? (int) given : RATE_INTERVAL;
            nic.rateIntervalUsecs(interval).rateBytesPerInterval(Math.max(1, kibps * 1024 * interval / 1_000_000));
        }
        return nic.build();
    }

    /**
     * As in XAPI the network's MTU, or {@code other_config:mtu} of the VIF where that is a number; the field VIF.MTU
     * says nothing. INVALID_VALUE when no interface can have it.
     */
    private static int mtu(Row<VIF> vif, Row<Network> network) {
        String own = vif.get(VIF.OTHER_CONFIG).getOrDefault("mtu", "");
        boolean given = own.matches("-?\\d{1,9}");
        long mtu = given ? Long.parseLong(own) : network.get(Network.MTU);
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw Errors.invalidValue(given ? "VIF.other_config:mtu" : "network.MTU", Long.toString(mtu));
        }
        return (int) mtu;
    }

    private static long number(@Nullable String text) {
        return text != null && text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    }
}
