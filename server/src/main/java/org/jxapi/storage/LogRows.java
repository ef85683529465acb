package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Volume;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/**
 * The logs of changed blocks that a scan finds. A log without a volume is a disk of type cbt_metadata, as in XenServer.
 *
 * @param logs the sizes of the disks that have logs, in bytes, by location
 * @param alone the locations that have no volume, and none is being made or removed there
 */
record LogRows(Map<String, Long> logs, Set<String> alone) {
    static LogRows in(AttachedSr place, List<Volume> found) {
        Repository repository = place.repository();
        Map<String, Long> logs = repository.logs();
        Set<String> there = found.stream().map(Volume::location).collect(Collectors.toSet());
        // A disk that is removed has a mark until its log is gone, too.
        Set<String> alone = logs.keySet().stream()
                .filter(location -> !there.contains(location) && repository.names(location))
                .filter(location -> !repository.holds(location) && !repository.pending(location))
                .filter(repository::tracks)
                .collect(Collectors.toSet());
        return new LogRows(logs, alone);
    }

    boolean tracked(String location) {
        return logs.containsKey(location);
    }

    /**
     * Makes the rows of the logs that are alone.
     *
     * @param known the rows that have no volume, by location; those of logs are removed
     */
    void apply(Transaction tx, AttachedSr place, Map<String, Ref<VDI>> known) {
        for (String location : alone) {
            Ref<VDI> vdi = known.get(location);
            if (vdi == null) {
                tx.create(Row.of(VDI.XEN_CLASS)
                        .with(VDI.UUID, DiskRules.uuid(tx, location))
                        .with(VDI.LOCATION, location)
                        .with(VDI.SR, place.sr())
                        .with(VDI.TYPE, VdiType.CBT_METADATA)
                        .with(VDI.CBT_ENABLED, true)
                        .with(VDI.MANAGED, true)
                        .with(VDI.VIRTUAL_SIZE, logs.getOrDefault(location, 0L)));
            } else if (tx.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA) {
                known.remove(location);
                tx.set(vdi, VDI.CBT_ENABLED, true);
            }
        }
    }
}
