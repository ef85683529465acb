package org.jxapi.transfer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/**
 * The disks of an archive of VMs only: they are here already, and are found as XAPI finds them. The client's map comes
 * first, then the identifier of a SCSI disk, then the place in the repository, then the disk that another pool chose.
 */
final class ExistingDisks implements ImportedDisks {
    private static final String SCSI = "SCSIid";
    /** Keys of other_config that a disk takes over from the archive. */
    private static final List<String> TAKEN = List.of("config-drive");

    private final Snapshot now;
    private final ImportState state;
    private final Map<Place, Ref<VDI>> byPlace = new HashMap<>();
    private final Map<String, Ref<VDI>> byScsi = new HashMap<>();

    /** A disk's repository and its location there. */
    private record Place(Ref<SR> sr, String location) {}

    ExistingDisks(Snapshot now, ImportState state) {
        this.now = now;
        this.state = state;
        for (Stored<VDI> vdi : now.all(VDI.XEN_CLASS)) {
            Row<VDI> row = vdi.row();
            byPlace.putIfAbsent(new Place(row.get(VDI.SR), row.get(VDI.LOCATION)), vdi.ref());
            String scsi = row.get(VDI.SM_CONFIG).get(SCSI);
            if (scsi != null) {
                byScsi.putIfAbsent(scsi, vdi.ref());
            }
        }
    }

    @Override
    public Optional<Ref<VDI>> of(Item vdi, Item sr) {
        Optional<Ref<VDI>> found = find(vdi, sr);
        found.ifPresent(here -> state.atEnd(tx -> tx.change(here, VDI.OTHER_CONFIG, config -> taken(config, vdi))));
        return found;
    }

    private static Map<String, String> taken(Map<String, String> here, Item vdi) {
        Map<String, String> config = new LinkedHashMap<>(here);
        TAKEN.forEach(key -> {
            config.remove(key);
            if (vdi.map("other_config").get(key) instanceof String value) {
                config.put(key, value);
            }
        });
        return config;
    }

    private Optional<Ref<VDI>> find(Item vdi, Item sr) {
        Ref<VDI> chosen = chosen(vdi.text("uuid"), vdi.map("sm_config").get(SCSI));
        if (chosen != null) {
            return Optional.of(chosen);
        }
        Optional<Stored<SR>> repository = now.byUuid(SR.XEN_CLASS, sr.text("uuid"));
        String location = vdi.text("location");
        Ref<VDI> placed = repository
                .map(here -> byPlace.get(new Place(here.ref(), location)))
                .orElse(null);
        if (placed != null) {
            return Optional.of(placed);
        }
        if (vdi.map("other_config").get(ImportOptions.MAPS_TO) instanceof String mapped) {
            Ref<VDI> elsewhere = VDI.XEN_CLASS.ref(mapped);
            now.require(elsewhere);
            return Optional.of(elsewhere);
        }
        if (state.options().force()) {
            return Optional.empty();
        }
        throw repository
                .map(here -> Errors.vdiLocationMissing(here.ref().value(), location))
                .orElseGet(Errors::vdiContentIdMissing);
    }

    /** The disk that the client's map names; without one there, that of the same SCSI identifier. */
    private @Nullable Ref<VDI> chosen(String uuid, @Nullable Object scsi) {
        Map<String, String> map = state.options().diskMap();
        String wanted = map.containsKey(uuid) ? map.get(uuid) : scsi == null ? null : map.get(scsi.toString());
        if (wanted == null) {
            return scsi == null ? null : byScsi.get(scsi.toString());
        }
        return now.byUuid(VDI.XEN_CLASS, wanted).map(Stored::ref).orElseGet(() -> byScsi.get(wanted));
    }
}
