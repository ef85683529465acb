package org.jxapi.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The files of a store in its data folder, which is locked while this is open. */
final class DatabaseAccess implements AutoCloseable {
    private final DatabaseFile file;
    private final NewestFile newest;
    private final Reserve reserve;
    private final DatabaseCheck check;
    private final FolderLock lock;
    private NewestFile.@Nullable Newest last;

    DatabaseAccess(StoreSettings settings, String fileSystem) {
        this.file = new DatabaseFile(settings.folder(), fileSystem);
        this.newest = new NewestFile(file.folder(), fileSystem);
        this.reserve = new Reserve(file.folder());
        this.check = new DatabaseCheck(file, newest, () -> BackupFile.describeNewest(settings.backups()));
        this.lock = FolderLock.take(file.folder());
    }

    Path path() {
        return file.path();
    }

    Reserve reserve() {
        return reserve;
    }

    /** Whether there is neither a reserve nor room for one. */
    boolean scarce() {
        return !reserve.there() && file.folder().toFile().getUsableSpace() < Reserve.SIZE;
    }

    /** The newest change that the database has on disk. */
    synchronized long durable() {
        return last().sequence();
    }

    private NewestFile.Newest last() {
        return Objects.requireNonNull(last, "the database has not been opened");
    }

    /** Checks the database and opens it; not to write when the disk is full and has no reserve. */
    Opened open(boolean acceptOlder) {
        Opened opened = Opened.open(file, check, reserve, acceptOlder);
        if (last == null) {
            last = opened.begin(newest);
            if (opened.unwritable() != null && !opened.unwritable().full()) {
                throw opened.unwritable();
            }
        }
        return opened;
    }

    /** Puts a database with that state in the place of the one that is there, if there is one; before it is opened. */
    void replace(StateImage image) {
        newest.remove();
        file.create(image);
    }

    /** The newest number that a change was given. */
    synchronized long given() {
        return last().given();
    }

    /** Remembers a number that was given to a change which the database does not have. */
    synchronized void given(long sequence) {
        NewestFile.Newest now = new NewestFile.Newest(last().sequence(), last().at(), sequence);
        newest.write(now);
        last = now;
    }

    /** Remembers that the database has everything up to that change on disk. */
    synchronized void durable(long sequence) {
        NewestFile.Newest now = new NewestFile.Newest(sequence, Instant.now(), sequence);
        newest.write(now);
        last = now;
    }

    /** Does what can wait until there is nothing else to do; returns whether the reserve is there. */
    boolean rest() {
        newest.force();
        return reserve.make();
    }

    @Override
    public void close() {
        newest.close();
        lock.close();
    }
}
