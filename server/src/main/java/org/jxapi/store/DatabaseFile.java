package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's file in a data folder: {@code jxapi.mv.db}. A new one, or one of a newer schema, is made beside it and put
 * in its place when it is whole and on disk, so a start that is interrupted leaves what was there. The file of the
 * schema before stays as {@code jxapi-schema-N.mv.db}. Nothing is written to a file before all of it has been read.
 */
final class DatabaseFile {
    /** Number of the newest migration. */
    static final int SCHEMA = 3;

    static final String NAME = "jxapi";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int IN_USE = 90020;
    private static final String SUFFIX = ".mv.db";
    private static final String READ_ONLY = ";ACCESS_MODE_DATA=r";

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

        Unreadable(String message, Throwable cause) {
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

    /** Makes a database without objects. */
    void create() {
        try {
            empty("jxapi-new");
            Schema.migrate(url("jxapi-new"));
            seal("jxapi-new");
            SafeFile.replace(path("jxapi-new"), path());
        } catch (IOException | SQLException | Unreadable e) {
            throw new StoreException("cannot make the database " + path() + ": " + Reason.of(e), e);
        }
    }

    /** Brings a database of an older schema up to date. */
    void upgrade(int from) throws Unreadable {
        try {
            copy(NAME, "jxapi-schema-" + from);
            copy(NAME, "jxapi-new");
            Schema.migrate(url("jxapi-new"));
            seal("jxapi-new");
            SafeFile.replace(path("jxapi-new"), path());
        } catch (IOException | SQLException e) {
            throw new StoreException("cannot bring the database " + path() + " up to date: " + Reason.of(e), e);
        }
    }

    private void seal(String name) throws SQLException, Unreadable {
        try (Database database = write(name)) {
            database.continueFrom(ContentReader.read(database));
            database.sealAll();
        }
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
        try {
            Files.deleteIfExists(path(KEPT));
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", path(KEPT), Reason.of(e));
        }
    }

    /** An empty file, which H2 fills; its own would be readable by others. */
    private void empty(String name) throws IOException {
        Files.deleteIfExists(path(name));
        Files.createFile(path(name), SafeFile.PRIVATE);
    }

    /** The newest migration that the database has had. */
    int schema(String name) throws Unreadable {
        Connection connection = connect(name, READ_ONLY);
        try {
            return schema(connection);
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        } finally {
            abandon(connection);
        }
    }

    /** Reads everything without a write to the file. */
    Content read(String name) throws Unreadable {
        Connection connection = connect(name, READ_ONLY);
        try {
            return ContentReader.read(new Database(connection, url(name)));
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        } finally {
            abandon(connection);
        }
    }

    /** The number of the newest change in a database of any schema. */
    long newestChange(String name) throws Unreadable {
        Connection connection = connect(name, READ_ONLY);
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT MAX(\"sequence\") FROM \"change_log\"")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        } finally {
            abandon(connection);
        }
    }

    /** Opens the file to read and write; H2 writes to it at once. */
    Database write(String name) throws Unreadable, SQLException {
        Connection connection = connect(name, "");
        try {
            return new Database(connection, url(name));
        } catch (SQLException e) {
            abandon(connection);
            throw e;
        }
    }

    private Connection connect(String name, String options) throws Unreadable {
        try {
            if (Files.size(path(name)) == 0 && !options.isEmpty()) {
                throw new Unreadable("it is empty", null);
            }
            return DriverManager.getConnection(url(name) + options, "sa", "");
        } catch (SQLException e) {
            if (e.getErrorCode() == IN_USE) {
                throw new StoreException("the data folder " + folder + " is in use by another jxapid", e);
            }
            throw new Unreadable(Reason.of(e), e);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new Unreadable(Reason.of(e), e);
        }
    }

    /** WRITE_DELAY=0: a commit writes at once. DB_CLOSE_ON_EXIT: the daemon closes it. No trace file beside it. */
    private String url(String name) {
        return "jdbc:h2:" + fileSystem + ":" + folder.resolve(name)
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    /** Flyway, which knows the migrations too, takes long to load. */
    private static int schema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet tables = statement.executeQuery(
                    "SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'flyway_schema_history'")) {
                if (!tables.next()) {
                    throw new SQLException("it is no database of jxapid");
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT MAX(CAST(\"version\" AS INT)), BOOL_AND(\"success\")"
                    + " FROM \"flyway_schema_history\" WHERE \"version\" IS NOT NULL")) {
                rows.next();
                if (!rows.getBoolean(2)) {
                    throw new SQLException("a migration of it has failed");
                }
                return rows.getInt(1);
            }
        }
    }

    /** Closes a database without a write to its file. */
    static void abandon(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            // It has closed itself.
        }
    }
}
