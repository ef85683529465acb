package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's file in a data folder: {@code jxapi.mv.db}. A new one, or one that is brought up to date, is made
 * next to it and put in its place when it is whole and on disk, so a start that is interrupted leaves what was there. The
 * file as it was before stays as {@code jxapi-schema-N.mv.db}. Nothing is written to a file before all of it has been read.
 */
final class DatabaseFile {
    static final String NAME = "jxapi";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int IN_USE = 90020;
    private static final String SUFFIX = ".mv.db";
    private static final String READ_ONLY = ";ACCESS_MODE_DATA=r";

    /** A new file has nothing to compact when it is closed. */
    private static final String MAKING = ";MAX_COMPACT_TIME=0";

    /** How long H2 may keep commits in memory while a file is made, in milliseconds. */
    private static final int DELAYED = 600_000;

    private static final String NEW = "jxapi-new";
    private static final String KEPT = "jxapi-opening";
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

    private final Path folder;
    private final String fileSystem;

    /**
     * @param fileSystem the file system of H2's through which the file is opened: {@code file}, or one that a test brings
     */
    DatabaseFile(Path folder, String fileSystem) {
        this.folder = folder.toAbsolutePath();
        this.fileSystem = fileSystem;
    }

    /** A file of which not everything can be read; the message is the reason. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    Path folder() {
        return folder;
    }

    Path path() {
        return path(NAME);
    }

    Path path(String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** A name for the database as it is now, which no file of the folder has yet. */
    String aside(String why) {
        String name = "jxapi-" + why + "-" + STAMP.format(Instant.now());
        String free = name;
        for (int i = 2; Files.exists(path(free)); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    /** Makes the file private, if it is there. */
    void prepare() {
        try {
            if (Files.exists(path())) {
                Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            throw new StoreException("cannot use the data folder " + folder + ": " + Reason.of(e), e);
        }
        for (Path each : new Path[] {folder, path()}) {
            if (Files.exists(each) && !(Files.isReadable(each) && Files.isWritable(each))) {
                throw new StoreException("cannot use the data folder " + folder + ": " + each + ": Permission denied");
            }
        }
    }

    /** Makes a database without objects; returns what it holds. */
    Content create() {
        try {
            make(NEW).close();
            SafeFile.sync(path(NEW));
            SafeFile.replace(path(NEW), path());
            return Content.none();
        } catch (IOException | SQLException | Unreadable e) {
            throw new StoreException("cannot make the database " + path() + ": " + Reason.of(e), e);
        }
    }

    /** Makes a database of these objects, which were made in this order, under another name of the folder. */
    void create(String name, Map<Ref<?>, Row<?>> objects) throws IOException, SQLException, Unreadable {
        try (Database database = make(name)) {
            long number = 0;
            StateHash hash = StateHash.NONE;
            for (Map.Entry<Ref<?>, Row<?>> object : objects.entrySet()) {
                Stored<?> stored = Stored.of(object.getKey(), object.getValue(), ++number);
                ObjectChange<?> made = ObjectChange.made(stored);
                database.write(made);
                hash = hash.plus(made);
            }
            database.commit(number, hash);
        }
        SafeFile.sync(path(name));
    }

    /** Makes a database of a state, in the place of the one that is there. */
    void create(StateImage image) {
        try {
            try (Database database = make(NEW)) {
                for (Stored<?> stored : image.objects()) {
                    database.write(ObjectChange.made(stored));
                }
                for (LoggedChange removal : image.removals()) {
                    database.write(removal);
                }
                database.commit(image.number(), image.state().hash());
            }
            SafeFile.sync(path(NEW));
            SafeFile.replace(path(NEW), path());
        } catch (IOException | SQLException | Unreadable e) {
            throw new StoreException("cannot make the database " + path() + ": " + Reason.of(e), e);
        }
    }

    /** Looks at a database before it is brought up to date, and throws when it must stay as it is. */
    interface Inspection {
        void inspect(RawContent content);
    }

    /** Brings a database of an older schema, or of an earlier model, up to date. */
    void upgrade(int from, Inspection inspection) throws Unreadable {
        try {
            copy(NAME, NEW);
            try (Database copy = write(NEW)) {
                inspection.inspect(RawContent.read(copy.reader()));
            }
            copy(NAME, before(from));
            bringUpToDate(NEW, from);
            SafeFile.replace(path(NEW), path());
        } catch (IOException | SQLException e) {
            throw new StoreException("cannot bring the database " + path() + " up to date: " + Reason.of(e), e);
        } finally {
            drop(NEW);
        }
    }

    /** The database as it was before it left a schema, or before columns were added to it. */
    static String before(int schema) {
        return "jxapi-schema-" + schema;
    }

    /**
     * Makes a file with all tables, which is open afterwards and has no objects. It is not read before it is whole, so its
     * tables reach the file together.
     */
    private Database make(String name) throws IOException, SQLException, Unreadable {
        empty(name);
        Connection connection = connect(name, MAKING);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET WRITE_DELAY " + DELAYED);
                Schema.create(statement);
                statement.execute("SET WRITE_DELAY 0");
            }
            Database database = new Database(connection, url(name));
            Content content = Content.none();
            database.continueFrom(content);
            database.sealAll(content);
            return database;
        } catch (SQLException | RuntimeException | Error e) {
            Database.abandon(connection);
            throw e;
        }
    }

    /** Runs the migrations that are due, adds the tables and columns of the model that are missing, and seals all. */
    private void bringUpToDate(String name, int from) throws IOException, SQLException, Unreadable {
        if (from < Schema.VERSION) {
            Schema.migrate(url(name));
        }
        try (Connection connection = connect(name, "");
                Statement statement = connection.createStatement()) {
            Layout layout = Layout.of(connection);
            if (!layout.unknown().isEmpty()) {
                throw new SQLException(
                        "this version does not know " + layout.unknown().get(0));
            }
            for (String addition : layout.additions()) {
                statement.execute(addition);
            }
        }
        try (Database database = write(name)) {
            Content content = ContentReader.read(database.reader());
            database.continueFrom(content);
            database.sealAll(content);
        }
        SafeFile.sync(path(name));
    }

    /** Copies the file to another name of the folder; on disk when it returns. */
    void copy(String from, String to) throws IOException {
        empty(to);
        Files.copy(path(from), path(to), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(path(to), PosixFilePermissions.fromString("rw-------"));
        SafeFile.sync(path(to));
        SafeFile.sync(folder);
    }

    /**
     * Keeps a copy while the file is opened to write: H2 writes to a file before it finds that it cannot go on. Returns
     * whether there was room for it.
     */
    boolean keep() {
        try {
            dropKept();
            if (folder.toFile().getUsableSpace() < 2 * Files.size(path()) + Reserve.SIZE) {
                return false;
            }
            Files.createFile(path(KEPT), SafeFile.PRIVATE);
            Files.copy(path(), path(KEPT), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            return true;
        } catch (IOException e) {
            LOG.debug("{} was not copied before it is opened", path(), e);
            return false;
        }
    }

    /** Puts the kept copy back. */
    void putBack() throws IOException {
        SafeFile.replace(path(KEPT), path());
    }

    /** Removes the kept copy, if there is one. */
    void dropKept() {
        drop(KEPT);
    }

    /** Removes a file of this class's own, if it is there. */
    void drop(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            LOG.warn("File {}: cannot be removed: {}", path(name), Reason.of(e));
        }
    }

    /** An empty file, which H2 fills; its own would be readable by others. */
    private void empty(String name) throws IOException {
        Files.deleteIfExists(path(name));
        Files.createFile(path(name), SafeFile.PRIVATE);
    }

    /** How a database is built, whatever its version is. */
    Structure structure(String name) throws Unreadable {
        Connection connection = connect(name, READ_ONLY);
        try {
            return Structure.of(connection);
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        } finally {
            Database.abandon(connection);
        }
    }

    /** Reads everything without a write to the file. */
    Content read(String name) throws Unreadable {
        return read(name, ContentReader::read);
    }

    /** Reads everything of a database of any schema without a write to the file. */
    RawContent readRaw(String name) throws Unreadable {
        return read(name, RawContent::read);
    }

    private interface Reader<R> {
        R read(DatabaseReader database) throws SQLException;
    }

    private <R> R read(String name, Reader<R> reader) throws Unreadable {
        Connection connection = connect(name, READ_ONLY);
        try {
            return reader.read(new DatabaseReader(connection));
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        } finally {
            Database.abandon(connection);
        }
    }

    /** Opens the file to read and write; H2 writes to it at once. */
    Database write(String name) throws Unreadable, SQLException {
        Connection connection = connect(name, "");
        try {
            return new Database(connection, url(name));
        } catch (SQLException e) {
            Database.abandon(connection);
            throw e;
        }
    }

    private Connection connect(String name, String options) throws Unreadable {
        try {
            if (Files.size(path(name)) == 0 && options.equals(READ_ONLY)) {
                throw new Unreadable("it is empty", null);
            }
            return Database.connect(url(name) + options);
        } catch (SQLException e) {
            if (e.getErrorCode() == IN_USE) {
                throw new StoreException("the data folder " + folder + " is in use by another jxapid", e);
            }
            throw new Unreadable(Reason.of(e), e);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        }
    }

    /** WRITE_DELAY=0: a commit writes at once. DB_CLOSE_ON_EXIT: the daemon closes it. No trace file. */
    private String url(String name) {
        return "jdbc:h2:" + fileSystem + ":" + folder.resolve(name)
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }
}
