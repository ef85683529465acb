package org.jxapi.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** The commands. */
final class Commands {
    private static final Map<String, Command> ALL = new TreeMap<>();

    private Commands() {}

    /** What a command works with. */
    record Context(Store store, Api api, Wire wire) {
        Snapshot snapshot() {
            return store.snapshot();
        }
    }

    /** One command. */
    private interface Command {
        void run(CommandLine line, Context context) throws IOException;
    }

    static {
        for (String kind : List.of(
                "pool",
                "host",
                "vm",
                "template",
                "snapshot",
                "vdi",
                "vbd",
                "vif",
                "sr",
                "pbd",
                "network",
                "pif",
                "task",
                "console")) {
            ALL.put(kind + "-list", (line, context) -> list(Records.kind(kind), line, context));
            ALL.put(kind + "-param-list", (line, context) -> paramList(Records.kind(kind), line, context));
            ALL.put(kind + "-param-get", (line, context) -> paramGet(Records.kind(kind), line, context));
            ALL.put(kind + "-param-set", (line, context) -> Params.set(Records.kind(kind), line, context));
            ALL.put(kind + "-param-add", (line, context) -> Params.add(Records.kind(kind), line, context));
            ALL.put(kind + "-param-remove", (line, context) -> Params.remove(Records.kind(kind), line, context));
            ALL.put(kind + "-param-clear", (line, context) -> Params.clear(Records.kind(kind), line, context));
        }
        vms("vm-start", (line, c, vm) -> c.api().call("VM.start", vm, line.flag("paused"), line.flag("force")));
        vms(
                "vm-shutdown",
                (line, c, vm) -> c.api().call(line.flag("force") ? "VM.hard_shutdown" : "VM.clean_shutdown", vm));
        vms("vm-reboot", (line, c, vm) -> c.api().call(line.flag("force") ? "VM.hard_reboot" : "VM.clean_reboot", vm));
        vms("vm-pause", (line, c, vm) -> c.api().call("VM.pause", vm));
        vms("vm-unpause", (line, c, vm) -> c.api().call("VM.unpause", vm));
        vms("vm-suspend", (line, c, vm) -> c.api().call("VM.suspend", vm));
        vms("vm-resume", (line, c, vm) -> c.api().call("VM.resume", vm, false, line.flag("force")));
        vms("vm-destroy", (line, c, vm) -> c.api().call("VM.destroy", vm));
        vms("vm-reset-powerstate", (line, c, vm) -> c.api().call("VM.power_state_reset", vm));
        vms("vm-snapshot", (line, c, vm) -> print(c, c.api().call("VM.snapshot", vm, line.need("new-name-label"))));
        vms("vm-checkpoint", (line, c, vm) -> print(c, c.api().call("VM.checkpoint", vm, line.need("new-name-label"))));
        vms("vm-clone", (line, c, vm) -> print(c, c.api().call("VM.clone", vm, line.need("new-name-label"))));
        ALL.put("vm-install", Commands::install);
        ALL.put("vm-uninstall", Commands::uninstall);
        ALL.put(
                "snapshot-revert",
                (line, c) ->
                        c.api().call("VM.revert", ref(c, "snapshot", line.get("uuid", line.get("snapshot-uuid", "")))));
        ALL.put(
                "snapshot-destroy",
                (line, c) -> c.api()
                        .call("VM.destroy", ref(c, "snapshot", line.get("uuid", line.get("snapshot-uuid", "")))));
        for (String verb : List.of("plug", "unplug", "destroy")) {
            ALL.put("vbd-" + verb, (line, c) -> c.api().call("VBD." + verb, ref(c, "vbd", line.need("uuid"))));
            ALL.put("vif-" + verb, (line, c) -> c.api().call("VIF." + verb, ref(c, "vif", line.need("uuid"))));
        }
        ALL.put("vbd-eject", (line, c) -> c.api().call("VBD.eject", ref(c, "vbd", line.need("uuid"))));
        ALL.put(
                "vbd-insert",
                (line, c) -> c.api()
                        .call("VBD.insert", ref(c, "vbd", line.need("uuid")), ref(c, "vdi", line.need("vdi-uuid"))));
        ALL.put("vbd-create", Devices::createVbd);
        ALL.put("vif-create", Devices::createVif);
        ALL.put("vdi-create", Devices::createVdi);
        ALL.put("network-create", Devices::createNetwork);
        ALL.put("network-destroy", (line, c) -> c.api().call("network.destroy", ref(c, "network", line.need("uuid"))));
        ALL.put("vdi-destroy", (line, c) -> c.api().call("VDI.destroy", ref(c, "vdi", line.need("uuid"))));
        ALL.put("vdi-snapshot", (line, c) -> print(c, c.api().call("VDI.snapshot", ref(c, "vdi", line.need("uuid")))));
        ALL.put("vdi-clone", (line, c) -> print(c, c.api().call("VDI.clone", ref(c, "vdi", line.need("uuid")))));
        ALL.put(
                "vdi-resize",
                (line, c) -> c.api()
                        .call("VDI.resize", ref(c, "vdi", line.need("uuid")), Devices.size(line.need("disk-size"))));
        ALL.put("sr-scan", (line, c) -> c.api().call("SR.scan", ref(c, "sr", line.need("uuid"))));
        ALL.put("pbd-plug", (line, c) -> c.api().call("PBD.plug", ref(c, "pbd", line.need("uuid"))));
        ALL.put("pbd-unplug", (line, c) -> c.api().call("PBD.unplug", ref(c, "pbd", line.need("uuid"))));
        ALL.put("task-cancel", (line, c) -> c.api().call("task.cancel", ref(c, "task", line.need("uuid"))));
        ALL.put("host-enable", (line, c) -> c.api().call("host.enable", host(c)));
        ALL.put("host-disable", (line, c) -> c.api().call("host.disable", host(c)));
    }

