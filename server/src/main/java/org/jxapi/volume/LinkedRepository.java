package org.jxapi.volume;

import java.nio.file.Path;

/**
 * A repository in a folder of this host. While it is plugged, the place under its UUID is a link to its folder. XenServer
 * binds the folder there by a mount; a link needs no entry in the table of mounts, and nothing can hide behind it.
 */
final class LinkedRepository {
    private LinkedRepository() {}

    /** The repository with a link; itself when it has no UUID, as in a probe. */
    static Repository of(Mounts mounts, String uuid, Path folder, Repository inside) {
        if (uuid.isEmpty()) {
            return inside;
        }
        return WatchedRepository.of(inside, step -> {}, step -> {
            if (step.equals("attach")) {
                mounts.link(uuid, folder);
            } else if (step.equals("detach")) {
                mounts.unlink(uuid);
            }
        });
    }
}
