package org.jxapi.daemon;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Row;
import org.jxapi.storage.HostDrivers;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.GroupChanges;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;

/** Changes the volume groups that hosts of this pool share, here on the coordinator, which must have their SRs plugged. */
final class PoolGroups implements GroupChanges {
    private static final Set<String> PROGRAMS =
            Set.of("lvchange", "lvcreate", "lvextend", "lvreduce", "lvremove", "vgchange");

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
        if (!isPlugged(sr)) {
            throw new IOException(
                    "SR " + sr + " is not plugged at the pool's coordinator, which changes its volume group."
                            + " Plug its PBD there first");
        }
        return here.run(sr, command);
    }

    private boolean isPlugged(String sr) {
        Snapshot now = store.snapshot();
        return now.byUuid(SR.XEN_CLASS, sr).stream()
                .flatMap(found -> found.row().get(SR.PBDS).stream())
                .map(now::row)
                .anyMatch(this::isPluggedHere);
    }

    private boolean isPluggedHere(Row<PBD> pbd) {
        return pbd.get(PBD.CURRENTLY_ATTACHED) && hosts.isHere(pbd.get(PBD.HOST));
    }
}
