package org.jxapi.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders that only the daemon's user can enter. */
final class PrivateFolder {
    private PrivateFolder() {}

    /** Makes a folder; one that is there is no error. */
    static Path make(Path folder) throws IOException {
        return Files.isDirectory(folder)
                ? folder
                : Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
