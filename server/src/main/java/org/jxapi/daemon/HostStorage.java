package org.jxapi.daemon;

import org.jxapi.smapi.DriverFolder;
import org.jxapi.volume.GroupChanges;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Reach;

/**
 * The storage of this host.
 *
 * @param mounts where repositories are mounted
 * @param drivers the drivers from outside jxapi
 * @param reach the way to its repositories
 * @param groups changes volume groups that several hosts use
 */
record HostStorage(Mounts mounts, DriverFolder drivers, Reach reach, GroupChanges groups) {
    /** That of a host alone. */
    HostStorage(Mounts mounts, DriverFolder drivers, Reach reach) {
        this(mounts, drivers, reach, GroupChanges.here());
    }

    /** The same, with other changes of volume groups. */
    HostStorage changing(GroupChanges by) {
        return new HostStorage(mounts, drivers, reach, by);
    }
}
