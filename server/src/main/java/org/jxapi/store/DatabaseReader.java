package org.jxapi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Row;

/** Reads what a database has. It writes nothing. */
final class DatabaseReader {
    private final Connection connection;
    private @Nullable Layout layout;

    DatabaseReader(Connection connection) {
        this.connection = connection;
    }

    /** Has a database whose tables and columns are known already. */
    void continueFrom(Layout known) {
        layout = known;
    }

    /** The tables and columns that it has. */
    Layout layout() throws SQLException {
        Layout known = layout;
        if (known == null) {
            known = Layout.of(connection);
            layout = known;
        }
        return known;
    }

    /** Reads all rows of a table, whatever its columns are. */
    void read(String table, Consumer<Object[]> each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"" + table + "\"");
                ResultSet rows = statement.executeQuery()) {
            Object[] columns = new Object[rows.getMetaData().getColumnCount()];
            while (rows.next()) {
                for (int i = 0; i < columns.length; i++) {
                    columns[i] = rows.getObject(i + 1);
                }
                each.accept(columns);
            }
        }
    }

    /** Reads all rows of a class. */
    <C> void read(ClassModel<C> model, Seals read, Consumer<Stored<C>> each) throws SQLException {
        List<Field<?, ?>> columns = layout().columns(model);
        String names = columns.stream().map(Schema::column).collect(Collectors.joining(", "));
        String sql = "SELECT \"_ref\", \"_created\", \"_modified\"" + (names.isEmpty() ? "" : ", " + names) + " FROM "
                + Schema.table(model);
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Object[] values = new Object[model.fields().size()];
                for (Field<?, ?> field : model.fields()) {
                    values[field.index()] = field.defaultValue();
                }
                Object[] raw = new Object[3 + columns.size()];
                for (int i = 0; i < raw.length; i++) {
                    raw[i] = rows.getObject(i + 1);
                    if (i >= 3) {
                        Field<?, ?> field = columns.get(i - 3);
                        values[field.index()] = Columns.fromColumn(field.type(), raw[i]);
                    }
                }
                String ref = (String) raw[0];
                read.put(model.name(), ref, raw);
                each.accept(new Stored<>(model.ref(ref), Row.of(model, values), (Long) raw[1], (Long) raw[2]));
            }
        }
    }

    /** The last lines of the change log, oldest first. */
    List<LoggedChange> changeLog(Seals read) throws SQLException {
        List<LoggedChange> all = lines("SELECT * FROM \"change_log\" ORDER BY \"sequence\"");
        all.forEach(line -> read.logged(line.columns()));
        long last = all.isEmpty() ? 0 : all.get(all.size() - 1).sequence();
        return all.stream()
                .filter(line -> line.sequence() > last - Database.KEPT_CHANGES)
                .toList();
    }

    /** The lines of the change log that a query selects. */
    List<LoggedChange> lines(String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            List<LoggedChange> all = new ArrayList<>();
            while (rows.next()) {
                all.add(new LoggedChange(
                        rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5)));
            }
            return all;
        }
    }

    /**
     * The bookkeeping of the newest commit.
     *
     * @param seals the seals of the tables
     * @param at when the newest of them was written; null when there are none
     * @param hash the hash of the state; null when the database does not say
     */
    record Written(
            Map<String, Seals.Seal> seals,
            @Nullable Instant at,
            @Nullable KeptHash hash) {}

    Written written() throws SQLException {
        Map<String, Seals.Seal> seals = new HashMap<>();
        long newest = 0;
        KeptHash hash = null;
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"seal\"");
                ResultSet rows = statement.executeQuery()) {
            boolean hashes = rows.getMetaData().getColumnCount() > 4;
            while (rows.next()) {
                seals.put(rows.getString(1), new Seals.Seal(rows.getLong(2), rows.getLong(3)));
                newest = Math.max(newest, rows.getLong(4));
                if (hashes && rows.getString(1).equals(Seals.LOG) && rows.getObject(6) != null) {
                    hash = new KeptHash(rows.getLong(5), rows.getLong(6), rows.getInt(7));
                }
            }
        }
        return new Written(seals, seals.isEmpty() ? null : Instant.ofEpochMilli(newest), hash);
    }
}
