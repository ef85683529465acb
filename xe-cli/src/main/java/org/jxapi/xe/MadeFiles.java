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

/**
 * The files that this command has made. A download ends with its connection, so only the server knows whether it was
 * whole: files that it does not confirm are removed at the end, because they look like backups and are none.
 */
final class MadeFiles {
    /** How XAPI reports objects that a command with --multiple has failed for; all other output confirms. */
    private static final String FAILURE = "operation failed on ";

    private final List<Path> doubtful = new ArrayList<>();
    private Path latest;

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

    /** The server has printed something: a success of the latest file, unless it says otherwise. */
    synchronized void printed(String text) {
        if (latest != null && !text.startsWith(FAILURE)) {
            doubtful.remove(latest);
        }
        latest = null;
    }

    /** The command has succeeded. */
    synchronized void confirmed() {
        doubtful.clear();
    }

    /** Removes what nobody has confirmed. */
    synchronized void removeDoubtful() {
        for (Path file : doubtful) {
            try {
                if (Files.deleteIfExists(file)) {
                    System.err.println("Removed " + file + ", which is not complete.");
                }
            } catch (IOException e) {
                System.err.println(file + " is not complete, and cannot be removed: " + e.getMessage());
            }
        }
        doubtful.clear();
    }
}
