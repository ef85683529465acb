package org.jxapi.neighbour;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.neighbour.guest.Outcome;
import org.jxapi.neighbour.guest.PlannedNic;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;

/** The networks that the bridges of configurations are: by a client's map, by the name of the bridge, or by the label. */
final class NetworkMap {
    private final Snapshot now;
    private final Map<String, String> given;
    private final Report report;

    /** @param given UUIDs or names of networks, by bridges */
    NetworkMap(Snapshot now, Map<String, String> given, Report report) {
        this.now = now;
        this.given = given;
        this.report = report;
    }

    /** An interface and its network. */
    record Connected(PlannedNic nic, Ref<Network> network) {}

    /** The interfaces whose networks are known. The others are refused in the report. */
    List<Connected> connect(List<PlannedNic> nics) {
        List<Connected> connected = new ArrayList<>();
        for (PlannedNic nic : nics) {
            Optional<Ref<Network>> network = network(nic.bridge());
            if (network.isPresent()) {
                connected.add(new Connected(nic, network.get()));
                report.add(
                        nic.key(),
                        nic.line(),
                        Outcome.TRANSLATED,
                        "network " + now.get(network.get(), Network.NAME_LABEL));
            } else {
                report.add(
                        nic.key(),
                        nic.line(),
                        Outcome.REFUSED,
                        nic.bridge().isEmpty()
                                ? "it names no bridge; name a network by network-map:=NETWORK"
                                : "there is no network of the bridge " + nic.bridge() + "; name one by network-map:"
                                        + nic.bridge() + "=NETWORK");
            }
        }
        return connected;
    }

    private Optional<Ref<Network>> network(String bridge) {
        String wanted = given.get(bridge);
        if (wanted != null) {
            return now.byUuid(Network.XEN_CLASS, wanted)
                    .map(Stored::ref)
                    .or(() ->
                            now.byNameLabel(Network.XEN_CLASS, wanted).stream().findFirst());
        }
        if (bridge.isEmpty()) {
            return management();
        }
        return now.all(Network.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(Network.BRIDGE).equals(bridge))
                .map(Stored::ref)
                .findFirst()
                .or(() -> now.byNameLabel(Network.XEN_CLASS, bridge).stream().findFirst());
    }

    /** As under xl, the host's own network is the default. */
    private Optional<Ref<Network>> management() {
        return now.all(PIF.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(PIF.MANAGEMENT))
                .map(stored -> stored.row().get(PIF.NETWORK))
                .findFirst();
    }
}
