package org.jxapi.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a backup in the place of a database that is not in use. */
public final class DatabaseRestore {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRestore.class);
    private static final String RESTORED = "jxapi-restored";

    private DatabaseRestore() {}

    /** Reads the objects of a dump, in the order in which they were made. */
    public interface DumpReader {
        Map<Ref<?>, Row<?>> read(Path dump) throws IOException;
    }

    /**
     * Restores a backup after reading all of it. The old database stays in the same folder.
     *
     * @param backup a backup, a database file or a dump; null for the newest backup
     * @param dumps reads those in XML
     * @return what was done, in one line
     * @throws StoreException when it cannot be done, with one line that says why; nothing has changed then
     */
    public static String run(StoreSettings settings, @Nullable Path backup, DumpReader dumps) {
        try (FolderLock lock = FolderLock.take(settings.folder())) {
            Path from = backup == null ? newest(settings.backups()) : backup;
            DatabaseFile file = new DatabaseFile(settings.folder(), "file");
            try {
                return restore(file, from, dumps);
            } catch (IOException | SQLException | XenApiException | DatabaseFile.Unreadable e) {
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

    private static String restore(DatabaseFile file, Path from, DumpReader dumps)
            throws IOException, SQLException, DatabaseFile.Unreadable {
        if (Files.isDirectory(from)) {
            throw new FileSystemException(from.toString(), null, "Is a directory");
        }
        if (xml(from)) {
            Map<Ref<?>, Row<?>> objects = new LinkedHashMap<>(dumps.read(from));
            objects.putAll(poolFiles(file));
            file.create(RESTORED, objects);
        } else {
            BackupFile.extract(from, file.path(RESTORED));
        }
        return "The database has been restored from " + from + " " + replace(file, RESTORED);
    }

    /** The texts that the pool keeps for itself stay as they are, because dumps do not have them. */
    private static Map<Ref<?>, Row<?>> poolFiles(DatabaseFile file) {
        Map<Ref<?>, Row<?>> files = new LinkedHashMap<>();
        if (Files.exists(file.path())) {
            try {
                file.read(DatabaseFile.NAME)
                        .state()
                        .all(PoolFile.STORE_CLASS)
                        .forEach(stored -> files.put(stored.ref(), stored.row()));
            } catch (DatabaseFile.Unreadable e) {
                LOG.warn(
                        "Database: it cannot be read, so members of the pool, trusted certificates, API tokens and"
                                + " root's password are not taken over from it: {}",
                        Reason.of(e));
            }
        }
        return files;
    }

    private static boolean xml(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == '<';
        }
    }

    /**
     * Puts a database of the same folder in the place of the one in use, after reading all of it. It can be repeated after
     * a kill at any point.
     *
     * @return what was done, for a sentence
     */
    static String replace(DatabaseFile file, String by) throws IOException, DatabaseFile.Unreadable {
        long sequence = check(file, by);
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
        SafeFile.giveToOwnerOfFolder(file.path(by));
        SafeFile.replace(file.path(by), file.path());
        return "with changes up to number " + sequence + kept;
    }

    /**
     * Reads all of a database without a write to it, and checks that this version can use it.
     *
     * @return the number of its newest change
     */
    static long check(DatabaseFile file, String name) throws IOException, DatabaseFile.Unreadable {
        Structure structure = file.structure(name);
        if (structure.newer().isPresent()) {
            throw new IOException("it belongs to a newer version of jxapid: "
                    + structure.newer().get());
        }
        RawContent content = file.readRaw(name);
        if (!content.damaged().isEmpty()) {
            throw new IOException("it is damaged: what it holds in " + String.join(", ", content.damaged())
                    + " is not what was written");
        }
        if (structure.current()) {
            file.read(name);
        }
        return content.sequence();
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
