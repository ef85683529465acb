package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** The H2 file behind the store. Used by one thread at a time. */
final class Database implements AutoCloseable {
    /** Removals in the change log that a start still looks at; XAPI remembers as many a class at most. */
    private static final int KEPT_CHANGES = 10_000;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Database(Connection connection) {
        this.connection = connection;
    }

    /** Opens the database of that folder, and makes or migrates it. */
    static Database open(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new StoreException("cannot use the data folder " + folder + ": " + e.getMessage(), e);
        }
        // WRITE_DELAY=0: a commit is on disk when it returns. DB_CLOSE_ON_EXIT: the daemon closes it itself.
        String url =
                "jdbc:h2:file:" + folder.resolve("jxapi").toAbsolutePath() + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
        Connection connection;
        try {
            connection = DriverManager.getConnection(url, "sa", "");
        } catch (SQLException e) {
            throw new StoreException(
                    e.getErrorCode() == 90020
                            ? "the data folder " + folder + " is in use by another jxapid"
                            : "cannot open the database in " + folder + ": "
                                    + e.getMessage().lines().findFirst().orElse(""),
                    e);
        }
        try {
            if (!upToDate(connection)) {
                Schema.migrate(url);
            }
            connection.setAutoCommit(false);
            return new Database(connection);
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e instanceof RuntimeException runtime
                    ? runtime
                    : new StoreException("cannot read the database in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Whether exactly this version's migrations are there: then Flyway, which takes long to load, has nothing to do. */
    private static boolean upToDate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet tables = statement.executeQuery(
                    "SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'flyway_schema_history'")) {
                if (!tables.next()) {
                    return false;
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*), MAX(CAST(\"version\" AS INT)),"
                    + " BOOL_AND(\"success\") FROM \"flyway_schema_history\" WHERE \"version\" IS NOT NULL")) {
                rows.next();
                return rows.getInt(1) == Migrations.LATEST && rows.getInt(2) == Migrations.LATEST && rows.getBoolean(3);
            }
        }
    }

    /** Number of migrations that this version brings. */
    static final class Migrations {
        static final int LATEST = 1;

        private Migrations() {}
    }

    /** Reads all rows of a class. */
    void read(ClassModel model, BiConsumer<ClassModel, Stored> each) throws SQLException {
        List<Field<?>> columns = Schema.columns(model);
        String names = columns.stream().map(Schema::column).collect(Collectors.joining(", "));
        String sql = "SELECT \"_ref\", \"_created\", \"_modified\"" + (names.isEmpty() ? "" : ", " + names) + " FROM "
                + Schema.table(model);
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Object[] values = new Object[model.fields().size()];
                for (Field<?> field : model.fields()) {
                    values[field.index()] = field.defaultValue();
                }
                int i = 4;
                for (Field<?> field : columns) {
                    values[field.index()] = Columns.fromColumn(field.type(), rows.getObject(i++));
                }
                each.accept(
                        model,
                        new Stored(
                                new Ref<>(rows.getString(1)), Row.of(model, values), rows.getLong(2), rows.getLong(3)));
            }
        }
    }

    /** A line of the change log. */
    record Logged(long sequence, String className, String ref, String kind, long created) {}

    /** The last lines of the change log, oldest first. */
    List<Logged> changeLog() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM \"change_log\" WHERE \"sequence\" <=" + " (SELECT MAX(\"sequence\") - "
                    + KEPT_CHANGES + " FROM \"change_log\")");
            List<Logged> all = new java.util.ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT * FROM \"change_log\" ORDER BY \"sequence\"")) {
                while (rows.next()) {
                    all.add(new Logged(
                            rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5)));
                }
            }
            connection.commit();
            return all;
        }
    }

    /** Writes one object's effect; durable with the next {@link #commit}. */
    void write(StateTransaction.Effect effect) throws SQLException {
        boolean table = !effect.model.name().equals("session");
        if (effect.now == null) {
            if (table && effect.existed) {
                PreparedStatement delete =
                        statement("DELETE FROM " + Schema.table(effect.model) + " WHERE \"_ref\" = ?");
                delete.setString(1, effect.ref.value());
                delete.executeUpdate();
            }
        } else if (table && (!effect.existed || effect.storedFieldsChanged)) {
            merge(effect.model, effect.now);
        }
        if (effect.existed || effect.now != null) {
            PreparedStatement log = statement("INSERT INTO \"change_log\" VALUES (?, ?, ?, ?, ?)");
            log.setLong(1, effect.sequence);
            log.setString(2, effect.model.name());
            log.setString(3, effect.ref.value());
            log.setString(4, StateTransaction.change(effect).kind().name());
            log.setLong(5, effect.before == null ? effect.sequence : effect.before.created());
            log.executeUpdate();
        }
    }

    private void merge(ClassModel model, Stored stored) throws SQLException {
        List<Field<?>> columns = Schema.columns(model);
        String sql = "MERGE INTO " + Schema.table(model) + " (\"_ref\", \"_created\", \"_modified\""
                + columns.stream().map(c -> ", " + Schema.column(c)).collect(Collectors.joining())
                + ") KEY (\"_ref\") VALUES (?, ?, ?" + ", ?".repeat(columns.size()) + ")";
        PreparedStatement merge = statement(sql);
        merge.setString(1, stored.ref().value());
        merge.setLong(2, stored.created());
        merge.setLong(3, stored.modified());
        int i = 4;
        for (Field<?> field : columns) {
            merge.setObject(i++, Columns.toColumn(field.type(), stored.row().get(field.index())));
        }
        merge.executeUpdate();
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StoreException("the database did not close cleanly: " + e.getMessage(), e);
        }
    }
}
