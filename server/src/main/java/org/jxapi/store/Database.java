package org.jxapi.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The H2 file behind the store. Used by one thread at a time. */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Removals in the change log that a start still looks at; XAPI remembers as many a class at most. */
    static final int KEPT_CHANGES = 10_000;

    private final Connection connection;
    private final String url;
    private @Nullable Layout layout;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** The seals of what this connection has written or will have with the next commit. */
    private Seals seals = new Seals();

    /**
     * @param url where that connection leads
     */
    Database(Connection connection, String url) throws SQLException {
        this.connection = connection;
        this.url = url;
        connection.setAutoCommit(false);
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

    /** Goes on from what was read. */
    void continueFrom(Content content) {
        seals = content.seals();
        layout = content.layout();
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
                .filter(line -> line.sequence() > last - KEPT_CHANGES)
                .toList();
    }

    private List<LoggedChange> lines(String query) throws SQLException {
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

    /** Removes the lines of the change log that no start looks at any more. */
    void prune() throws SQLException {
        String old = "FROM \"change_log\" WHERE \"sequence\" <= (SELECT MAX(\"sequence\") FROM \"change_log\") - "
                + KEPT_CHANGES;
        List<LoggedChange> gone = lines("SELECT * " + old);
        if (!gone.isEmpty()) {
            statement("DELETE " + old).executeUpdate();
            gone.forEach(line -> seals.pruned(line.columns()));
            commit();
        }
    }

    /** The seals that the database keeps, and when the newest of them was written; null when there are none. */
    record Written(Map<String, Seals.Seal> seals, @Nullable Instant at) {}

    Written seals() throws SQLException {
        Map<String, Seals.Seal> written = new HashMap<>();
        long newest = 0;
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"seal\"");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                written.put(rows.getString(1), new Seals.Seal(rows.getLong(2), rows.getLong(3)));
                newest = Math.max(newest, rows.getLong(4));
            }
        }
        return new Written(written, written.isEmpty() ? null : Instant.ofEpochMilli(newest));
    }

    /** The hash of the state that the database keeps; null when there is none. */
    @Nullable
    KeptHash keptHash() throws SQLException {
        if (!layout().has(KeptHash.TABLE)) {
            return null;
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"state_hash\"");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? new KeptHash(rows.getLong(2), rows.getLong(3), rows.getInt(4)) : null;
        }
    }

    private void keep(KeptHash hash) throws SQLException {
        PreparedStatement merge = statement("MERGE INTO \"state_hash\" KEY (\"id\") VALUES (1, ?, ?, ?)");
        merge.setLong(1, hash.number());
        merge.setLong(2, hash.hash());
        merge.setInt(3, hash.version());
        merge.executeUpdate();
    }

    /** Writes the seals of all tables again, including empty ones, and the hash of the state. */
    void sealAll(Content content) throws SQLException {
        statement("DELETE FROM \"seal\"").executeUpdate();
        seals.takeTouched();
        for (ClassModel<?> model : Schema.classes()) {
            seal(model.name());
        }
        seal(Seals.LOG);
        commit(content.sequence(), StateHash.of(content.state()));
    }

    private void seal(String table) throws SQLException {
        Seals.Seal seal = seals.get(table);
        PreparedStatement merge = statement("MERGE INTO \"seal\" KEY (\"table\") VALUES (?, ?, ?, ?)");
        merge.setString(1, table);
        merge.setLong(2, seal.rows());
        merge.setLong(3, seal.sum());
        merge.setLong(4, System.currentTimeMillis());
        merge.executeUpdate();
    }

    /** Writes the changes of a transaction; durable with the next {@link #commit}. */
    void write(Applied applied) throws SQLException {
        for (ObjectChange<?> change : applied.changes()) {
            write(change);
        }
    }

    /** Writes the change of an object; durable with the next {@link #commit}. */
    void write(ObjectChange<?> change) throws SQLException {
        if (change.changesTable()) {
            set(change.model(), change.ref(), change.now());
        }
        PreparedStatement log = statement("INSERT INTO \"change_log\" VALUES (?, ?, ?, ?, ?)");
        Object[] line = line(change);
        for (int i = 0; i < line.length; i++) {
            log.setObject(i + 1, line[i]);
        }
        log.executeUpdate();
        seals.logged(line);
    }

    /** Undoes a change that may have been written: the object is as in that snapshot afterwards. */
    void undo(ObjectChange<?> change, Snapshot truth) throws SQLException {
        if (change.changesTable()) {
            set(change.model(), change.ref(), truth.find(change.ref()).orElse(null));
        }
        PreparedStatement delete = statement("DELETE FROM \"change_log\" WHERE \"sequence\" = ?");
        delete.setLong(1, change.number());
        if (delete.executeUpdate() == 1) {
            seals.pruned(line(change));
        }
    }

    private static Object[] line(ObjectChange<?> change) {
        return new LoggedChange(
                        change.number(),
                        change.model().name(),
                        change.ref().value(),
                        change.announcement().kind().name(),
                        change.created())
                .columns();
    }

    private void set(ClassModel<?> model, Ref<?> ref, @Nullable Stored<?> stored) throws SQLException {
        if (stored == null) {
            PreparedStatement delete = statement("DELETE FROM " + Schema.table(model) + " WHERE \"_ref\" = ?");
            delete.setString(1, ref.value());
            delete.executeUpdate();
            seals.remove(model.name(), ref.value());
            return;
        }
        List<Field<?, ?>> columns = layout().columns(model);
        String sql = "MERGE INTO " + Schema.table(model) + " (\"_ref\", \"_created\", \"_modified\""
                + columns.stream().map(c -> ", " + Schema.column(c)).collect(Collectors.joining())
                + ") KEY (\"_ref\") VALUES (?, ?, ?" + ", ?".repeat(columns.size()) + ")";
        Object[] values = new Object[3 + columns.size()];
        values[0] = ref.value();
        values[1] = stored.created();
        values[2] = stored.modified();
        for (int i = 3; i < values.length; i++) {
            Field<?, ?> field = columns.get(i - 3);
            values[i] = Columns.toColumn(field.type(), stored.row().get(field.index()));
        }
        PreparedStatement merge = statement(sql);
        for (int i = 0; i < values.length; i++) {
            merge.setObject(i + 1, values[i]);
        }
        merge.executeUpdate();
        seals.put(model.name(), ref.value(), values);
    }

    /** Commits what was written, with the seals of it, and with the number and the hash of the state that it leads to. */
    void commit(long number, StateHash hash) throws SQLException {
        keep(KeptHash.of(number, hash));
        commit();
    }

    private void commit() throws SQLException {
        for (String table : seals.takeTouched()) {
            seal(table);
        }
        connection.commit();
    }

    /** Forces all commits to disk. H2's commit leaves it to the system to write them some time later. */
    void sync() throws SQLException {
        statement("CHECKPOINT SYNC").execute();
    }

    /** A copy that is about to be made. */
    interface Copying {
        void run() throws SQLException;
    }

    /** Gets ready to copy the database to a zip; the copy is made on a connection of its own, while this one goes on. */
    Copying copying(Path zip) throws SQLException {
        Connection other = DriverManager.getConnection(url, "sa", "");
        return () -> {
            try (other;
                    PreparedStatement backup = other.prepareStatement("BACKUP TO ?")) {
                backup.setString(1, zip.toString());
                backup.execute();
            }
        };
    }

    /** Leaves the file as it is, after a failure. */
    void abandon() {
        abandon(connection);
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    /** Closes the file cleanly, if it can. All acknowledged changes are on disk already. */
    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.warn("Database: did not close cleanly, nothing is lost: {}", Reason.of(e));
            abandon();
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
