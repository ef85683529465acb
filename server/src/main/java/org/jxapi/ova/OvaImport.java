package org.jxapi.ova;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
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

/**
 * Makes a VM of an OVA: a tar whose first file is the OVF envelope. The disks are made as their images come. If the import
 * fails, or the manifest lists other files, nothing is left.
 */
final class OvaImport implements VmFormats.Import {
    private static final int MOST_ENVELOPE = 2 << 20;
    private static final int MOST_MANIFEST = 1 << 20;

    private final Store store;
    private final Dispatcher dispatcher;
    private final ImageDisks images;

    OvaImport(Store store, Dispatcher dispatcher, ImageDisks images) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.images = images;
    }

    @Override
    public boolean recognises(byte[] head) {
        return OvaTar.recognises(head);
    }

    @Override
    public List<Ref<VM>> receive(Transfer transfer, Ref<SR> sr) {
        OvaReport report = new OvaReport();
        Undo undo = new Undo();
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = transfer.call().cancellable()) {
            return undo.ifItFails(() -> new Package(transfer, sr, report, new NewRecords(client, undo)).read());
        } finally {
            VmFormats.report(store, transfer.call().task(), report.toString());
        }
    }

    /** One package that is read. */
    private final class Package {
        private final Transfer transfer;
        private final Call call;
        private final Ref<SR> sr;
        private final OvaReport report;
        private final NewRecords records;
        private final Manifest manifest = new Manifest();
        private final Map<String, Ref<VDI>> made = new HashMap<>();

        Package(Transfer transfer, Ref<SR> sr, OvaReport report, NewRecords records) {
            this.transfer = transfer;
            this.call = transfer.call();
            this.sr = sr;
            this.report = report;
            this.records = records;
        }

        List<Ref<VM>> read() {
            OvaTar tar = new OvaTar(transfer.body());
            OvaTar.Entry first = tar.next().orElseThrow(() -> Errors.importError("The package is empty"));
            OvaMachine machine = OvfReader.read(text(first, MOST_ENVELOPE), report);
            List<OvaNetworks.Connected> nics =
                    new OvaNetworks(store.snapshot(), transfer).connect(machine.nics(), report);
            if (report.refused() > 0 && !transfer.flag("force")) {
                throw Errors.importError("The VM cannot have all of its network interfaces; the report says why. Import"
                        + " without them by force=true");
            }
            if (transfer.flag("dry_run")) {
                return List.of();
            }
            files(tar, machine);
            manifest.check(report);
            List<Ref<VDI>> disks =
                    machine.disks().stream().map(disk -> disk(machine, disk)).toList();
            return List.of(new OvaVm(records).make(call, machine, disks, nics));
        }

        private void files(OvaTar tar, OvaMachine machine) {
            Map<String, OvaMachine.Disk> wanted = new HashMap<>();
            machine.disks().forEach(disk -> wanted.putIfAbsent(disk.file(), disk));
            Set<String> seen = new HashSet<>();
            for (Optional<OvaTar.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
                OvaTar.Entry entry = next.get();
                String name = entry.name();
                if (!seen.add(name)) {
                    throw Errors.importError("The package has two files " + name);
                }
                if (name.toLowerCase(Locale.ROOT).endsWith(".mf")) {
                    manifest.set(new String(text(entry, MOST_MANIFEST), StandardCharsets.UTF_8));
                } else if (wanted.containsKey(name)) {
                    made.put(name, receive(machine, wanted.get(name), entry));
                } else {
                    report.leftOut(name, "no disk of the VM is in this file");
                }
            }
        }

        private byte[] text(OvaTar.Entry entry, int most) {
            if (entry.size() > most) {
                throw Errors.importError(entry.name() + " has " + entry.size() + " bytes, more than " + most);
            }
            try (InputStream in = manifest.watch(entry.name(), entry.contents())) {
                byte[] bytes = in.readAllBytes();
                if (bytes.length < entry.size()) {
                    throw Errors.importErrorPrematureEof();
                }
                return bytes;
            } catch (IOException e) {
                throw Errors.importErrorPrematureEof().causedBy(e);
            }
        }

        private Row<VDI> settings(OvaMachine machine, OvaMachine.Disk disk) {
            return Row.of(VDI.XEN_CLASS)
                    .with(VDI.NAME_LABEL, machine.name() + " " + disk.name())
                    .with(VDI.VIRTUAL_SIZE, disk.bytes())
                    .with(
                            VDI.SM_CONFIG,
                            Map.of(VmFormats.IMPORT_TASK, call.task().value()))
                    .with(VDI.TYPE, VdiType.USER);
        }

        private Ref<VDI> receive(OvaMachine machine, OvaMachine.Disk disk, OvaTar.Entry entry) {
            try (InputStream watched = manifest.watch(entry.name(), entry.contents());
                    InputStream image = disk.gzip() ? new GZIPInputStream(watched) : watched) {
                Ref<VDI> vdi = records.disk(
                        images.create(call, sr, settings(machine, disk), image, disk.gzip() ? -1 : entry.size()));
                // Bytes after the image in the file count for the manifest too.
                watched.transferTo(OutputStream.nullOutputStream());
                report.taken(disk.name(), "from " + entry.name());
                return vdi;
            } catch (IOException e) {
                throw Errors.importError("The image " + entry.name() + " cannot be read: " + e.getMessage())
                        .causedBy(e);
            }
        }

        private Ref<VDI> disk(OvaMachine machine, OvaMachine.Disk disk) {
            if (disk.file().isEmpty()) {
                Ref<VDI> vdi = records.disk(images.blank(call, sr, settings(machine, disk)));
                report.taken(disk.name(), "an empty disk of " + disk.bytes() + " bytes");
                return vdi;
            }
            Ref<VDI> vdi = made.remove(disk.file());
            if (vdi == null) {
                throw Errors.importErrorUnexpectedFile(disk.file(), "the end of the package");
            }
            return vdi;
        }
    }
}
