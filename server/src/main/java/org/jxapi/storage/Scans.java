package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the rows of disks those of the files in their repositories' folders. */
public final class Scans {
    private static final Logger LOG = LoggerFactory.getLogger(Scans.class);

    private final Store store;
    private final Operations operations;
    private final SrFolders places;

    Scans(Store store, Operations operations, SrFolders places) {
        this.store = store;
        this.operations = operations;
        this.places = places;
    }

    /** A disk as its file describes it; sizes in bytes. */
    private record Found(String location, Path file, long size, long taken) {}

    /** Disks that appeared get rows, those that are gone lose theirs, sizes are those of the files. */
    public void scan(Call call, Ref<SR> sr) {
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.SCAN))) {
            SrFolder repository = SrFolder.of(store.snapshot(), sr);
            List<Found> found = found(repository);
            Set<Ref<SR>> sharing = places.sharing(sr);
            SrFolder.Usage usage = repository.usage();
            operation.finish(tx -> apply(tx, repository, found, sharing, usage));
        }
    }

    private List<Found> found(SrFolder repository) {
        List<Path> files = repository.driver().files(repository.folder()).stream()
                .filter(file -> !Files.isSymbolicLink(file) || !away(repository, file))
                .toList();
        List<Found> found = new ArrayList<>();
        try {
            Map<Path, Long> taken = Volumes.utilisation(files);
            for (Map.Entry<Path, Long> entry : taken.entrySet()) {
                Path file = entry.getKey();
                String location =
                        repository.driver().location(file.getFileName().toString());
                found.add(new Found(location, file, file.toFile().length(), entry.getValue()));
            }
            return found;
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    /** Guests must not write, through a link, to a disk of another repository. */
    private boolean away(SrFolder repository, Path link) {
        boolean away = !repository.driver().readOnly() && places.leadsAway(repository, link);
        if (away) {
            LOG.warn("Link {}: ignored, because it leads into another repository or jxapid's own data", link);
        }
        return away;
    }

    /** The names of the files that are disks of these repositories. */
    static Set<String> foreign(Snapshot snapshot, Set<Ref<SR>> srs) {
        Set<String> names = new HashSet<>();
        for (Ref<SR> sr : srs) {
            for (Ref<VDI> vdi : vdis(snapshot, sr)) {
                names.add(Drivers.of(snapshot, sr).fileName(snapshot.get(vdi, VDI.LOCATION)));
            }
        }
        return names;
    }

    private static List<Ref<VDI>> vdis(Snapshot snapshot, Ref<SR> sr) {
        return snapshot.find(sr).map(found -> found.row().get(SR.VDIS)).orElse(List.of());
    }

    private static void apply(
            Transaction tx, SrFolder repository, List<Found> found, Set<Ref<SR>> sharing, SrFolder.Usage usage) {
        Set<String> foreign = foreign(tx, sharing);
        Map<String, Ref<VDI>> known = new LinkedHashMap<>();
        for (Ref<VDI> vdi : tx.get(repository.sr(), SR.VDIS)) {
            known.put(tx.get(vdi, VDI.LOCATION), vdi);
        }
        for (Found file : found) {
            Ref<VDI> vdi = known.remove(file.location());
            if (vdi != null) {
                tx.set(vdi, VDI.MISSING, false);
                tx.set(vdi, VDI.VIRTUAL_SIZE, file.size());
                tx.set(vdi, VDI.PHYSICAL_UTILISATION, file.taken());
            } else if (!foreign.contains(file.file().getFileName().toString())
                    && Files.exists(file.file())
                    && !Files.exists(Volumes.pending(repository.folder(), file.location()))) {
                tx.create(row(tx, repository, file));
            }
        }
        known.forEach((location, vdi) -> {
            if (!Files.exists(repository.file(location))) {
                gone(tx, vdi);
            }
        });
        repository.record(tx, usage);
        Map<String, String> config = new LinkedHashMap<>(tx.get(repository.sr(), SR.OTHER_CONFIG));
        config.remove("dirty");
        tx.set(repository.sr(), SR.OTHER_CONFIG, config);
    }

    private static Row<VDI> row(Snapshot snapshot, SrFolder repository, Found file) {
        boolean readOnly = repository.driver().readOnly();
        return Row.of(VDI.XEN_CLASS)
                .with(VDI.UUID, uuid(snapshot, file.location()))
                .with(VDI.NAME_LABEL, readOnly ? file.location() : "")
                .with(VDI.LOCATION, file.location())
                .with(VDI.SR, repository.sr())
                .with(VDI.TYPE, VdiType.USER)
                .with(VDI.READ_ONLY, readOnly)
                .with(VDI.MANAGED, true)
                .with(VDI.VIRTUAL_SIZE, file.size())
                .with(VDI.PHYSICAL_UTILISATION, file.taken());
    }

    /** A file that is named after a UUID is the disk with that UUID. */
    static String uuid(Snapshot snapshot, String location) {
        try {
            String uuid = UUID.fromString(location).toString();
            if (uuid.equals(location) && snapshot.byUuid(VDI.XEN_CLASS, uuid).isEmpty()) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            // Any other name: the disk gets a UUID of its own.
        }
        return UUID.randomUUID().toString();
    }

    /** A disk that a VM has attached is kept, and said to be missing. */
    private static void gone(Transaction tx, Ref<VDI> vdi) {
        boolean attached = tx.get(vdi, VDI.VBDS).stream().anyMatch(vbd -> tx.get(vbd, VBD.CURRENTLY_ATTACHED));
        if (attached || !tx.get(vdi, VDI.CURRENT_OPERATIONS).isEmpty()) {
            tx.set(vdi, VDI.MISSING, true);
        } else {
            DiskRules.forget(tx, vdi);
        }
    }

    /** Finishes or undoes what was under way in the repositories when the daemon stopped; unplugs those that are gone. */
    void afterStart() {
        places.look();
        for (Stored<PBD> stored : store.snapshot().all(PBD.XEN_CLASS)) {
            if (stored.row().get(PBD.CURRENTLY_ATTACHED)) {
                Ref<PBD> pbd = stored.ref();
                Ref<SR> sr = stored.row().get(PBD.SR);
                try {
                    makeFirst(stored.row());
                    SrFolder repository = SrFolder.of(store.snapshot(), sr);
                    repository.driver().attach(repository.folder());
                    tidy(repository);
                    refresh(repository);
                } catch (XenApiException | IOException e) {
                    LOG.error("SR {}: not available: {}", sr, e.getMessage());
                    store.change(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, false));
                }
            }
        }
    }

    /** The first start plugs repositories whose folders nobody has made yet. */
    private void makeFirst(Row<PBD> pbd) throws IOException {
        Row<SR> sr = store.snapshot().row(pbd.get(PBD.SR));
        if (sr.get(SR.PHYSICAL_SIZE) == 0 && sr.get(SR.VDIS).isEmpty()) {
            Files.createDirectories(Drivers.of(sr.get(SR.TYPE)).folder(pbd.get(PBD.DEVICE_CONFIG)));
        }
    }

    private void refresh(SrFolder repository) {
        SrFolder.Usage usage = repository.usage();
        store.change(tx -> {
            for (Ref<VDI> vdi : tx.get(repository.sr(), SR.VDIS)) {
                Path file = repository.file(tx.get(vdi, VDI.LOCATION));
                if (Files.exists(file)) {
                    tx.set(vdi, VDI.VIRTUAL_SIZE, file.toFile().length());
                }
            }
            repository.record(tx, usage);
        });
    }

    /** Removes what belongs to no row: files under a marker, copies that are not complete, unused reset contents. */
    void tidy(SrFolder repository) {
        if (repository.driver().readOnly()) {
            return;
        }
        Snapshot snapshot = store.snapshot();
        Set<String> locations = new HashSet<>();
        Set<String> reset = new HashSet<>();
        Set<Ref<SR>> srs = new HashSet<>(places.sharing(repository.sr()));
        srs.add(repository.sr());
        for (Ref<SR> sr : srs) {
            for (Ref<VDI> vdi : vdis(snapshot, sr)) {
                Row<VDI> row = snapshot.row(vdi);
                locations.add(row.get(VDI.LOCATION));
                if (row.get(VDI.ON_BOOT) == OnBoot.RESET) {
                    reset.add(row.get(VDI.LOCATION));
                }
            }
        }
        Path folder = repository.folder();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                String name = file.getFileName().toString();
                String location = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                if (name.endsWith(Volumes.PENDING)) {
                    if (locations.contains(location)) {
                        Volumes.unmark(folder, location);
                    } else {
                        LOG.warn("Disk {}: incomplete at the last stop, its file is removed", location);
                        Volumes.delete(folder, repository.file(location), location);
                    }
                } else if (name.endsWith(Volumes.PART) || name.endsWith(Volumes.BASE) && !reset.contains(location)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }
}
