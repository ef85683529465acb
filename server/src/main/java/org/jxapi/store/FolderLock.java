package org.jxapi.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * One jxapid at a time uses a data folder: it holds a lock on {@code jxapi.lock}, which ends with its process. H2's own
 * lock on the database is no help to who copies or replaces the file: it ends when any descriptor of that file is closed.
 */
public final class FolderLock implements AutoCloseable {
    /** The file that is locked. */
    public static final String NAME = "jxapi.lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock; makes the folder, private to its user, where there is none. */
    public static FolderLock take(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Path file = folder.resolve(NAME);
            if (!Files.exists(file)) {
                Files.createFile(file, SafeFile.PRIVATE);
            }
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new FolderLock(channel);
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            // By this very process; the channel must stay open, or that lock would end too.
        } catch (IOException e) {
            throw new StoreException("cannot use the data folder " + folder + ": " + Reason.of(e), e);
        }
        throw new StoreException("the data folder " + folder + " is in use by another jxapid");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreException("the data folder's lock did not close: " + Reason.of(e), e);
        }
    }
}
