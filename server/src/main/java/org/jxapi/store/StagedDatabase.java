package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that is made next to the one in use, and takes its place at the next start: whenever the daemon is killed,
 * there is the old one or the new one. Closing it removes what was not staged.
 */
public final class StagedDatabase implements AutoCloseable {
    /** The number of the schema of all databases that this version makes. */
    public static final int SCHEMA = Schema.VERSION;

    private static final Logger LOG = LoggerFactory.getLogger(StagedDatabase.class);
    private static final String MADE = "jxapi-making";
    private static final String STAGED = "jxapi-staged";

    private final DatabaseFile file;

    private StagedDatabase(DatabaseFile file) {
        this.file = file;
    }

    /**
     * Makes a database of these objects and reads all of it again. One at a time.
     *
     * @param folder the data folder, whose lock this process holds
     * @param objects in the order in which they were made
     * @throws StoreException when it cannot be made, with one line that says why
     */
    public static StagedDatabase make(Path folder, Map<Ref<?>, Row<?>> objects) {
        DatabaseFile file = new DatabaseFile(folder, "file");
        StagedDatabase made = new StagedDatabase(file);
        try {
            file.create(MADE, objects);
            Content content = file.read(MADE);
            if (!content.damaged().isEmpty() || content.sequence() != objects.size()) {
                throw new IOException("the database was not written whole");
            }
            return made;
        } catch (IOException | SQLException | DatabaseFile.Unreadable | RuntimeException e) {
            made.close();
            throw StoreException.unwritable(file.path(MADE), e);
        }
    }

    /** The next start uses it. On disk when it returns. */
    public void stage() {
        try {
            SafeFile.replace(file.path(MADE), file.path(STAGED));
        } catch (IOException e) {
            throw StoreException.unwritable(file.path(STAGED), e);
        }
    }

    /** Has the next start use the database of another folder, which is closed and goes from there. */
    public static void take(Path from, Path folder) throws IOException {
        SafeFile.replace(new DatabaseFile(from, "file").path(), new DatabaseFile(folder, "file").path(STAGED));
        SafeFile.sync(folder);
    }

    /** Whether the next start takes another database than the one in use. */
    public static boolean waits(Path folder) {
        return Files.exists(new DatabaseFile(folder, "file").path(STAGED));
    }

    @Override
    public void close() {
        file.drop(MADE);
    }

    /**
     * Puts a staged database in its place, if there is one. The old one stays in the folder. It stays in use when the new
     * one has become unreadable.
     *
     * @throws StoreException when the folder cannot be used
     */
    public static void use(StoreSettings settings) {
        DatabaseFile file = new DatabaseFile(settings.folder(), "file");
        try (FolderLock lock = FolderLock.take(settings.folder())) {
            file.drop(MADE);
            if (!Files.exists(file.path(STAGED))) {
                return;
            }
            try {
                LOG.warn("Database: restored {}", DatabaseRestore.replace(file, STAGED));
            } catch (IOException | DatabaseFile.Unreadable e) {
                LOG.error("Database: not restored, it stays as it was: {}", Reason.of(e));
                file.drop(STAGED);
            }
        }
    }
}
