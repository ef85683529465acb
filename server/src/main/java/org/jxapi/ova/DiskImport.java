package org.jxapi.ova;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.store.Store;
import org.jxapi.transfer.Client;
import org.jxapi.transfer.ImageDisks;
import org.jxapi.transfer.NewRecords;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.Undo;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;

/** Makes a VM of the image of its only disk: VMDK, VHD, VHDX or qcow2. */
final class DiskImport implements VmFormats.Import {
    private static final List<String> BEGINNINGS = List.of("KDMV", "vhdxfile", "conectix", "QFI\u00fb", "# Disk Desc");
    private static final long MEMORY = 1L << 30;

    private final Store store;
    private final Dispatcher dispatcher;
    private final ImageDisks images;

    DiskImport(Store store, Dispatcher dispatcher, ImageDisks images) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.images = images;
    }

    @Override
    public boolean recognises(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        return BEGINNINGS.stream().anyMatch(text::startsWith);
    }

    @Override
    public List<Ref<VM>> receive(Transfer transfer, Ref<SR> sr) {
        OvaReport report = new OvaReport();
        Undo undo = new Undo();
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = transfer.call().cancellable()) {
            return undo.ifItFails(() -> make(transfer, sr, new NewRecords(client, undo), report));
        } finally {
            VmFormats.report(store, transfer.call().task(), report.toString());
        }
    }

    private List<Ref<VM>> make(Transfer transfer, Ref<SR> sr, NewRecords records, OvaReport report) {
        if (transfer.flag("dry_run")) {
            throw Errors.importError(VmFormats.NO_DRY_RUN);
        }
        Call call = transfer.call();
        String file = transfer.head().param("name");
        String name = file == null || file.isBlank() ? "Imported VM" : file.replaceFirst("\\.\\w{1,6}$", "");
        Row<VDI> settings = Row.of(VDI.XEN_CLASS)
                .with(VDI.NAME_LABEL, name)
                .with(VDI.SM_CONFIG, Map.of(VmFormats.IMPORT_TASK, call.task().value()))
                .with(VDI.TYPE, VdiType.USER);
        Ref<VDI> vdi = records.disk(images.create(call, sr, settings, transfer.body(), transfer.length()));
        report.taken("disk", "from the image");
        report.translated("CPUs, memory and firmware", "1, 1 GiB and BIOS, because an image describes none");
        report.leftOut("network interfaces", "an image describes none; xe vif-create adds one");
        OvaMachine machine = new OvaMachine(name, "", 1, 0, MEMORY, false, "", Map.of(), List.of(), List.of());
        return List.of(new OvaVm(records).make(call, machine, List.of(vdi), List.of()));
    }
}
