package org.jxapi.volume;

import java.nio.file.Path;
import org.jxapi.datamodel.XenApiException;

/** A file system that is mounted for a repository: an export, a share, or a device. */
interface MountSource {
    /** Its name in the words of an operator: {@code the NFS server nas:/export}. */
    String name();

    /** The place of the repository, see {@link Repository#place}. */
    String place();

    /** Makes a new repository in it, without mounting it for good. */
    void create();

    /** Mounts it at an empty folder. */
    void mount(Path at);

    /** Removes the repository, which is not mounted and has no volumes. */
    void destroy();

    /** The failure of an unmount. */
    SmFailure unmountFailure();

    /** The failure for a file system that is mounted and cannot be used. */
    default XenApiException unusable(String why) {
        return SmFailure.NOT_WRITABLE.error(why);
    }
}
