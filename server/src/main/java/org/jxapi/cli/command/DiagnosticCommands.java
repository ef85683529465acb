package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.ErrorText;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.TextTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** The commands that find out what is wrong. */
final class DiagnosticCommands {
    private static final List<String> VDI_FIELDS =
            List.of("uuid", "name-label", "sr-uuid", "mode", "read-only", "sharable", "storage-lock");
    private static final List<String> VDI_VBD_FIELDS =
            List.of("uuid", "userdevice", "device", "empty", "mode", "type", "storage-lock");
    private static final List<String> VM_FIELDS = List.of("uuid", "name-label", "power-state", "possible-hosts");
    private static final List<String> VM_VBD_FIELDS =
            List.of("uuid", "userdevice", "device", "vdi-uuid", "empty", "mode", "type", "storage-lock", "attachable");

    private static final Set<String> NETWORK_STATS =
            Set.of("method", "uri", "params", "requests", "connections", "framed");

    private DiagnosticCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "diagnostic-vdi-status",
                "uuid",
                "",
                "Shows a disk and the VMs it is attached to.",
                DiagnosticCommands::vdi);
        t.add(
                "diagnostic-vm-status",
                "uuid",
                "",
                "Shows a VM, whether its disks can be attached, and which hosts it can start on.",
                DiagnosticCommands::vm,
                STANDARD);
        t.add(
                "diagnostic-timing-stats",
                "",
                "",
                "Shows how long internal operations take on each host.",
                DiagnosticCommands::timing);
        daemon(t);
    }

    /** Diagnostics of the daemon itself: the messages of class Diagnostics. */
    private static void daemon(CommandTable t) {
        t.hosts(
                "diagnostic-compact",
                "",
                "",
                "Makes the daemon on a host release unused memory.",
                Scope.ONE,
                (c, host) -> c.call("Diagnostics.gc_compact", host.ref()));
        t.hosts(
                "diagnostic-gc-stats",
                "",
                "",
                "Shows the memory use of the daemon on a host.",
                Scope.ONE,
                (c, host) -> c.printMap(c.call("Diagnostics.gc_stats", host.ref())));
        t.add(
                "diagnostic-db-stats",
                "",
                "",
                "Shows how long calls wait for the database.",
                c -> c.message("DB lock stats: "
                        + ((Map<?, ?>) c.call("Diagnostics.db_stats"))
                                .entrySet().stream()
                                        .map(e -> e.getKey() + "=" + e.getValue())
                                        .collect(Collectors.joining(" "))));
        t.hosts(
                "diagnostic-net-stats",
                "",
                "uri method params",
                "Shows how many HTTP requests a host has served.",
                Scope.ONE,
                DiagnosticCommands::network);
        t.add(
                "diagnostic-license-status",
                "",
                "",
                "Shows the edition, the features and the expiry date of each host's licence.",
                LicenceStatus::print);
    }

    private static void network(Context c, CliObject host) throws IOException {
        Map<String, String> wanted = new TreeMap<>();
        c.line().params().stream()
                .filter(p -> NETWORK_STATS.contains(p.name()))
                .forEach(p -> wanted.putIfAbsent(p.name(), p.value()));
        List<List<String>> rows = new ArrayList<>();
        ((List<?>) c.call("Diagnostics.network_stats", host.ref(), wanted))
                .forEach(row ->
                        rows.add(((List<?>) row).stream().map(String::valueOf).toList()));
        for (String line : TextTable.lines(rows, " | ", true)) {
            c.message(line);
        }
    }

    private static void show(Context c, List<CliObject> objects, List<String> fields) throws IOException {
        for (CliObject object : objects) {
            GenericCommands.printFull(c, List.of(object), fields, "no such parameter");
        }
    }

    private static List<CliObject> vbds(Context c, List<? extends Ref<?>> refs) {
        List<CliObject> vbds = new ArrayList<>();
        refs.forEach(ref -> vbds.add(CliObject.of(c.api(), RecordKinds.get("vbd"), ref)));
        return vbds;
    }

    private static void vdi(Context c) throws IOException {
        CliObject vdi = CliObject.of(c.api(), RecordKinds.get("vdi"), c.ref("VDI"));
        show(c, List.of(vdi), VDI_FIELDS);
        List<CliObject> all = vbds(c, vdi.get(VDI.VBDS));
        List<CliObject> active = all.stream()
                .filter(o -> o.text("currently-attached").equals("true"))
                .toList();
        List<CliObject> inactive = all.stream().filter(o -> !active.contains(o)).toList();
        c.print(active.isEmpty() ? "no active VBDs." : "active VBDs:");
        show(c, active, VDI_VBD_FIELDS);
        if (!inactive.isEmpty()) {
            c.print("inactive VBDs:");
            show(c, inactive, VDI_VBD_FIELDS);
        }
    }

    private static void vm(Context c) throws IOException {
        CliObject vm = CliObject.of(c.api(), RecordKinds.get("vm"), c.ref("VM"));
        show(c, List.of(vm), VM_FIELDS);
        c.print("Checking to see whether disks are attachable");
        show(c, vbds(c, vm.get(VM.VBDS)), VM_VBD_FIELDS);
        c.print("Checking to see whether VM can boot on each host");
        VmPowerCommands.printHosts(c, vm.ref());
        String agile = "VM is agile.";
        try {
            c.call("VM.assert_agile", vm.ref());
        } catch (XenApiException e) {
            agile = "VM is not agile because: " + VmPowerCommands.reason(c.api(), e);
        }
        c.print(agile);
    }

    private static void timing(Context c) throws IOException {
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        for (Map.Entry<Ref<Host>, Row<Host>> host :
                c.api().records(Host.XEN_CLASS).entrySet()) {
            Map<String, String> table = new TreeMap<>();
            table.put("host-uuid", host.getValue().get(Host.UUID));
            table.put("host-name-label", host.getValue().get(Host.NAME_LABEL));
            try {
                ((Map<?, ?>) c.call("host.get_diagnostic_timing_stats", host.getKey(), c.flag("counts")))
                        .forEach((k, v) -> table.put(String.valueOf(k), String.valueOf(v)));
            } catch (XenApiException e) {
                table.put("Error", ErrorText.brief(e));
            }
            records.add(List.copyOf(table.entrySet()));
        }
        c.printer().records(records);
    }
}
