package org.jxapi.network;

import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;

/** The networks that have NAT: those with a key of jxapi's own in {@code other_config}. */
final class NatNetworks {
    /** The key; its value is the host's address on the network, such as {@code 10.0.3.1/24}. */
    static final String KEY = "jxapi-nat";

    private static final String NAME = "other_config:" + KEY;

    private NatNetworks() {}

    private static Optional<String> value(Row<Network> network) {
        Map<String, String> config = network.get(Network.OTHER_CONFIG);
        return Optional.ofNullable(config.get(KEY));
    }

    private static NatAddress parse(String value) {
        return NatAddress.parse(value)
                .orElseThrow(() -> Errors.invalidValue(
                        NAME, value + " is no address of a host with a prefix of 8 to 30, such as 10.0.3.1/24"));
    }

    /** Refuses a new network whose addresses cannot be used: INVALID_VALUE says why. */
    static void check(Snapshot snapshot, Row<Network> given) {
        Optional<String> value = value(given);
        if (value.isEmpty()) {
            return;
        }
        NatAddress address = parse(value.get());
        if (!given.get(Network.MANAGED)) {
            throw Errors.invalidValue(NAME, "a network that is not managed has no NAT");
        }
        for (Stored<Network> other : snapshot.all(Network.XEN_CLASS)) {
            boolean overlaps = value(other.row())
                    .flatMap(NatAddress::parse)
                    .filter(address::overlaps)
                    .isPresent();
            if (overlaps) {
                throw Errors.invalidValue(
                        NAME,
                        address + " overlaps with the network " + other.row().get(Network.UUID));
            }
        }
    }

    /** Gives the bridge of a network, which is up, the NAT that the network asks for. */
    static void raise(HostNetwork host, Row<Network> network) {
        Optional<String> value = value(network);
        if (value.isEmpty()) {
            return;
        }
        NatAddress address = parse(value.get());
        String bridge = network.get(Network.BRIDGE);
        if (!host.ownBridge(bridge)) {
            throw Errors.invalidValue(NAME, "jxapid did not make the bridge " + bridge);
        }
        for (NatAddress other : host.nat().others(bridge)) {
            if (address.overlaps(other)) {
                throw Errors.invalidValue(NAME, address + " overlaps with " + other + " on this host");
            }
        }
        host.nat().start(bridge, address);
    }

    /** Removes the NAT of a network, before its bridge goes; also one whose key has been removed since. */
    static void lower(HostNetwork host, Row<Network> network) {
        String bridge = network.get(Network.BRIDGE);
        if (value(network).isPresent() || host.nat().isUp(bridge)) {
            host.nat().stop(bridge);
        }
    }
}
