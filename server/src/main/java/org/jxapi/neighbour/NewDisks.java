package org.jxapi.neighbour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.neighbour.guest.PlannedDisk;
import org.jxapi.storage.Adoption;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.transfer.Client;
import org.jxapi.transfer.HostImage;
import org.jxapi.transfer.NewRecords;
import org.jxapi.transfer.Undo;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** Makes disks of the images and devices of a configuration, and repositories where none can have them. */
final class NewDisks {
    private final Store store;
    private final Disks disks;
    private final Client client;
    private final Undo undo;
    private final Places places;

    /**
     * Where disks go.
     *
     * @param sr the repository of copies; the null reference if there are none
     * @param devices the folder for links to devices
     */
    record Places(Ref<SR> sr, Path devices) {}

    NewDisks(Store store, Disks disks, Client client, Undo undo, Places places) {
        this.store = store;
        this.disks = disks;
        this.client = client;
        this.undo = undo;
        this.places = places;
    }

    /**
     * The disk at its place; the null reference for an empty drive.
     *
     * @param vm the name of the VM
     */
    Ref<VDI> make(Call call, String vm, DiskPlacement.Placed placed) {
        Path path = placed.path();
        if (path == null) {
            return Ref.nil();
        }
        try {
            return switch (placed.way()) {
                case EMPTY -> Ref.nil();
                case KNOWN -> placed.known();
                case DISC -> disc(path);
                case DEVICE -> device(path);
                case COPY ->
                    removedByUndo(copy(call, Objects.requireNonNull(placed.image()), settings(call, vm, placed)));
                case LINK -> removedByUndo(link(call, path, placed.disk(), settings(call, vm, placed)));
            };
        } catch (IOException e) {
            throw Errors.importError(path + " cannot become a disk: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /** Only a name of an image goes with a disk that was linked: the first name stays. */
    private Ref<VDI> removedByUndo(Ref<VDI> vdi) {
        return new NewRecords(client, undo).disk(vdi);
    }

    private static Row<VDI> settings(Call call, String vm, DiskPlacement.Placed placed) {
        Row<VDI> settings = Row.of(VDI.XEN_CLASS)
                .with(VDI.NAME_LABEL, vm + " " + placed.disk().device())
                .with(VDI.NAME_DESCRIPTION, "From " + placed.path())
                .with(VDI.TYPE, VdiType.USER);
        return call.task().isNull()
                ? settings
                : settings.with(
                        VDI.SM_CONFIG, Map.of(VmFormats.IMPORT_TASK, call.task().value()));
    }

    private Ref<VDI> copy(Call call, HostImage image, Row<VDI> settings) {
        return disks.contents()
                .create(
                        call,
                        places.sr(),
                        settings.with(VDI.VIRTUAL_SIZE, image.bytes()),
                        disk -> image.copyTo(call, disk));
    }

    /** A second name for an image, in the first repository that can have it. */
    private Ref<VDI> link(Call call, Path path, PlannedDisk disk, Row<VDI> settings) throws IOException {
        boolean qcow2 = disk.kind() == PlannedDisk.Kind.QCOW2;
        Set<Ref<SR>> candidates = new LinkedHashSet<>();
        Snapshot now = store.snapshot();
        if (!places.sr().isNull()) {
            candidates.add(places.sr());
        }
        now.all(SR.XEN_CLASS).stream().map(Stored::ref).forEach(candidates::add);
        for (Ref<SR> candidate : candidates) {
            if (Adoption.possible(now, candidate)) {
                Optional<Ref<VDI>> made = disks.adoption().adopt(call, candidate, path, qcow2, settings);
                if (made.isPresent()) {
                    return made.get();
                }
            }
        }
        Path folder = Objects.requireNonNull(path.getParent(), "a file is in a folder")
                .resolve("jxapi-disks");
        Ref<SR> fresh = repository("file", folder, "Disks in " + folder, "user");
        return disks.adoption()
                .adopt(call, fresh, path, qcow2, settings)
                .orElseThrow(() -> Errors.importError(path + " can have no second name in " + folder));
    }

    /** The disc in a file, from a repository of discs for its folder. */
    private Ref<VDI> disc(Path path) throws IOException {
        Path folder = Objects.requireNonNull(path.getParent(), "a file is in a folder");
        return found(repository("iso", folder, "Discs in " + folder, "iso"), path);
    }

    /** A repository of its own for a device, by a folder with a link to it. */
    private Ref<VDI> device(Path path) throws IOException {
        Path folder = places.devices().resolve(UUID.randomUUID().toString());
        Files.createDirectories(folder);
        Path link = folder.resolve(String.valueOf(path.getFileName()));
        Files.createSymbolicLink(link, path);
        undo.push(() -> {
            try {
                Files.deleteIfExists(link);
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                throw Errors.internalError(folder + " cannot be removed: " + e.getMessage())
                        .causedBy(e);
            }
        });
        return found(repository("udev", folder, "Device " + path, "user"), path);
    }

    private Ref<VDI> found(Ref<SR> repository, Path path) throws IOException {
        client.call("SR.scan", repository.value());
        Snapshot now = store.snapshot();
        for (Ref<VDI> vdi : now.get(repository, SR.VDIS)) {
            if (Files.isSameFile(disks.file(now, vdi), path)) {
                return vdi;
            }
        }
        throw Errors.importError("the repository "
                + now.get(repository, SR.NAME_LABEL) + " does not show " + path
                + "; it may be in use by the host");
    }

    /** The repository of that type at a folder, which may be there already. */
    private Ref<SR> repository(String type, Path folder, String name, String content) {
        Snapshot now = store.snapshot();
        for (Stored<PBD> pbd : now.all(PBD.XEN_CLASS)) {
            Ref<SR> at = pbd.row().get(PBD.SR);
            if (folder.toString().equals(pbd.row().get(PBD.DEVICE_CONFIG).get("location"))
                    && now.get(at, SR.TYPE).equals(type)
                    && pbd.row().get(PBD.CURRENTLY_ATTACHED)) {
                return at;
            }
        }
        Map<String, String> config = new LinkedHashMap<>(Map.of("location", folder.toString()));
        if (type.equals("iso")) {
            config.put("legacy_mode", "true");
        }
        Ref<SR> made = SR.XEN_CLASS.ref(client.call(
                        "SR.create",
                        ThisHost.ref(now).value(),
                        config,
                        "0",
                        name,
                        "For a VM of another tool",
                        type,
                        content,
                        false,
                        Map.of())
                .result()
                .toString());
        undo.push(() -> {
            List<Ref<PBD>> pbds = store.snapshot().get(made, SR.PBDS);
            pbds.forEach(pbd -> client.call("PBD.unplug", pbd.value()));
            client.call(type.equals("file") ? "SR.destroy" : "SR.forget", made.value());
        });
        return made;
    }
}
