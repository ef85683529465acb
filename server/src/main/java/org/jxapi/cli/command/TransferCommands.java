package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;

/** The commands that write VMs and disks to files of the client's, and read them. */
final class TransferCommands {
    private static final Set<String> OWN = Set.of(
            "filename",
            "metadata",
            "compress",
            "preserve-power-state",
            "include-snapshots",
            "excluded-device-types",
            "progress",
            "task-uuid");
    private static final Pattern REFERENCE = Pattern.compile("OpaqueRef:[0-9a-f-]+");

    private TransferCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-export",
                "filename",
                "preserve-power-state compress metadata excluded-device-types include-snapshots",
                "Writes VMs with their disks to a file; compress is gzip or zstd. Several VMs get a file each, with a"
                        + " number behind its name.",
                TransferCommands::exportVms,
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-import",
                "",
                "filename preserve sr-uuid force host-username host-password type remote-config dry-run metadata url"
                        + " vdi:",
                "Makes VMs of a file that vm-export has written, with their disks on sr-uuid or the default SR;"
                        + " preserve=true keeps UUIDs and MAC addresses.",
                TransferCommands::importVm,
                STANDARD);
        t.add(
                "template-export",
                "filename template-uuid",
                "compress metadata excluded-device-types",
                "Writes a template with its disks to a file.",
                c -> exportOne(c, "template"),
                STANDARD);
        t.add(
                "snapshot-export-to-template",
                "filename snapshot-uuid",
                "preserve-power-state compress metadata excluded-device-types",
                "Writes a snapshot with its disks to a file.",
                c -> exportOne(c, "snapshot"),
                STANDARD);
        t.add(
                "vdi-export",
                "uuid filename",
                "format base progress",
                "Writes a disk's contents to a file.",
                TransferCommands::exportDisk);
        t.add(
                "vdi-import",
                "uuid filename",
                "format progress",
                "Writes a file's contents over those of a disk.",
                TransferCommands::importDisk);
    }

    private static void exportVms(Context c) throws IOException {
        AtomicInteger number = new AtomicInteger();
        Selection.eachVm(c, Scope.PLAIN, OWN, vm -> {
            int n = number.incrementAndGet();
            export(c, vm.ref(), vm.text("uuid"), c.need("filename") + (n > 1 ? Integer.toString(n) : ""));
            return null;
        });
    }

    private static void exportOne(Context c, String kind) throws IOException {
        Ref<?> vm = c.ref("VM", kind + "-uuid");
        if (!(Boolean) c.call("VM.get_is_a_" + kind, vm)) {
            throw new CliException("This operation can only be performed on a VM " + kind + ". "
                    + c.need(kind + "-uuid") + " is not a VM " + kind + ".");
        }
        export(c, vm, c.need(kind + "-uuid"), c.need("filename"));
    }

    private static void export(Context c, Ref<?> vm, String uuid, String file) throws IOException {
        if (c.flag("metadata")) {
            throw new XenApiException("NOT_IMPLEMENTED", List.of("export_metadata"));
        }
        String compress = switch (c.get("compress", "")) {
            case "true", "gzip" -> "gzip";
            case "zstd" -> "zstd";
            default -> "none";
        };
        TransferWait.run(
                c,
                "Export of VM",
                uuid,
                query -> c.wire()
                        .get(
                                file,
                                "/export?" + query + "&ref=" + vm.value() + "&use_compression=" + compress
                                        + "&preserve_power_state=" + c.flag("preserve-power-state")));
        if (!file.isEmpty()) {
            c.say("Export succeeded");
        }
    }

    private static void importVm(Context c) throws IOException {
        if (c.has("url") && c.has("filename")) {
            throw new CliException(
                    "Invalid arguments. The 'url' and 'filename' parameters should not both be specified.");
        }
        Ref<?> sr = c.has("sr-uuid")
                ? c.ref("SR", "sr-uuid")
                : (Ref<?>) c.call("pool.get_default_SR", c.api().pool());
        if (!List.of("default", "xva", "xenserver")
                .contains(c.get("type", "default").toLowerCase(Locale.ROOT))) {
            c.call(
                    "VM.import_convert",
                    c.need("type"),
                    c.need("host-username"),
                    c.need("host-password"),
                    sr,
                    c.map("remote-config"));
            return;
        }
        if (c.has("url")) {
            printUuids(c, (List<?>) c.call("VM.import", c.need("url"), sr, c.flag("preserve"), c.flag("force")));
            return;
        }
        if (c.flag("dry-run") && !c.flag("metadata")) {
            throw new CliException("Only metadata import function support dry-run");
        }
        if (c.flag("metadata")) {
            throw new XenApiException("NOT_IMPLEMENTED", List.of("import_metadata"));
        }
        String where = sr.isNull() ? "" : "&sr_id=" + sr.value();
        Row task = TransferWait.run(
                c,
                "VM import",
                "",
                query -> c.wire()
                        .put(
                                c.need("filename"),
                                "/import?" + query + "&restore=" + c.flag("preserve") + "&force=" + c.flag("force")
                                        + where));
        List<Ref<?>> vms = new ArrayList<>();
        Matcher references = REFERENCE.matcher(task.get(Task.RESULT));
        while (references.find()) {
            vms.add(Ref.of(references.group()));
        }
        printUuids(c, vms);
    }

    private static void printUuids(Context c, List<?> vms) throws IOException {
        List<String> uuids = new ArrayList<>();
        vms.forEach(vm -> uuids.add(c.api().uuid((Ref<?>) vm)));
        c.say(String.join(",", uuids));
    }

    private static void exportDisk(Context c) throws IOException {
        Ref<?> vdi = c.ref("VDI");
        String more = option(c, "format") + option(c, "base");
        TransferWait.run(
                c,
                "VDI export",
                "",
                query -> c.wire().get(c.need("filename"), "/export_raw_vdi?" + query + "&vdi=" + vdi.value() + more));
    }

    private static void importDisk(Context c) throws IOException {
        Ref<?> vdi = c.ref("VDI");
        String more = option(c, "format");
        TransferWait.run(
                c,
                "VDI import",
                "",
                query -> c.wire().put(c.need("filename"), "/import_raw_vdi?" + query + "&vdi=" + vdi.value() + more));
    }

    private static String option(Context c, String name) {
        return c.line()
                .find(name)
                .map(value -> "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
                .orElse("");
    }
}
