package org.jxapi.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.simulator.OrderFields;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;

/** The simulated hosts, as orders name them: with a key {@code host}, which has the name or the UUID of one. */
final class SimulatedHosts {
    private static final String HOST = "host";

    private final Hosts hosts;
    private final Store store;

    SimulatedHosts(Hosts hosts, Store store) {
        this.hosts = hosts;
        this.store = store;
    }

    /** A machine, with the UUID and the name of its host. */
    record Named(String uuid, String name, SimulatedHypervisor machine) {}

    /** All machines of this process, the coordinator's first. */
    List<Named> all() {
        Snapshot now = store.snapshot();
        List<Named> all = new ArrayList<>();
        for (Hosts.Driven each : hosts.all(now)) {
            if (each.hypervisor() instanceof SimulatedHypervisor machine) {
                Row<Host> host = now.row(each.host());
                all.add(new Named(host.get(Host.UUID), host.get(Host.NAME_LABEL), machine));
            }
        }
        return all;
    }

    /** Whether there are several. */
    boolean several() {
        return all().size() > 1;
    }

    /**
     * Carries out an order on the machines that it means: the one that it names, else the one that has the VM that it names,
     * else all of them for faults, and the coordinator for anything else.
     */
    void order(String json) {
        OrderFields fields = OrderFields.of(json);
        List<SimulatedHypervisor> meant = meant(fields);
        if (fields.has(HOST)) {
            ObjectNode rest = fields.json().deepCopy();
            rest.remove(HOST);
            meant.forEach(machine -> machine.order(rest.toString()));
        } else {
            meant.forEach(machine -> machine.order(json));
        }
    }

    private List<SimulatedHypervisor> meant(OrderFields fields) {
        List<SimulatedHypervisor> every = all().stream().map(Named::machine).toList();
        if (fields.has(HOST)) {
            return List.of(named(fields.text(HOST)));
        }
        if (fields.has("vm")) {
            UUID vm = fields.uuid("vm");
            List<SimulatedHypervisor> found = every.stream()
                    .filter(machine -> machine.domains().findByUuid(vm).isPresent())
                    .toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        boolean everywhere = fields.has("fault") || fields.has("release") || fields.has("clear");
        return everywhere ? every : List.of(every.get(0));
    }

    private SimulatedHypervisor named(String name) {
        return all().stream()
                .filter(each -> each.uuid().equals(name) || each.name().equals(name))
                .map(Named::machine)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("host must be the name or the UUID of a host, not " + name));
    }
}
