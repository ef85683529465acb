package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store of a host without a pool, over an H2 file. */
public final class H2Store extends ExecutingStore implements Copyable {
    private static final Logger LOG = LoggerFactory.getLogger(H2Store.class);

    private final DatabaseAccess access;
    private final LocalCommitter committer;

    private H2Store(DatabaseAccess access, Opened opened, Published published) {
        super(published);
        this.access = access;
        this.committer = new LocalCommitter(access, opened, published, writing(), this::goBack);
    }

    /**
     * Opens the database of a data folder.
     *
     * @throws StoreException when it cannot be used, with one line that says why
     */
    public static H2Store open(Path folder) {
        return open(folder, "file");
    }

    /** Opens the database of a data folder through a file system of H2's. */
    public static H2Store open(Path folder, String fileSystem) {
        return open(StoreSettings.of(folder), fileSystem);
    }

    /** Opens a database; when its disk is full it can perhaps only be read at first. */
    public static H2Store open(StoreSettings settings, String fileSystem) {
        DatabaseAccess access = new DatabaseAccess(settings, fileSystem);
        try {
            Opened opened = access.open(settings.acceptOlder());
            if (opened.unwritable() != null) {
                LOG.error(
                        "Database: {}; reads are answered, changes are refused until there is room",
                        opened.unwritable().getMessage());
            }
            H2Store store = new H2Store(access, opened, read(opened.content(), access.given()));
            store.committer.start();
            return store;
        } catch (RuntimeException | Error e) {
            access.close();
            throw e;
        }
    }

    /** The state that a start begins with. */
    private static Published read(Content content, long given) {
        HashedState start = HashedState.of(content.state().at(given));
        if (content.damaged().isEmpty() && content.hash() != null) {
            content.hash().difference(start.hash()).ifPresent(difference -> LOG.error("Database: {}", difference));
        }
        MemoryChangeLog changes = new MemoryChangeLog();
        changes.restore(content.log(), given);
        return new Published(start, changes);
    }

    @Override
    public long durable() {
        return access.durable();
    }

    @Override
    public Path file() {
        return access.path();
    }

    @Override
    public void copyTo(Path zip) throws SQLException {
        Database.Copying copying;
        writing().lock();
        try {
            copying = committer.copying(zip);
        } finally {
            writing().unlock();
        }
        copying.run();
    }

    /** Everything that is durable now, for the first replica of a pool. Changes that are made meanwhile are not in it. */
    public StateImage image() {
        writing().lock();
        try {
            return StateImage.of(published());
        } finally {
            writing().unlock();
        }
    }

    @Override
    Committer committer() {
        return committer;
    }
}
