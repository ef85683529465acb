package org.jxapi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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

    /** Opens the database in that file, and makes or migrates it. */
    static Database open(DatabaseFile file) {
        Connection connection = file.open();
        try {
            connection.setAutoCommit(false);
            return new Database(connection);
        } catch (SQLException e) {
            DatabaseFile.abandon(connection);
            throw new StoreException("cannot use the database: " + e.getMessage(), e);
        }
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
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"change_log\""
                + " WHERE \"sequence\" > (SELECT MAX(\"sequence\") FROM \"change_log\") - ? ORDER BY \"sequence\"")) {
            statement.setLong(1, KEPT_CHANGES);
            List<Logged> all = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(new Logged(
                            rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5)));
                }
            }
            return all;
        }
    }

    /** Removes the lines of the change log that no start looks at any more. */
    void prune() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM \"change_log\""
                + " WHERE \"sequence\" <= (SELECT MAX(\"sequence\") FROM \"change_log\") - ?")) {
            statement.setLong(1, KEPT_CHANGES);
            statement.executeUpdate();
        }
        commit();
    }

    /** Whether the change with that number is there. */
    boolean holds(long sequence) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM \"change_log\" WHERE \"sequence\" = ?")) {
            statement.setLong(1, sequence);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
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

    /** What was committed is on disk when this returns: H2's commit leaves it to the system to write it some time. */
    void sync() throws SQLException {
        statement("CHECKPOINT SYNC").execute();
    }

    /** Leaves the file as it is, after a failure. */
    void abandon() {
        DatabaseFile.abandon(connection);
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
            if (!connection.isClosed()) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new StoreException("the database did not close cleanly: " + e.getMessage(), e);
        }
    }
}
