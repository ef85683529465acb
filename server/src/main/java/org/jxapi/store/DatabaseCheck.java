package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the database of a data folder before anything is written to it: whether all of it can be read, is what was
 * written, and is as new as {@link NewestFile} says. Otherwise the start is refused, and the file stays as it is.
 */
final class DatabaseCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCheck.class);
    private static final String COPY = "jxapi-check";

    private final DatabaseFile file;
    private final NewestFile newest;
    private final Supplier<Optional<String>> backup;

    /**
     * @param backup describes the newest backup, for messages
     */
    DatabaseCheck(DatabaseFile file, NewestFile newest, Supplier<Optional<String>> backup) {
        this.file = file;
        this.newest = newest;
        this.backup = backup;
    }

    /**
     * The contents of the database. It creates or migrates the database first if necessary.
     *
     * @param acceptOlder whether changes may be lost; the old file then stays in the same folder
     * @throws StoreException when the database cannot be used, with one line that says why
     */
    Content run(boolean acceptOlder) {
        file.prepare();
        NewestFile.Newest known = newest.read().orElse(null);
        if (!Files.exists(file.path())) {
            if (known != null) {
                throw refused("the database " + file.path() + " is missing" + held(known), false);
            }
            return file.create();
        }
        try {
            bringUpToDate(known, acceptOlder);
        } catch (DatabaseFile.Unreadable e) {
            throw unreadable(known, e);
        }
        Content content;
        try {
            content = file.read(DatabaseFile.NAME);
        } catch (DatabaseFile.Unreadable e) {
            content = fromCopy(known, e);
        }
        if (whole(content, known)) {
            return content;
        }
        // H2 may have left work that only an opening to write ends: the same file is looked at in that way too.
        Content again = fromCopy(known, null);
        if (whole(again, known)) {
            return again;
        }
        if (!acceptOlder) {
            throw refused(complaint(again, known), true);
        }
        accept(again, known);
        return again;
    }

    /** Migrates a database of an older schema, and adds what the model has in addition. */
    private void bringUpToDate(NewestFile.@Nullable Newest known, boolean acceptOlder) throws DatabaseFile.Unreadable {
        Structure structure = file.structure(DatabaseFile.NAME);
        structure.newer().ifPresent(why -> {
            throw new StoreException(
                    "the data folder belongs to a newer version of jxapid: the database " + file.path() + ": " + why);
        });
        if (structure.current()) {
            return;
        }
        Path before = file.path(DatabaseFile.before(structure.schema()));
        file.upgrade(structure.schema(), content -> {
            if (known != null && content.sequence() < known.sequence() && !acceptOlder) {
                throw refused(behind(content.sequence(), null, known), true);
            }
            // Later the rows get new seals.
            if (!content.damaged().isEmpty() && !acceptOlder) {
                throw refused(damaged(content.damaged(), known), true);
            } else if (!content.damaged().isEmpty()) {
                LOG.warn("Database: accepted: {}; the old file is {}", damaged(content.damaged(), known), before);
            }
        });
        LOG.info("Database: upgraded; the old file is {}", before);
    }

    private static boolean whole(Content content, NewestFile.@Nullable Newest known) {
        return content.damaged().isEmpty() && (known == null || content.sequence() >= known.sequence());
    }

    /** Reads a copy that H2 has opened to write. One of a file that cannot be read otherwise takes its place if it is whole. */
    private Content fromCopy(NewestFile.@Nullable Newest known, DatabaseFile.@Nullable Unreadable reason) {
        try {
            file.copy(DatabaseFile.NAME, COPY);
            Content content;
            try (Database copy = file.write(COPY)) {
                content = ContentReader.read(copy.reader());
            } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new DatabaseFile.Unreadable(Reason.of(e), e);
            }
            if (reason != null && whole(content, known)) {
                SafeFile.replace(file.path(COPY), file.path());
            } else if (reason != null) {
                throw reason;
            }
            return content;
        } catch (DatabaseFile.Unreadable e) {
            throw unreadable(known, reason == null ? e : reason);
        } catch (IOException e) {
            throw new StoreException("cannot check the database " + file.path() + ": " + Reason.of(e), e);
        } finally {
            file.drop(COPY);
        }
    }

    private void accept(Content content, NewestFile.@Nullable Newest known) {
        String aside = file.aside("damaged");
        try {
            file.copy(DatabaseFile.NAME, aside);
            newest.reset(content.newest(known));
        } catch (IOException e) {
            throw new StoreException("cannot accept the database " + file.path() + ": " + Reason.of(e), e);
        }
        LOG.warn("Database: accepted: {}; the old file is {}", complaint(content, known), file.path(aside));
    }

    private String complaint(Content content, NewestFile.@Nullable Newest known) {
        return known != null && content.sequence() < known.sequence()
                ? behind(content.sequence(), content.at(), known)
                : damaged(content.damaged(), known);
    }

    private String damaged(List<String> tables, NewestFile.@Nullable Newest known) {
        return "the database " + file.path() + " is damaged: what it holds in " + String.join(", ", tables)
                + " is not what was written" + held(known);
    }

    private String behind(long sequence, @Nullable Instant at, NewestFile.Newest known) {
        long lost = known.sequence() - sequence;
        return "the database " + file.path() + " is damaged or older than it was: its newest change is number "
                + sequence
                + (at == null ? "" : " of " + time(at)) + ", but number " + known.sequence() + " was written at "
                + time(known.at()) + ", so "
                + (lost == 1
                        ? "that change"
                        : "the last " + lost + " changes, " + (sequence + 1) + " to " + known.sequence() + ",")
                + " would be lost";
    }

    private static String held(NewestFile.@Nullable Newest known) {
        return known == null ? "" : "; its newest change was number " + known.sequence() + " of " + time(known.at());
    }

    private static Instant time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    private StoreException unreadable(NewestFile.@Nullable Newest known, DatabaseFile.Unreadable e) {
        return new StoreException(
                withWayOn("cannot read the database " + file.path() + ": " + e.getMessage() + held(known), false), e);
    }

    private StoreException refused(String complaint, boolean acceptable) {
        return new StoreException(withWayOn(complaint, acceptable));
    }

    /** The line for the operator, with the way on. */
    private String withWayOn(String complaint, boolean acceptable) {
        return complaint + ". Restore a backup with jxapid --restore-database ("
                + backup.get().map(found -> "the newest is " + found).orElse("there is none in the data folder") + ")"
                + (acceptable ? ", or start once with --accept-older-database to go on without what is lost" : "");
    }
}