    /** Something done to each VM that a command chooses. */
    private interface VmAction {
        void run(CommandLine line, Context context, String vm) throws IOException;
    }

    private static void vms(String name, VmAction action) {
        ALL.put(name, (line, context) -> {
            for (Stored vm : selectVms(line, context)) {
                action.run(line, context, vm.ref().value());
            }
        });
    }

    static void run(CommandLine line, Context context) throws IOException {
        Command command = ALL.get(line.command());
        if (command == null) {
            throw new CliException("Unknown command: " + line.command() + "\nFor usage run: 'xe help'");
        }
        command.run(line, context);
    }

    static String help() {
        return "Usage: xe <command> [-s server] [-p port] ([-u username] [-pw password] or [-pwf <password file>])"
                + " [--minimal] [key=value …]\n\nCommands: " + String.join(", ", ALL.keySet());
    }

    private static List<Stored> selectVms(CommandLine line, Context context) {
        Map<String, String> filters = line.filters();
        filters.keySet().removeAll(List.of("new-name-label", "new-name-description", "paused", "on", "sr-uuid"));
        String vm = filters.remove("vm");
        Records.Kind kind = Records.kind("vm");
        List<Stored> found = Records.select(context.snapshot(), kind, filters);
        if (vm != null) {
            found = found.stream()
                    .filter(s -> s.row().get(VM.UUID).equals(vm)
                            || s.row().get(VM.NAME_LABEL).equals(vm))
                    .toList();
        }
        if (found.isEmpty()) {
            throw new CliException("Error: No matching VMs found");
        }
        if (found.size() > 1 && !line.flag("multiple")) {
            throw new CliException("Error: Multiple matches VMs found. Operation can only be performed on one VM at a"
                    + " time without the --multiple argument");
        }
        return found;
    }

    private static void install(CommandLine line, Context context) throws IOException {
        String wanted = line.params().containsKey("template-uuid")
                ? line.need("template-uuid")
                : line.params().containsKey("template") ? line.need("template") : line.need("template-name-label");
        List<Stored> templates = Records.select(context.snapshot(), Records.kind("template"), Map.of()).stream()
                .filter(s -> s.row().get(VM.UUID).equals(wanted)
                        || s.row().get(VM.NAME_LABEL).equals(wanted))
                .toList();
        if (templates.size() != 1) {
            throw new CliException(
                    templates.isEmpty()
                            ? "Error: No templates matched"
                            : "Error: More than one matching template found");
        }
        String name = line.need("new-name-label");
        Object vm = context.api()
                .call("VM.clone", templates.get(0).ref().value(), name)
                .toString();
        try {
            context.api().call("VM.provision", vm);
        } catch (XenApiException e) {
            context.api().call("VM.destroy", vm);
            throw e;
        }
        print(context, Ref.of(vm.toString()));
    }

