package org.jxapi.volume;

import java.time.Duration;
import org.jxapi.iscsi.Sessions;

/**
 * This host as it sees targets of iSCSI.
 *
 * @param appear how long a LUN may take to appear
 */
record IscsiHost(Sessions sessions, ScsiDisks disks, Duration appear) {
    /** MAX_TIMEOUT in BaseISCSI.py of XenServer. */
    private static final Duration USUAL = Duration.ofSeconds(15);

    static IscsiHost of(Sessions sessions) {
        return new IscsiHost(sessions, ScsiDisks.ofThisHost(), USUAL);
    }
}
