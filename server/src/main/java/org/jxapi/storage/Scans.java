package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Usage;
import org.jxapi.volume.Volume;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the rows of disks those of the volumes in their repositories. */
public final class Scans {
    private static final Logger LOG = LoggerFactory.getLogger(Scans.class);

    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    private final SrFolders places;
    private final Tidying tidying;

    Scans(Store store, Drivers drivers, Operations operations, SrFolders places, Tidying tidying) {
        this.tidying = tidying;
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
        this.places = places;
    }

    /** Disks that appeared get rows, those that are gone lose theirs, sizes are those of the files. */
    public void scan(Call call, Ref<SR> sr) {
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.SCAN))) {
            AttachedSr place = drivers.attached(store.snapshot(), sr);
            tidying.unused(call, place);
            List<Volume> found = place.repository().volumes().stream()
                    .filter(volume -> !away(place, volume.path()))
                    .toList();
            Usage usage = place.repository().usage();
            // The repository is asked before the transaction: one that does not answer must not hold the database.
            Set<String> complete = complete(place, found);
            Set<String> gone = gone(place, found);
            LogRows logs = LogRows.in(place, found);
            Map<String, DatabaseDisk> databases = databases(place, found, complete);
            Findings findings = new Findings(found, usage, complete, gone, logs, databases);
            operation.finish(tx -> apply(tx, place, findings));
        }
    }

    /**
     * The state of a repository.
     *
     * @param complete the locations of the volumes that are not being made
     * @param gone the locations that have rows but no volumes
     * @param databases the copies of pools' databases on new volumes, by location
     */
    private record Findings(
            List<Volume> volumes,
            Usage usage,
            Set<String> complete,
            Set<String> gone,
            LogRows logs,
            Map<String, DatabaseDisk> databases) {}

    /** The locations of the volumes that are still there and not being made. */
    private static Set<String> complete(AttachedSr place, List<Volume> found) {
        Set<String> there = found.stream()
                .map(Volume::location)
                .filter(location -> place.repository().holds(location))
                .collect(Collectors.toCollection(HashSet::new));
        there.removeAll(place.repository().pending(there));
        return there;
    }

    /** The locations that have rows but no volumes. */
    private Set<String> gone(AttachedSr place, List<Volume> found) {
        Set<String> there = found.stream().map(Volume::location).collect(Collectors.toSet());
        Snapshot now = store.snapshot();
        return now.get(place.sr(), SR.VDIS).stream()
                .map(vdi -> now.get(vdi, VDI.LOCATION))
                .filter(location -> !there.contains(location))
                .filter(location -> !place.repository().holds(location))
                .collect(Collectors.toSet());
    }

    /** The new volumes that hold copies of pools' databases, by their locations. */
    private Map<String, DatabaseDisk> databases(AttachedSr place, List<Volume> found, Set<String> complete) {
        Snapshot now = store.snapshot();
        Set<String> known = now.get(place.sr(), SR.VDIS).stream()
                .map(vdi -> now.get(vdi, VDI.LOCATION))
                .collect(Collectors.toSet());
        String sr = now.get(place.sr(), SR.UUID);
        Map<String, DatabaseDisk> databases = new HashMap<>();
        for (Volume volume : found) {
            if (complete.contains(volume.location()) && !known.contains(volume.location())) {
                DatabaseDisk.of(place.repository(), sr, volume)
                        .ifPresent(head -> databases.put(volume.location(), head));
            }
        }
        return databases;
    }

    /** Guests must not write, through a link, to a disk of another repository. */
    private boolean away(AttachedSr place, Path volume) {
        boolean away = !place.repository().readOnly() && places.leadsAway(place, volume);
        if (away) {
            LOG.warn("Link {}: ignored, because it leads into another repository or jxapid's own data", volume);
        }
        return away;
    }

    private void apply(Transaction tx, AttachedSr place, Findings found) {
        Ref<SR> sr = place.sr();
        Set<String> foreign = places.foreign(tx, sr);
        Map<String, Ref<VDI>> known = new LinkedHashMap<>();
        for (Ref<VDI> vdi : tx.get(sr, SR.VDIS)) {
            known.put(tx.get(vdi, VDI.LOCATION), vdi);
        }
        for (Volume volume : found.volumes()) {
            Ref<VDI> vdi = known.remove(volume.location());
            if (vdi != null) {
                tx.set(vdi, VDI.MISSING, false);
                tx.set(vdi, VDI.VIRTUAL_SIZE, volume.bytes());
                tx.set(vdi, VDI.PHYSICAL_UTILISATION, volume.taken());
                tx.set(vdi, VDI.CBT_ENABLED, found.logs().tracked(volume.location()));
                if (tx.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA
                        && found.complete().contains(volume.location())) {
                    // The data were put back.
                    tx.set(vdi, VDI.TYPE, VdiType.USER);
                }
            } else if (!foreign.contains(SrFolders.name(volume.path()))
                    && found.complete().contains(volume.location())) {
                Row<VDI> row = row(tx, place, volume)
                        .with(VDI.CBT_ENABLED, found.logs().tracked(volume.location()));
                DatabaseDisk head = found.databases().get(volume.location());
                tx.create(head == null ? row : head.placed(row));
            }
        }
        found.logs().apply(tx, place, known);
        known.forEach((location, vdi) -> {
            if (found.gone().contains(location)) {
                gone(tx, vdi);
            }
        });
        place.record(tx, found.usage());
        Map<String, String> config = new LinkedHashMap<>(tx.get(sr, SR.OTHER_CONFIG));
        config.remove("dirty");
        tx.set(sr, SR.OTHER_CONFIG, config);
    }

    private static Row<VDI> row(Snapshot snapshot, AttachedSr place, Volume volume) {
        boolean readOnly = place.repository().readOnly();
        return Row.of(VDI.XEN_CLASS)
                .with(VDI.UUID, DiskRules.uuid(snapshot, volume.location()))
                .with(VDI.NAME_LABEL, readOnly && volume.label().isEmpty() ? volume.location() : volume.label())
                .with(VDI.LOCATION, volume.location())
                .with(VDI.SM_CONFIG, volume.smConfig())
                .with(VDI.SR, place.sr())
                .with(VDI.TYPE, VdiType.USER)
                .with(VDI.READ_ONLY, readOnly)
                .with(VDI.MANAGED, true)
                .with(VDI.VIRTUAL_SIZE, volume.bytes())
                .with(VDI.PHYSICAL_UTILISATION, volume.taken());
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

    /** Makes a plugged repository usable again; finishes or undoes what was under way in it when the daemon stopped. */
    void reattach(Row<PBD> pbd) throws IOException {
        AttachedSr place = drivers.by(store.snapshot(), pbd);
        makeFirst(place);
        attach(place);
        tidy(place);
        refresh(place);
    }

    /** Makes a plugged repository usable again at a host that is another machine, while operations may be under way. */
    void attachAgain(Row<PBD> pbd) {
        attach(drivers.by(store.snapshot(), pbd));
    }

    /** Scans a repository if that PBD's host, which is another machine, reaches it for the pool. */
    void scanAgain(Row<PBD> pbd) {
        Ref<SR> sr = pbd.get(PBD.SR);
        Ref<Host> elsewhere = drivers.attached(store.snapshot(), sr).elsewhere();
        if (elsewhere != null && elsewhere.equals(pbd.get(PBD.HOST))) {
            scan(new InternalCall("SR.scan", store), sr);
        }
    }

    /** Makes a repository usable for this host alone. */
    void attach(AttachedSr place) {
        place.repository().attach();
        try {
            Snapshot now = store.snapshot();
            drivers.leases().take(now, place, drivers.isPluggedElsewhere(now, place));
        } catch (RuntimeException | Error e) {
            place.repository().detach();
            throw e;
        }
    }

    /** The first start plugs repositories whose folders nobody has made yet. */
    private void makeFirst(AttachedSr place) throws IOException {
        Row<SR> sr = store.snapshot().row(place.sr());
        Path folder = place.repository().folder().orElse(null);
        if (folder != null && sr.get(SR.PHYSICAL_SIZE) == 0 && sr.get(SR.VDIS).isEmpty()) {
            Files.createDirectories(folder);
        }
    }

    private void refresh(AttachedSr place) {
        Usage usage = place.repository().usage();
        Map<String, Volume> volumes = new LinkedHashMap<>();
        place.repository().volumes().forEach(volume -> volumes.put(volume.location(), volume));
        store.change(tx -> {
            for (Ref<VDI> vdi : tx.get(place.sr(), SR.VDIS)) {
                Volume volume = volumes.get(tx.get(vdi, VDI.LOCATION));
                if (volume != null) {
                    tx.set(vdi, VDI.VIRTUAL_SIZE, volume.bytes());
                }
            }
            place.record(tx, usage);
        });
    }

    /** Ends what the last stop has interrupted in a repository that is not in use yet. */
    void tidy(AttachedSr place) {
        tidying.all(place);
    }
}
