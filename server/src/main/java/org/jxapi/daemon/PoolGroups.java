package org.jxapi.daemon;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jxapi.datamodel.Row;
import org.jxapi.storage.HostDrivers;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.GroupChanges;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;

/**
 * Changes the volume groups that hosts of this pool share, here on the coordinator, which must have their SRs plugged. When the
 * last host unplugs an SR, and the coordinator has unplugged it before, that host makes the changes itself.
 */
final class PoolGroups implements GroupChanges {
    private static final Set<String> PROGRAMS =
            Set.of("lvchange", "lvcreate", "lvextend", "lvreduce", "lvremove", "vgchange");

    /** While one of them is under way, no host plugs the SR. */
    private static final Set<StorageOperations> ENDS = Set.of(StorageOperations.UNPLUG, StorageOperations.DESTROY);

    private final Store store;
    private final HostDrivers hosts;
    private final GroupChanges here;

    /** @param here runs the programs on this host */
    PoolGroups(Store store, HostDrivers hosts, GroupChanges here) {
        this.store = store;
        this.hosts = hosts;
        this.here = here;
    }

    @Override
    public String run(String sr, List<String> command) throws IOException {
        if (!PROGRAMS.contains(command.get(0))) {
            throw new IOException(command.get(0) + " does not change volume groups");
        }
        Snapshot now = store.snapshot();
        List<Row<PBD>> plugged = rows(now, sr)
                .flatMap(row -> row.get(SR.PBDS).stream())
                .map(now::row)
                .filter(pbd -> pbd.get(PBD.CURRENTLY_ATTACHED))
                .toList();
        if (plugged.stream().anyMatch(pbd -> hosts.isHere(pbd.get(PBD.HOST)))) {
            return here.run(sr, command);
        }
        String reason = "SR " + sr + " is not plugged at the pool's coordinator, which changes its volume group."
                + " Plug its PBD there first";
        boolean ends = rows(now, sr)
                .flatMap(row -> row.get(SR.CURRENT_OPERATIONS).values().stream())
                .anyMatch(ENDS::contains);
        throw plugged.isEmpty() && ends ? new OwnChange(reason) : new IOException(reason);
    }

    private static Stream<Row<SR>> rows(Snapshot now, String sr) {
        return now.byUuid(SR.XEN_CLASS, sr).stream().map(Stored::row);
    }
}