    private static void uninstall(CommandLine line, Context context) throws IOException {
        for (Stored vm : selectVms(line, context)) {
            Snapshot snapshot = context.snapshot();
            List<Ref<VDI>> disks = new ArrayList<>();
            for (Ref<VBD> vbd : vm.row().get(VM.VBDS)) {
                Row row = snapshot.row(VBD.XEN_CLASS, vbd);
                if (row.get(VBD.TYPE) == org.jxapi.xenapi.VbdType.DISK && !row.get(VBD.EMPTY)) {
                    disks.add(row.get(VBD.VDI));
                }
            }
            if (!line.flag("force")) {
                String what = disks.stream()
                        .map(d -> "VDI: " + snapshot.get(d, VDI.UUID) + " (" + snapshot.get(d, VDI.NAME_LABEL) + ")")
                        .collect(Collectors.joining("\n"));
                context.wire()
                        .print("The following items are about to be destroyed\nVM : "
                                + vm.row().get(VM.UUID) + " (" + vm.row().get(VM.NAME_LABEL) + ")\n" + what);
                context.wire().print("Type 'yes' to continue");
                if (!context.wire().prompt().equals("yes")) {
                    context.wire().print("Aborted");
                    return;
                }
            }
            context.api().call("VM.destroy", vm.ref().value());
            disks.forEach(d -> context.api().call("VDI.destroy", d.value()));
            context.wire().print("All objects destroyed");
        }
    }

    /** Prints the uuid of an object that a call has made. */
    static void print(Context context, Object ref) throws IOException {
        Snapshot snapshot = context.snapshot();
        Ref<?> made = new Ref<>(ref.toString());
        Stored stored =
                snapshot.find(snapshot.classOf(made).orElseThrow(), made).orElseThrow();
        context.wire().print((String)
                stored.row().get(stored.row().model().field("uuid").index()));
    }

    /** The reference of the object of that uuid. */
    static String ref(Context context, String kind, String uuid) {
        return context.snapshot()
                .byUuid(Records.kind(kind).model(), uuid)
                .orElseThrow(() -> new XenApiException(
                        "UUID_INVALID", List.of(Records.kind(kind).model().name(), uuid)))
                .ref()
                .value();
    }

    private static String host(Context context) {
        return context.snapshot()
                .all(Records.kind("host").model())
                .iterator()
                .next()
                .ref()
                .value();
    }

    private static void list(Records.Kind kind, CommandLine line, Context context) throws IOException {
        Snapshot snapshot = context.snapshot();
        String params = line.get("params", "");
        List<String> wanted = List.of(params.split(","));
        List<Records.Item> items = kind.items().stream()
                .filter(i -> params.equals("all") || (params.isEmpty() ? kind.defaults() : wanted).contains(i.name()))
                .toList();
        List<Stored> found = Records.select(snapshot, kind, line.flag("all") ? Map.of() : line.filters());
        if (line.flag("minimal")) {
            Records.Item first = params.isEmpty() ? kind.item("uuid") : items.get(0);
            context.wire()
                    .print(found.stream()
                            .map(s -> Records.text(snapshot, first, s.row())
                                    .replace("\\", "\\\\")
                                    .replace(",", "\\,"))
                            .collect(Collectors.joining(",")));
            return;
        }
        for (Stored stored : found) {
            context.wire().print(record(snapshot, items, stored));
        }
    }

    private static String record(Snapshot snapshot, List<Records.Item> items, Stored stored) {
        Map<String, String> fields = new LinkedHashMap<>();
        items.forEach(i -> fields.put(Records.label(i), Records.text(snapshot, i, stored.row())));
        return Records.layout(List.copyOf(fields.entrySet()));
    }

    private static void paramList(Records.Kind kind, CommandLine line, Context context) throws IOException {
        context.wire().print(record(context.snapshot(), kind.items(), Params.object(kind, line, context)));
    }

    private static void paramGet(Records.Kind kind, CommandLine line, Context context) throws IOException {
        Stored object = Params.object(kind, line, context);
        Records.Item item = Params.item(kind, line.need("param-name"));
        Object value = object.row().get(((Field<?>) item.field()).index());
        String key = line.params().get("param-key");
        if (key != null && value instanceof Map<?, ?> map) {
            Object entry = map.entrySet().stream()
                    .filter(e -> String.valueOf(e.getKey()).equals(key))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow(() -> new CliException("Error: Key " + key + " not found in map"));
            context.wire().print(String.valueOf(entry));
            return;
        }
        context.wire().print(Records.text(context.snapshot(), item, object.row()));
    }
}
