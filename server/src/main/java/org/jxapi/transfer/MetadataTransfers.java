package org.jxapi.transfer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.ExceptionText;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.Tasks;
import org.jxapi.vm.VmClaims;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Exports and imports of VMs without their disks: XAPI's metadata. */
final class MetadataTransfers {
    /** Devices that a client may leave out, with their classes. An archive of ours holds the first two at most. */
    private static final Map<String, String> DEVICES =
            Map.of("vbd", VBD.XEN_CLASS.name(), "vif", VIF.XEN_CLASS.name(), "vgpu", "VGPU", "vtpm", "VTPM");

    private static final String DISK = "vdi:";

    private final Store store;
    private final VmClaims claims;
    private final VmImport imports;
    private final TransferMemory windows;

    MetadataTransfers(Store store, VmClaims claims, VmImport imports, TransferMemory windows) {
        this.store = store;
        this.claims = claims;
        this.imports = imports;
        this.windows = windows;
    }

    /** All VMs are described as they are at one moment, while no operation changes one of them. */
    String exportVms(Transfer transfer) {
        Snapshot now = store.snapshot();
        List<Ref<VM>> vms = flag(transfer, "all", false)
                ? all(now, flag(transfer, "include_dom0", true))
                : List.of(transfer.vm(now));
        ExportedObjects.Options options = new ExportedObjects.Options(
                true,
                flag(transfer, "export_snapshots", true),
                flag(transfer, "include_vhd_parents", false),
                without(transfer));
        if (vms.isEmpty()) {
            throw Errors.internalError(ExceptionText.failure("need to specify at least one VM"));
        }
        ExportedObjects objects;
        try (Operation operation = claims.beginMetadataExport(transfer.call(), vms)) {
            objects = new ExportedObjects(store.snapshot(), vms, options);
        }
        OvaXml.Text ova = OvaXml.of(objects);
        Xva.Writer archive = new Xva.Writer(new Outgoing(transfer.ok(Transfer.BYTES, "export.xva", Xva.length(ova))));
        archive.ova(ova);
        archive.end();
        return "";
    }

    /** All VMs but the templates that came with the hosts. */
    private static List<Ref<VM>> all(Snapshot now, boolean dom0) {
        return now.all(VM.XEN_CLASS).stream()
                .filter(stored -> !VmClaims.defaultTemplate(stored.row()) && (dom0 || !dom0(stored.row())))
                .map(Stored::ref)
                .toList();
    }

    private static boolean dom0(Row<VM> vm) {
        return vm.get(VM.IS_CONTROL_DOMAIN) && vm.get(VM.DOMID) == 0;
    }

    private static Set<String> without(Transfer transfer) {
        Set<String> classes = new HashSet<>();
        String given = transfer.head().param("excluded_device_types");
        if (given == null || given.isEmpty()) {
            return classes;
        }
        for (String device : given.split(",", -1)) {
            String type = device.toLowerCase(Locale.ROOT);
            if (!DEVICES.containsKey(type)) {
                throw Errors.internalError(ExceptionText.failure(
                        "Importexport.Devicetype.of_string: Type '" + type + "' not one of [vif; vbd; vgpu; vtpm]"));
            }
            classes.add(DEVICES.get(type));
        }
        return classes;
    }

    private static boolean flag(Transfer transfer, String name, boolean otherwise) {
        String given = transfer.head().param(name);
        if (given == null) {
            return otherwise;
        }
        return switch (given) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Errors.internalError("Invalid_argument(\"bool_of_string\")");
        };
    }

    String importVms(Tasks tasks, Transfer transfer) {
        for (String live : List.of("live", "check_cpu")) {
            if (transfer.flag(live)) {
                throw Errors.notImplemented("import_metadata with " + live);
            }
        }
        transfer.refuseChunks();
        transfer.refuseBadLength(Errors::importError);
        ImportOptions options = ImportOptions.ofMetadata(
                transfer.flag("restore"), transfer.flag("force"), transfer.flag("dry_run"), diskMap(transfer));
        transfer.accept();
        String result = imports.receive(tasks, transfer, options, windows);
        transfer.passOver();
        return result;
    }

    private static Map<String, String> diskMap(Transfer transfer) {
        Map<String, String> map = new HashMap<>();
        transfer.head().query().forEach((name, value) -> {
            if (name.startsWith(DISK) && name.length() > DISK.length()) {
                map.put(name.substring(DISK.length()), value);
            }
        });
        return map;
    }
}
