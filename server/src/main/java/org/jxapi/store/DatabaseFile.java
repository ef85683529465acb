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
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * The database's file in a data folder: {@code jxapi.mv.db}. A new one, or one of a newer schema, is made beside it and put
 * in its place when it is whole and on disk, so a start that is interrupted leaves what was there. The file of the
 * schema before stays as {@code jxapi-schema-N.mv.db}.
 */
final class DatabaseFile {
    /** Number of the newest migration. */
    static final int SCHEMA = 2;

    private static final int IN_USE = 90020;
    private static final String SUFFIX = ".mv.db";

    private final Path folder;
    private final String fileSystem;

    /**
     * @param fileSystem the file system of H2's through which the file is opened: {@code file}, or one that a test brings
     */
    DatabaseFile(Path folder, String fileSystem) {
        this.folder = folder.toAbsolutePath();
        this.fileSystem = fileSystem;
    }

    /**
     * Opens the database; makes or migrates it first where that is needed.
     *
     * @throws StoreException when it cannot be used, with one line that says why; the file is as it was
     */
    Connection open() {
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            if (!Files.exists(path("jxapi"))) {
                create();
            }
            Files.setPosixFilePermissions(path("jxapi"), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new StoreException("cannot use the data folder " + folder + ": " + e.getMessage(), e);
        }
        refuseBroken();
        Connection connection = connect("jxapi");
        try {
            int schema = schema(connection);
            if (schema > SCHEMA) {
                throw new StoreException("the data folder belongs to a newer version of jxapid: its schema is version "
                        + schema + ", this one's is " + SCHEMA);
            }
            if (schema < SCHEMA) {
                upgrade(connection, schema);
                connection = connect("jxapi");
            }
            return connection;
        } catch (SQLException | IOException e) {
            abandon(connection);
            throw new StoreException("cannot read the database " + path("jxapi") + ": " + firstLine(e), e);
        } catch (RuntimeException | Error e) {
            abandon(connection);
            throw e;
        }
    }

    /** H2 would make a new database in a file of which it can read nothing but the first block. */
    private void refuseBroken() {
        try (MVStore file = new MVStore.Builder()
                .fileName(fileSystem + ":" + path("jxapi"))
                .readOnly()
                .open()) {
            if (file.getMapNames().isEmpty()) {
                throw new StoreException("cannot read the database " + path("jxapi") + ": it is broken");
            }
        } catch (MVStoreException e) {
            throw new StoreException(
                    e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED
                            ? inUse()
                            : "cannot read the database " + path("jxapi") + ": " + firstLine(e),
                    e);
        }
    }

    private String inUse() {
        return "the data folder " + folder + " is in use by another jxapid";
    }

    private void create() throws IOException {
        empty("jxapi-new");
        Schema.migrate(url("jxapi-new"));
        SafeFile.replace(path("jxapi-new"), path("jxapi"));
    }

    private void upgrade(Connection old, int from) throws IOException {
        // The old database stays open meanwhile, and with it locked; nothing is written to it.
        copy("jxapi-schema-" + from);
        copy("jxapi-new");
        Schema.migrate(url("jxapi-new"));
        abandon(old);
        SafeFile.replace(path("jxapi-new"), path("jxapi"));
    }

    private void copy(String to) throws IOException {
        empty(to);
        Files.copy(path("jxapi"), path(to), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(path(to), PosixFilePermissions.fromString("rw-------"));
        SafeFile.sync(path(to));
    }

    /** An empty file, which H2 fills; its own would be readable by others. */
    private void empty(String name) throws IOException {
        Files.deleteIfExists(path(name));
        Files.createFile(
                path(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private Connection connect(String name) {
        try {
            return DriverManager.getConnection(url(name), "sa", "");
        } catch (SQLException e) {
            throw new StoreException(
                    e.getErrorCode() == IN_USE
                            ? inUse()
                            : "cannot open the database " + path(name) + ": " + firstLine(e),
                    e);
        }
    }

    Path path(String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** WRITE_DELAY=0: a commit writes at once. DB_CLOSE_ON_EXIT: the daemon closes it. No trace file beside it. */
    private String url(String name) {
        return "jdbc:h2:" + fileSystem + ":" + folder.resolve(name)
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    /** The newest migration that the database has had; Flyway, which knows too, takes long to load. */
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

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
