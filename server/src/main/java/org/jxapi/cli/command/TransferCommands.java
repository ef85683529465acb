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
import org.jxapi.cli.thin.ExitException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VM;

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
            "format",
            "task-uuid");
    /** Stands for the UUID of a VM that a dry run has not made. */
    private static final String NO_UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    /** Errors of an archive that is whole but does not fit here. */
    private static final Set<String> MISFITS =
            Set.of("IMPORT_ERROR_ATTACHED_DISKS_NOT_FOUND", "IMPORT_ERROR_CANNOT_HANDLE_CHUNKED");

    /** XAPI's words for a dry run with an archive. */
    private static final String NO_DRY_RUN = "Only metadata import function support dry-run";

    private static final Pattern REFERENCE = Pattern.compile("OpaqueRef:[0-9a-f-]+");

    private TransferCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-export",
                "filename",
                "preserve-power-state compress metadata excluded-device-types include-snapshots format progress",
                "Exports VMs with their disks to a file, or their configurations for another tool (format); compress is gzip or zstd. With several VMs, each further VM"
                        + " has a file of its own, with a number at the end of the name. metadata=true leaves out the"
                        + " disks' contents; include-snapshots=true then describes the snapshots too.",
                TransferCommands::exportVms,
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-import",
                "",
                "filename preserve sr-uuid force host-username host-password type remote-config dry-run metadata url"
                        + " vdi: disks network-map: progress",
                "Imports VMs from a file of vm-export, with their disks on sr-uuid or the default SR; preserve=true"
                        + " keeps UUIDs and MAC addresses. metadata=true takes the disks that are here already;"
                        + " vdi:X=Y takes disk Y for disk X, and dry-run=true only checks the file. The file may also"
                        + " be an OVF package (.ova, or .ovf with its files next to it), the image of a disk (VMDK, VHD,"
                        + " VHDX, qcow2), or a configuration of xl, xm or libvirt, whose disks are on the host.",
                TransferCommands::importVm,
                STANDARD);
        t.add(
                "template-export",
                "filename template-uuid",
                "compress metadata excluded-device-types progress",
                "Exports a template with its disks to a file.",
                c -> exportOne(c, "template"),
                STANDARD);
        t.add(
                "snapshot-export-to-template",
                "filename snapshot-uuid",
                "preserve-power-state compress metadata excluded-device-types progress",
                "Exports a snapshot with its disks to a file.",
                c -> exportOne(c, "snapshot"),
                STANDARD);
        t.add(
                "vdi-export",
                "uuid filename",
                "format base progress",
                "Exports a disk's contents to a file.",
                TransferCommands::exportDisk);
        t.add(
                "vdi-import",
                "uuid filename",
                "format progress",
                "Overwrites a disk with the contents of a file.",
                TransferCommands::importDisk);
    }

    private static void exportVms(Context c) throws IOException {
        AtomicInteger number = new AtomicInteger();
        Selection.eachVm(c, Scope.PLAIN, OWN, vm -> {
            int n = number.incrementAndGet();
            export(c, vm.ref(), vm.text("uuid"), c.need("filename") + (n > 1 ? Integer.toString(n) : ""));
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
        String compress = switch (c.get("compress", "")) {
            case "true", "gzip" -> "gzip";
            case "zstd" -> "zstd";
            default -> "none";
        };
        TransferWait.get(
                c,
                new TransferWait.Label("Export of VM", uuid),
                file,
                c.flag("metadata") ? "/export_metadata" : "/export",
                "&ref=" + vm.value() + option(c, "format", "format") + "&use_compression=" + compress
                        + "&preserve_power_state="
                        + c.flag("preserve-power-state") + "&export_snapshots=" + c.flag("include-snapshots")
                        + (c.flag("metadata") ? option(c, "excluded-device-types", "excluded_device_types") : ""));
        if (!file.isEmpty()) {
            c.say("Export succeeded");
        }
    }

    private static void importVm(Context c) throws IOException {
        if (c.has("url") && c.has("filename")) {
            throw refused(c, "Invalid arguments. The 'url' and 'filename' parameters should not both be specified.");
        }
        Ref<?> sr = c.has("sr-uuid")
                ? c.ref("SR", "sr-uuid")
                : (Ref<?>) c.call("pool.get_default_SR", c.api().pool());
        boolean noSr =
                c.get("disks", "").equals("adopt") && c.api().neighbour(sr).isEmpty();
        if (!noSr && c.api().neighbour(sr).isEmpty()) {
            throw new CliException("The pool has no default SR. Set the SR with sr-uuid.");
        }
        if (!List.of("default", "xva", "xenserver")
                .contains(c.get("type", "default").toLowerCase(Locale.ROOT))) {
            c.call(
                    "VM.import_convert",
                    c.need("type"),
                    c.expect("host-username", "An import of this type requires host-username and host-password."),
                    c.expect("host-password", "An import of this type requires host-username and host-password."),
                    sr,
                    c.map("remote-config"));
            return;
        }
        if (c.has("url")) {
            printUuids(c, (List<?>) c.call("VM.import", c.need("url"), sr, c.flag("preserve"), c.flag("force")));
            return;
        }
        String file = c.expect("filename", "vm-import requires filename or url.");
        boolean dryRun = c.flag("dry-run");
        StringBuilder query = new StringBuilder("&restore=" + c.flag("preserve") + "&force=" + c.flag("force"));
        query.append("&dry_run=").append(dryRun);
        query.append(noSr ? "&no_sr=true" : "&sr_id=" + sr.value());
        query.append(option(c, "disks", "disks"));
        query.append("&name=").append(encoded(file.substring(file.lastIndexOf('/') + 1)));
        c.map("network-map")
                .forEach((bridge, network) -> query.append("&network:" + encoded(bridge) + "=" + encoded(network)));
        c.map("vdi").forEach((from, to) -> query.append("&vdi:" + encoded(from) + "=" + encoded(to)));
        Row<Task> task;
        try {
            task = TransferWait.put(
                    c,
                    new TransferWait.Label("VM import"),
                    file,
                    c.flag("metadata") ? "/import_metadata" : "/import",
                    query.toString());
        } catch (XenApiException e) {
            if (dryRun && e.params().contains(NO_DRY_RUN)) {
                throw refused(c, NO_DRY_RUN);
            }
            if (e.code().startsWith("IMPORT_ERROR") && !MISFITS.contains(e.code())) {
                c.wire().printStderr(file + " is not a VM archive (XVA), or it is damaged or incomplete.\n");
            }
            throw e;
        }
        List<Ref<?>> vms = new ArrayList<>();
        Matcher references = REFERENCE.matcher(task.get(Task.RESULT));
        while (references.find()) {
            vms.add(VM.XEN_CLASS.ref(references.group()));
        }
        if (vms.isEmpty() && dryRun) {
            c.say(NO_UUID);
        } else {
            printUuids(c, vms);
        }
    }

    /** Prints an error that XAPI prints bare. */
    private static ExitException refused(Context c, String text) throws IOException {
        c.wire().printStderr(text + "\n");
        return new ExitException(1);
    }

    private static void printUuids(Context c, List<?> vms) throws IOException {
        List<String> uuids = new ArrayList<>();
        vms.forEach(vm -> uuids.add(c.api().uuid((Ref<?>) vm)));
        c.say(String.join(",", uuids));
    }

    private static void exportDisk(Context c) throws IOException {
        Ref<?> vdi = c.ref("VDI");
        TransferWait.get(
                c,
                new TransferWait.Label("VDI export"),
                c.need("filename"),
                "/export_raw_vdi",
                "&vdi=" + vdi.value() + option(c, "format", "format") + option(c, "base", "base"));
    }

    private static void importDisk(Context c) throws IOException {
        Ref<?> vdi = c.ref("VDI");
        TransferWait.put(
                c,
                new TransferWait.Label("VDI import"),
                c.need("filename"),
                "/import_raw_vdi",
                "&vdi=" + vdi.value() + option(c, "format", "format"));
    }

    /** A parameter, if it is given, as a part of a query. */
    private static String option(Context c, String parameter, String name) {
        return c.line()
                .find(parameter)
                .map(value -> "&" + name + "=" + encoded(value))
                .orElse("");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
