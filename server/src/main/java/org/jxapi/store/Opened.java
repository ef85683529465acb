package org.jxapi.store;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that has been opened and checked.
 *
 * @param database null when it can only be read for now
 * @param unwritable why; null when it can be written
 */
record Opened(
        Content content,
        @Nullable Database database,
        @Nullable StoreException unwritable) {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    /**
     * Checks the database, then opens it to write, with the room of the reserve if there is no other.
     *
     * @throws StoreException when it cannot even be read, with one line that says why
     */
    static Opened open(DatabaseFile file, DatabaseCheck check, Reserve reserve, boolean acceptOlder) {
        Content content = check.run(acceptOlder);
        boolean kept = file.keep();
        try {
            // A killed daemon's last writes may be in memory only. Later, H2's lock would end with the descriptor.
            SafeFile.sync(file.path());
            try {
                return write(file, content);
            } catch (SQLException | DatabaseFile.Unreadable e) {
                if (!reserve.release()) {
                    throw e;
                }
                return write(file, content);
            }
        } catch (SQLException | IOException | DatabaseFile.Unreadable e) {
            StoreException unwritable = StoreException.unwritable(file.path(), e);
            if (kept && !unwritable.full()) {
                restore(file, unwritable);
            }
            return new Opened(content, null, unwritable);
        } finally {
            file.dropKept();
        }
    }

    /** A file that is refused is as it was. */
    private static void restore(DatabaseFile file, StoreException refusal) {
        try {
            file.putBack();
        } catch (IOException e) {
            refusal.addSuppressed(e);
        }
    }

    private static Opened write(DatabaseFile file, Content content) throws SQLException, DatabaseFile.Unreadable {
        Database database = file.write(DatabaseFile.NAME);
        try {
            database.continueFrom(content);
            if (!content.damaged().isEmpty()) {
                database.sealAll(content);
                database.sync();
            }
            return new Opened(content, database, null);
        } catch (SQLException | RuntimeException | Error e) {
            database.abandon();
            throw e;
        }
    }

    /** Has the file of the newest change say what the database was found to have, if it does not yet. */
    NewestFile.Newest begin(NewestFile newest) {
        NewestFile.Newest known = newest.read().orElse(null);
        if (known != null && known.sequence() >= content.sequence()) {
            return known;
        }
        NewestFile.Newest now = content.newest(known);
        try {
            if (known == null) {
                newest.reset(now);
            } else {
                newest.write(now);
            }
        } catch (IOException e) {
            LOG.warn("File {}: cannot be created: {}", newest.path(), Reason.of(e));
        }
        return now;
    }
}
