package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The claim of a host to a volume group on a LUN that other hosts may reach: a thin pool that two hosts activate is
 * lost. The claim is a tag of the group, so it is still there when the host has lost its power.
 *
 * @param host the id of this host
 */
record HostClaim(VolumeGroup group, String host) {
    private static final String TAG = "jxapi-host.";

    /** That of the host whose id is in a file as machine-id(5). */
    static HostClaim of(VolumeGroup group, Path machineId) throws IOException {
        return new HostClaim(group, Files.readString(machineId).strip());
    }

    static HostClaim ofThisHost(VolumeGroup group) throws IOException {
        return of(group, Path.of("/etc/machine-id"));
    }

    /** Fails with SR_BACKEND_FAILURE_47 when another host has the group. */
    void take() throws IOException {
        boolean ours = false;
        for (String tag : group.tags()) {
            ours |= tag.equals(TAG + host);
            if (tag.startsWith(TAG) && !tag.equals(TAG + host)) {
                throw SmFailure.SR_UNAVAILABLE.error("the host with the machine-id " + tag.substring(TAG.length())
                        + " uses volume group " + group.name()
                        + ". Unplug it there. If that host will never run again: vgchange --deltag " + tag + " "
                        + group.name());
            }
        }
        if (!ours) {
            group.tag(TAG + host);
        }
    }

    void release() throws IOException {
        if (group.tags().contains(TAG + host)) {
            group.untag(TAG + host);
        }
    }
}
