package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.RecordField;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.ExitException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Host;

/** The commands that ask a host for something. */
final class HostCommands {
    private static final List<String> FEATURES =
            List.of("features_pv", "features_hvm", "features_pv_host", "features_hvm_host");

    private HostCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "host-cpu-info",
                "",
                "uuid",
                "Shows a host's physical CPUs.",
                c -> c.printMap(c.api().get(Host.CPU_INFO, c.hostOrThis("uuid"))));
        t.add("host-get-cpu-features", "", "uuid", "Shows the feature sets of a host's CPUs.", c -> {
            Map<String, String> info = new LinkedHashMap<>(c.api().get(Host.CPU_INFO, c.hostOrThis("uuid")));
            info.keySet().retainAll(FEATURES);
            c.printMap(info);
        });
        t.hosts(
                "host-dmesg",
                "",
                "",
                "Shows the hypervisor's log.",
                Scope.PLAIN,
                (c, host) -> c.print(c.call("host.dmesg", host.ref())));
        t.hosts(
                "host-compute-free-memory",
                "",
                "",
                "Shows a host's free memory for VMs in bytes.",
                Scope.ONE,
                (c, host) -> number(c, "host.compute_free_memory", host));
        t.hosts(
                "host-compute-memory-overhead",
                "",
                "",
                "Shows a host's memory overhead for virtualization in bytes.",
                Scope.ONE,
                (c, host) -> number(c, "host.compute_memory_overhead", host));
        t.hosts(
                "host-get-system-status-capabilities",
                "",
                "",
                "Shows which parts a status report can include.",
                Scope.PLAIN,
                (c, host) -> c.print(c.call("host.get_system_status_capabilities", host.ref())));
        t.add(
                "host-get-vms-which-prevent-evacuation",
                "uuid",
                "",
                "Lists the VMs that cannot leave a host, with the reasons.",
                HostCommands::stuck);
        t.add(
                "host-retrieve-wlb-evacuate-recommendations",
                "uuid",
                "",
                "Shows where the workload balancer would move a host's VMs.",
                HostCommands::recommendations,
                HIDDEN);
        t.add(
                "host-is-in-emergency-mode",
                "",
                "",
                "Shows whether the host is in emergency mode because it cannot reach its coordinator.",
                c -> c.message(c.call("host.is_in_emergency_mode")));
        t.add(
                "host-ha-xapi-healthcheck",
                "",
                "",
                "Checks the daemon's health and reports it by the exit status.",
                HostCommands::healthCheck,
                HIDDEN);
        t.hosts(
                "host-get-server-certificate",
                "",
                "",
                "Shows a host's TLS certificate.",
                Scope.ONE,
                (c, host) -> number(c, "host.get_server_certificate", host));
        t.add("host-license-view", "", "host-uuid", "Shows a host's licence.", c -> {
            Map<String, String> licence =
                    new LinkedHashMap<>(c.api().get(Host.LICENSE_PARAMS, c.hostOrThis("host-uuid")));
            licence.remove("sku_type");
            c.printMap(licence);
        });
        t.add(
                "host-all-editions",
                "",
                "",
                "Lists the available licence editions.",
                c -> c.printAll(c.api().get(Host.EDITIONS, c.api().thisHost())));
        t.add(
                "host-call-plugin",
                "host-uuid plugin fn",
                "args:",
                "Calls a function of a plugin on a host.",
                c -> c.print(c.call(
                        "host.call_plugin",
                        c.ref("host", "host-uuid"),
                        c.need("plugin"),
                        c.need("fn"),
                        c.pluginArgs())));
        t.add(
                "host-enable-display",
                "uuid",
                "",
                "Turns on a host's local display.",
                c -> display(c, "host.enable_display"));
        t.add(
                "host-disable-display",
                "uuid",
                "",
                "Turns off a host's local display.",
                c -> display(c, "host.disable_display"));
        t.add(
                "host-get-sm-diagnostics",
                "uuid",
                "",
                "Shows the state of a host's storage.",
                c -> c.message(c.call("host.get_sm_diagnostics", c.ref("host"))));
        t.add(
                "host-get-thread-diagnostics",
                "uuid",
                "",
                "Shows what the threads of the daemon on a host are doing.",
                c -> c.message(c.call("host.get_thread_diagnostics", c.ref("host"))));
    }

    private static void number(Context c, String message, CliObject host) throws IOException {
        c.message(c.call(message, host.ref()));
    }

    private static void display(Context c, String message) throws IOException {
        c.message(c.call(message, c.ref("host")));
    }

    private static void stuck(Context c) throws IOException {
        Map<?, ?> vms = (Map<?, ?>) c.call("host.get_vms_which_prevent_evacuation", c.ref("host"));
        List<String> wanted = c.has("params") ? c.line().words("params") : List.of("uuid", "name-label", "reason");
        boolean all = wanted.equals(List.of("all"));
        for (Map.Entry<?, ?> entry : vms.entrySet()) {
            CliObject vm = CliObject.of(c.api(), RecordKinds.get("vm"), (Ref<?>) entry.getKey());
            List<Map.Entry<String, String>> record = new ArrayList<>();
            for (RecordField field : vm.kind().fields()) {
                if (all || wanted.contains(field.name())) {
                    record.add(vm.shown(field));
                }
            }
            if (all || wanted.contains("reason")) {
                record.add(Map.entry("reason ( RO)", String.join(",", words(entry.getValue()))));
            }
            c.printer().records(List.of(record));
        }
    }

    private static List<String> words(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    private static void recommendations(Context c) throws IOException {
        Map<Object, Object> table = new LinkedHashMap<>();
        table.put("VM", "[Host, RecID] / Error");
        ((Map<?, ?>) c.call("host.retrieve_wlb_evacuate_recommendations", c.ref("host")))
                .forEach((vm, words) ->
                        table.put(c.api().shown(((Ref<?>) vm).value()), String.join(" ", words(words))));
        c.printMap(table);
    }

    private static void healthCheck(Context c) throws IOException {
        boolean healthy;
        try {
            healthy = (Boolean) c.call("host.ha_xapi_healthcheck");
        } catch (XenApiException e) {
            c.wire().printStderr("The check failed: " + e.getMessage() + "\n");
            throw new ExitException(3);
        }
        if (!healthy) {
            c.wire().printStderr("The daemon is not healthy\n");
            throw new ExitException(2);
        }
        c.say("xapi is healthy.");
    }
}
