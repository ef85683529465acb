package org.jxapi.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Puts a backup in the place of a database that is not in use. */
public final class DatabaseRestore {
    private static final String RESTORED = "jxapi-restored";

    private DatabaseRestore() {}

    /**
     * Restores a backup after reading all of it. The old database stays in the same folder.
     *
     * @param backup a backup, or a database file; null for the newest backup
     * @return what was done, in one line
     * @throws StoreException when it cannot be done, with one line that says why; nothing has changed then
     */
    public static String run(StoreSettings settings, @Nullable Path backup) {
        try (FolderLock lock = FolderLock.take(settings.folder())) {
            Path from = backup == null ? newest(settings.backups()) : backup;
            DatabaseFile file = new DatabaseFile(settings.folder(), "file");
            try {
                return replace(file, from);
            } catch (IOException | DatabaseFile.Unreadable e) {
                throw new StoreException("cannot restore the database from " + from + ": " + Reason.of(e), e);
            } finally {
                Files.deleteIfExists(file.path(RESTORED));
            }
        } catch (IOException e) {
            throw new StoreException("cannot restore the database: " + Reason.of(e), e);
        }
    }

    private static Path newest(Path folder) throws IOException {
        return BackupFile.list(folder).stream()
                .findFirst()
                .map(BackupFile::path)
                .orElseThrow(() -> new StoreException("cannot restore the database: there is no backup in " + folder));
    }

    private static String replace(DatabaseFile file, Path from) throws IOException, DatabaseFile.Unreadable {
        if (Files.isDirectory(from)) {
            throw new FileSystemException(from.toString(), null, "Is a directory");
        }
        BackupFile.extract(from, file.path(RESTORED));
        Structure structure = file.structure(RESTORED);
        if (structure.newer().isPresent()) {
            throw new IOException("it belongs to a newer version of jxapid: "
                    + structure.newer().get());
        }
        RawContent content = file.readRaw(RESTORED);
        if (!content.damaged().isEmpty()) {
            throw new IOException("it is damaged: what it holds in " + String.join(", ", content.damaged())
                    + " is not what was written");
        }
        if (structure.current()) {
            file.read(RESTORED);
        }
        long sequence = content.sequence();
        String kept = "";
        if (Files.exists(file.path())) {
            Path aside = file.path(file.aside("before-restore"));
            keep(file.path(), aside);
            kept = "; the database as it was is " + aside;
        }
        // First the file of the newest change: a start between the two steps must not take the backup for damage.
        NewestFile newest = new NewestFile(file.folder(), "file");
        long given = newest.read().map(NewestFile.Newest::given).orElse(0L);
        newest.reset(new NewestFile.Newest(sequence, Instant.now(), Math.max(sequence, given)));
        SafeFile.giveToOwnerOfFolder(file.path(RESTORED));
        SafeFile.replace(file.path(RESTORED), file.path());
        return "The database has been restored from " + from + " with changes up to number " + sequence + kept;
    }

    private static void keep(Path file, Path aside) throws IOException {
        try {
            Files.createLink(aside, file);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(file, aside);
        }
        SafeFile.sync(aside);
    }
}
