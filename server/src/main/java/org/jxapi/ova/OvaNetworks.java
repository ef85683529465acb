package org.jxapi.ova;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.transfer.Transfer;
import org.jxapi.xenapi.Network;

/** The networks here for those of a package: by the client's map, else by the same name or bridge. */
final class OvaNetworks {
    private static final String PARAMETER = "network:";

    private final Snapshot now;
    private final Map<String, String> given = new TreeMap<>();

    OvaNetworks(Snapshot now, Transfer transfer) {
        this.now = now;
        transfer.head().query().forEach((name, value) -> {
            if (name.startsWith(PARAMETER)) {
                given.put(name.substring(PARAMETER.length()), value);
            }
        });
    }

    /** A network interface and its network. */
    record Connected(OvaMachine.Nic nic, Ref<Network> network) {}

    /** The interfaces whose networks are found. The report refuses the others. */
    List<Connected> connect(List<OvaMachine.Nic> nics, OvaReport report) {
        List<Connected> connected = new ArrayList<>();
        for (OvaMachine.Nic nic : nics) {
            // XenCenter writes the UUID of the network, and its name as that of the interface.
            Optional<Ref<Network>> network = network(nic.network()).or(() -> network(nic.name()));
            if (network.isPresent()) {
                connected.add(new Connected(nic, network.get()));
                report.translated(
                        nic.name(), nic.network() + " is network " + now.get(network.get(), Network.NAME_LABEL));
            } else {
                report.refused(
                        nic.name(),
                        "there is no network " + nic.network() + "; name one by network-map:" + nic.network()
                                + "=NETWORK");
            }
        }
        return connected;
    }

    private Optional<Ref<Network>> network(String name) {
        String wanted = given.getOrDefault(name, name);
        Optional<Stored<Network>> byUuid = now.byUuid(Network.XEN_CLASS, wanted);
        if (byUuid.isPresent()) {
            return byUuid.map(Stored::ref);
        }
        List<Ref<Network>> named = now.all(Network.XEN_CLASS).stream()
                .filter(network -> network.row().get(Network.NAME_LABEL).equals(wanted)
                        || network.row().get(Network.BRIDGE).equals(wanted))
                .map(Stored::ref)
                .toList();
        return named.size() == 1 && !wanted.isEmpty() ? Optional.of(named.get(0)) : Optional.empty();
    }
}
