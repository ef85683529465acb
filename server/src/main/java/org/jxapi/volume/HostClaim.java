package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
        List<String> claims = claims();
        claims.stream().filter(tag -> !tag.equals(TAG + host)).findFirst().ifPresent(this::refuse);
        if (claims.isEmpty()) {
            group.tag(TAG + host);
            group.lvm().settle();
            // Of two hosts that claim the group at the same time, one gives up.
            String first = claims().stream().findFirst().orElse(TAG);
            if (!first.equals(TAG + host)) {
                release();
                refuse(first);
            }
        }
    }

    private List<String> claims() throws IOException {
        return group.tags().stream().filter(tag -> tag.startsWith(TAG)).sorted().toList();
    }

    private void refuse(String tag) {
        throw SmFailure.SR_UNAVAILABLE.error("the host with the machine-id " + tag.substring(TAG.length())
                + " uses volume group " + group.name()
                + ". Unplug it there. If that host will never run again: vgchange --deltag " + tag + " "
                + group.name());
    }

    void release() throws IOException {
        if (group.tags().contains(TAG + host)) {
            group.untag(TAG + host);
        }
    }
}
