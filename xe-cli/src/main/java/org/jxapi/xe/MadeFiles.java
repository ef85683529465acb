package org.jxapi.xe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that this command has made. A download ends with its connection, so only the server knows whether it is
 * complete. The client removes files that the server does not confirm, because they look like backups but are not.
 */
final class MadeFiles {
    /** How XAPI reports an object for which a command with --multiple has failed. All other output confirms. */
    private static final String FAILURE = "operation failed on ";

    private final List<Path> doubtful = new ArrayList<>();
    private @Nullable Path latest;

    /** Makes a new file that only its owner can read. */
    OutputStream create(Path file) throws IOException {
        Files.newByteChannel(
                        file,
                        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                .close();
        synchronized (this) {
            latest = file;
            doubtful.add(file);
        }
        return new LocalFile(Files.newOutputStream(file), file.toString());
    }

    /** Takes the server's output as a confirmation of the latest file, unless it reports a failure. */
    synchronized void printed(String text) {
        if (latest != null && !text.startsWith(FAILURE)) {
            doubtful.remove(latest);
        }
        latest = null;
    }

    /** Confirms all files, after a command that has succeeded. */
    synchronized void confirmed() {
        doubtful.clear();
    }

    /** Removes the files that the server has not confirmed. */
    synchronized void removeDoubtful() {
        for (Path file : doubtful) {
            try {
                if (Files.deleteIfExists(file)) {
                    System.err.println("Removed " + file + ", which is not complete.");
                }
            } catch (IOException e) {
                System.err.println(file + " is not complete, but cannot be removed: " + e.getMessage());
            }
        }
        doubtful.clear();
    }
}
