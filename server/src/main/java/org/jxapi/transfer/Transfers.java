package org.jxapi.transfer;

import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jxapi.archive.RrdFolder;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.ExceptionText;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operation;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.task.Tasks;
import org.jxapi.vm.Recoverer;
import org.jxapi.vm.VmClaims;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;

/** Constructs all exports and imports. */
public final class Transfers implements Recoverer {
    /** jxapi's own request: it makes a disk of an image in any format. */
    private static final String IMPORT_IMAGE = "PUT /import_disk_image";

    private final Store store;
    private final Dispatcher dispatcher;
    private final DiskContents contents;
    private final VmClaims claims;
    private final Measurements measurements;
    private final RrdFolder files;
    private final TransferMemory room = new TransferMemory();
    private final Uploads uploads = new Uploads(Duration.ofSeconds(5));
    private final TransferMemory windows = ZstdStreams.windows();
    private final VmImport imports;
    private final VmExport exports;
    private final MetadataTransfers metadata;

    public Transfers(
            Store store,
            Dispatcher dispatcher,
            DiskContents contents,
            VmClaims claims,
            Measurements measurements,
            RrdFolder files) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.contents = contents;
        this.claims = claims;
        this.measurements = measurements;
        this.files = files;
        this.imports = new VmImport(store, dispatcher, contents, claims, room);
        this.exports = new VmExport(store, contents);
        this.metadata = new MetadataTransfers(store, claims, imports, windows);
    }

    /**
     * Serves requests at XAPI's paths.
     *
     * @param others the handlers of other packages, by method and path, such as {@code GET /blob}
     * @param formats what {@code /import} and {@code /export} know in addition to XAPI's archives
     */
    public TransferServer server(Tasks tasks, Map<String, TransferServer.Action> others, VmFormats formats) {
        Map<String, TransferServer.Action> actions = new HashMap<>(others);
        actions.put(
                "GET /export",
                new TransferServer.Action("http/get_export", "VM.export", transfer -> exportVm(formats, transfer)));
        actions.put(
                "PUT /import",
                new TransferServer.Action(
                        "http/put_import", "VM.import", transfer -> importVm(tasks, formats, transfer)));
        actions.put(
                "GET /export_raw_vdi",
                new TransferServer.Action("http/get_export_raw_vdi", "Exporting raw VDI", this::exportDisk));
        actions.put(
                "PUT /import_raw_vdi",
                new TransferServer.Action("http/put_import_raw_vdi", "Importing raw VDI", this::importDisk));
        ImageUpload images = new ImageUpload(images());
        actions.put(
                IMPORT_IMAGE,
                new TransferServer.Action(
                        "http/put_import_raw_vdi",
                        "Importing disk image",
                        transfer -> images.receive(transfer, wanted(transfer))));
        actions.put(
                "GET /export_metadata",
                new TransferServer.Action("http/get_export_metadata", "VM.export_metadata", metadata::exportVms));
        actions.put(
                "PUT /import_metadata",
                new TransferServer.Action(
                        "http/put_import_metadata",
                        "VM.metadata_import",
                        transfer -> metadata.importVms(tasks, transfer)));
        new Monitoring(store, measurements, files).bind(actions);
        return new TransferServer(store, tasks, actions);
    }

    /** Makes disks of images. */
    public ImageDisks images() {
        return new ImageDisks(contents, room);
    }

    @Override
    public List<Ref<VM>> download(Call call, String url, Ref<SR> sr, boolean restore, boolean force) {
        ImportOptions options = ImportOptions.withDisks(sr, restore, force);
        return ArchiveDownload.read(
                url,
                body -> Compression.read(
                        body,
                        windows,
                        in -> imports.read(call, in, options, (last, vms) -> {}),
                        Errors::importErrorPrematureEof));
    }

    @Override
    public void recover(
            Call call, Snapshot from, List<Ref<VM>> vms, boolean force, BiConsumer<Transaction, List<Ref<VM>>> end) {
        imports.recover(call, from, vms, force, end::accept);
    }

    /** Removes what imports have left that a stop of the daemon interrupted; {@code pending} are the tasks it ended. */
    public void removeInterrupted(List<Ref<Task>> pending) {
        new InterruptedImports(store, pending).remove(dispatcher);
    }

    private String exportVm(VmFormats formats, Transfer transfer) {
        Ref<VM> vm = transfer.vm(store.snapshot());
        String format = transfer.head().param("format");
        if (format != null && !format.equals(VmFormats.XVA)) {
            return formats.export(format).send(transfer, vm);
        }
        boolean keepPowerState = transfer.flag("preserve_power_state");
        try (Operation operation = claims.beginExport(transfer.call(), vm);
                Operation disks = exports.hold(transfer.call(), vm, keepPowerState)) {
            Compression compression = Compression.of(transfer.head().param("use_compression"));
            compression.write(
                    transfer.ok(Transfer.BYTES, "export.xva", -1),
                    out -> exports.write(transfer.call(), vm, keepPowerState, out));
            operation.finish(tx -> {});
        }
        return "";
    }

    private String importVm(Tasks tasks, VmFormats formats, Transfer transfer) {
        Ref<SR> sr = repository(transfer);
        if (sr.isNull() && !transfer.flag(VmFormats.NO_SR)) {
            sr = VmImport.defaultSr(store);
        }
        if (!sr.isNull() && store.snapshot().get(sr, SR.CONTENT_TYPE).equals("iso")) {
            throw Refused.badRequest(new XenApiException("SR_OPERATION_NOT_SUPPORTED", List.of()));
        }
        transfer.refuseChunks();
        transfer.refuseBadLength(Errors::importError);
        transfer.accept();
        Transfer whole = transfer.buffered();
        Optional<VmFormats.Import> format = formats.recognise(whole.peek(VmFormats.HEAD));
        if (format.isPresent()) {
            String result = VmImport.result(format.get().receive(whole, sr));
            whole.passOver();
            return result;
        }
        if (transfer.flag("dry_run")) {
            throw Errors.importError(VmFormats.NO_DRY_RUN);
        }
        if (sr.isNull()) {
            sr = VmImport.defaultSr(store);
        }
        ImportOptions options = ImportOptions.withDisks(sr, transfer.flag("restore"), transfer.flag("force"));
        return imports.receive(tasks, whole, options, windows);
    }

    private Ref<SR> repository(Transfer transfer) {
        Snapshot now = store.snapshot();
        return transfer.<SR>byRef(now, SR.XEN_CLASS, "sr_id")
                .or(() -> transfer.byUuid(now, SR.XEN_CLASS, "sr_uuid"))
                .orElse(Ref.nil());
    }

    private String exportDisk(Transfer transfer) {
        Snapshot now = store.snapshot();
        Ref<VDI> vdi = transfer.<VDI>byEither(now, VDI.XEN_CLASS, "vdi")
                .orElseThrow(() -> Errors.internalError(ExceptionText.failure("Missing vdi query parameter")));
        TransferFormat format = TransferFormat.of(transfer.head().param("format"));
        Optional<Ref<VDI>> base = base(transfer, now, format);
        Stored<VDI> stored = now.stored(vdi);
        String name = format.fileName(stored);
        if (base.isPresent()) {
            Stored<VDI> other = now.stored(base.get());
            contents.compare(transfer.call(), vdi, base.get(), disk -> {
                Outgoing out = new Outgoing(transfer.ok(format.contentType, name, -1));
                Progress progress = new Progress(transfer.call(), disk.disk().bytes());
                format.differences(stored, other, disk, out, progress);
            });
            return "";
        }
        contents.read(transfer.call(), vdi, disk -> {
            Outgoing out = new Outgoing(transfer.ok(format.contentType, name, format.length(disk)));
            format.write(stored, disk, out, new Progress(transfer.call(), disk.bytes()));
        });
        return "";
    }

    /** The disk from which only the differences are exported. As in XAPI, a tar always has the whole disk. */
    private static Optional<Ref<VDI>> base(Transfer transfer, Snapshot now, TransferFormat format) {
        if (format == TransferFormat.TAR || transfer.head().param("base") == null) {
            return Optional.empty();
        }
        if (format == TransferFormat.RAW) {
            // Zeros could not be told from what is the same. The text is XAPI's for disks that are not in VHDs.
            throw Errors.internalError(ExceptionText.failure("Cannot compute differences on non-VHD images"));
        }
        return transfer.byEither(now, VDI.XEN_CLASS, "base");
    }

    private String importDisk(Transfer transfer) {
        Snapshot now = store.snapshot();
        Optional<Ref<VDI>> given = transfer.byEither(now, VDI.XEN_CLASS, "vdi");
        Ref<SR> sr = given.isPresent() ? Ref.nil() : wanted(transfer);
        TransferFormat format = TransferFormat.of(transfer.head().param("format"));
        if (transfer.encoding() != null) {
            throw Refused.missing(Errors.internalError("Cannot handle encoding: " + transfer.encoding()));
        }
        transfer.refuseBadLength(Errors::internalError);
        if (given.isEmpty()) {
            return XmlRpcValue.encode(
                    new Type.Reference("VDI"), newDisk(transfer, format, sr, incoming(transfer.body())));
        }
        try (Uploads.Body body = uploads.begin(given.get(), transfer.body());
                Call.Cancellable cancellable = transfer.call().cancellable()) {
            format.read(transfer, incoming(body), contents, given.get(), room);
        }
        return XmlRpcValue.encode(new Type.Reference("VDI"), given.get());
    }

    private static Incoming incoming(InputStream body) {
        return new Incoming(body, () -> Errors.vdiIoError("Device I/O errors"));
    }

    /** The repository that a new disk is for. */
    private Ref<SR> wanted(Transfer transfer) {
        Ref<SR> sr;
        try {
            sr = repository(transfer);
        } catch (XenApiException e) {
            throw Refused.badRequest(e);
        }
        if (sr.isNull()) {
            throw Refused.badRequest(new XenApiException("VDI_MISSING", List.of()));
        }
        return sr;
    }

    private Ref<VDI> newDisk(Transfer transfer, TransferFormat format, Ref<SR> sr, Incoming in) {
        long length = transfer.length();
        boolean chunked = transfer.head().param("chunked") != null;
        if (format != TransferFormat.RAW && chunked) {
            throw TransferFormat.onlyRawIsChunked();
        }
        if (format == TransferFormat.VHD || format == TransferFormat.QCOW2 || chunked) {
            throw Refused.badRequest(Errors.internalError(
                    "Importing a " + format.name.toUpperCase(Locale.ROOT) + " directly into an SR not yet supported"));
        }
        if (length < 0 || format == TransferFormat.TAR) {
            throw Refused.badRequest(Errors.internalError("Not enough info supplied to import"));
        }
        Row<VDI> settings = Row.of(VDI.XEN_CLASS)
                .with(VDI.NAME_LABEL, "Imported VDI")
                .with(VDI.VIRTUAL_SIZE, length)
                .with(VDI.TYPE, VdiType.USER);
        try (Call.Cancellable cancellable = transfer.call().cancellable()) {
            return contents.create(transfer.call(), sr, settings, disk -> {
                transfer.accept();
                RawDisk.read(disk, in, length, new Progress(transfer.call(), length));
            });
        }
    }
}
