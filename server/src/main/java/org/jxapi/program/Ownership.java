package org.jxapi.program;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/** Whether only root, or the user of the daemon, can change a program. jxapid runs no other. */
public final class Ownership {
    private Ownership() {}

    /** Fails if another user can change the file, or put another in its place. */
    public static void check(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "a program is in a folder");
        refuseOthers(folder.toRealPath());
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file");
        }
        refuseOthers(file);
    }

    private static void refuseOthers(Path path) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(0) && !owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw new FileSystemException(path.toString(), null, "root does not own it");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new FileSystemException(path.toString(), null, "users other than its owner can write to it");
        }
    }
}
