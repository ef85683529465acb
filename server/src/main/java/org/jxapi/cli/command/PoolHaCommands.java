package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/** The commands about high availability. */
final class PoolHaCommands {
    private PoolHaCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "pool-ha-enable",
                "",
                "heartbeat-sr-uuids ha-config:",
                "Turns on high availability in the pool.",
                c -> c.call("pool.enable_ha", c.refs("SR", "heartbeat-sr-uuids"), c.map("ha-config")));
        t.add("pool-ha-disable", "", "", "Turns off high availability in the pool.", c -> c.call("pool.disable_ha"));
        t.add(
                "pool-ha-prevent-restarts-for",
                "seconds",
                "",
                "Prevents high availability from restarting VMs for a number of seconds.",
                c -> c.call("pool.ha_prevent_restarts_for", c.integer("seconds")),
                HIDDEN);
        t.add(
                "pool-ha-compute-max-host-failures-to-tolerate",
                "",
                "",
                "Shows how many hosts can fail while all protected VMs can still be restarted.",
                c -> c.print(c.call("pool.ha_compute_max_host_failures_to_tolerate")));
        t.add(
                "pool-ha-compute-hypothetical-max-host-failures-to-tolerate",
                "",
                "vm-uuid restart-priority",
                "Shows how many hosts could fail if VMs had other restart priorities, given as pairs of vm-uuid and"
                        + " restart-priority.",
                PoolHaCommands::hypothetical);
        t.add(
                "pool-ha-compute-vm-failover-plan",
                "host-uuids",
                "",
                "Shows where VMs would be restarted if hosts failed.",
                PoolHaCommands::plan,
                HIDDEN);
    }

    private static List<String> all(Context c, String name) {
        return c.line().params().stream()
                .filter(p -> p.name().equals(name))
                .map(p -> p.value())
                .toList();
    }

    private static void hypothetical(Context c) throws IOException {
        List<String> vms = all(c, "vm-uuid");
        List<String> priorities = all(c, "restart-priority");
        if (vms.size() != priorities.size()) {
            throw new CliException("Call requires an equal number of vm-uuid and restart-priority arguments");
        }
        Map<Object, Object> configuration = new LinkedHashMap<>();
        for (int i = 0; i < vms.size(); i++) {
            configuration.put(c.api().byUuid("VM", vms.get(i)), priorities.get(i));
        }
        c.print(c.call("pool.ha_compute_hypothetical_max_host_failures_to_tolerate", configuration));
    }

    private static void plan(Context c) throws IOException {
        List<Ref<?>> hosts = c.refs("host", "host-uuids");
        List<Ref<?>> vms = new ArrayList<>();
        for (Ref<?> host : hosts) {
            for (Ref<?> vm : c.api().get(Host.RESIDENT_VMS, host)) {
                if (!c.api().get(VM.IS_CONTROL_DOMAIN, vm)) {
                    vms.add(vm);
                }
            }
        }
        Map<Object, Object> table = new LinkedHashMap<>();
        table.put("VM", "Destination Host or Error");
        ((Map<?, ?>) c.call("pool.ha_compute_vm_failover_plan", hosts, vms))
                .forEach((vm, result) ->
                        table.put(c.api().shown(((Ref<?>) vm).value()), outcome(c, (Map<?, ?>) result)));
        c.printMap(table);
    }

    private static String outcome(Context c, Map<?, ?> result) {
        if (result.containsKey("host")) {
            return c.api().shown(String.valueOf(result.get("host")));
        }
        return result.containsKey("error_code") ? String.valueOf(result.get("error_code")) : "UNKNOWN";
    }
}
