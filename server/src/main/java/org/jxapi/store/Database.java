package org.jxapi.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.h2.Driver;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The H2 file behind the store. Used by one thread at a time. */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Removals in the change log that a start still looks at; XAPI remembers as many a class at most. */
    static final int KEPT_CHANGES = 10_000;

    private final Connection connection;
    private final String url;
    private final DatabaseReader reader;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    /** The statements that write a new row, by class. */
    private final Map<String, PreparedStatement> insertions = new HashMap<>();
    /** The statements that write a row which may be there, by class. */
    private final Map<String, PreparedStatement> merges = new HashMap<>();

    /** The seals of what this connection has written or will have with the next commit. */
    private Seals seals = new Seals();

    /** The hash of the state with all that this connection has written or will have with the next commit. */
    private @Nullable KeptHash hash;

    /**
     * @param url where that connection leads
     */
    Database(Connection connection, String url) throws SQLException {
        this.connection = connection;
        this.url = url;
        this.reader = new DatabaseReader(connection);
        connection.setAutoCommit(false);
    }

    /** Connects to a database of H2's. Java's manager of drivers would look for others in all jars first. */
    static Connection connect(String url) throws SQLException {
        Properties user = new Properties();
        user.put("user", "sa");
        user.put("password", "");
        return Driver.load().connect(url, user);
    }

    /** Its contents. */
    DatabaseReader reader() {
        return reader;
    }

    /** Goes on from what was read. */
    void continueFrom(Content content) {
        seals = content.seals();
        hash = content.hash();
        reader.continueFrom(content.layout());
    }

    /** Removes the lines of the change log that no start looks at any more. */
    void prune() throws SQLException {
        String old = "FROM \"change_log\" WHERE \"sequence\" <= (SELECT MAX(\"sequence\") FROM \"change_log\") - "
                + KEPT_CHANGES;
        List<LoggedChange> gone = reader.lines("SELECT * " + old);
        if (!gone.isEmpty()) {
            statement("DELETE " + old).executeUpdate();
            gone.forEach(line -> seals.pruned(line.columns()));
            commit();
        }
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

    /** The seal of the change log has the hash too: every commit writes that row anyway. */
    private void seal(String table) throws SQLException {
        Seals.Seal seal = seals.get(table);
        KeptHash with = table.equals(Seals.LOG) ? hash : null;
        PreparedStatement merge =
                statement("MERGE INTO \"seal\" (\"table\", \"rows\", \"sum\", \"at\", \"number\", \"hash\","
                        + " \"hash_version\") KEY (\"table\") VALUES (?, ?, ?, ?, ?, ?, ?)");
        merge.setString(1, table);
        merge.setLong(2, seal.rows());
        merge.setLong(3, seal.sum());
        merge.setLong(4, System.currentTimeMillis());
        merge.setObject(5, with == null ? null : with.number());
        merge.setObject(6, with == null ? null : with.hash());
        merge.setObject(7, with == null ? null : with.version());
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
            set(change.model(), change.ref(), change.now(), change.before() == null);
        }
        write(line(change));
    }

    /** Writes a line of the change log alone; durable with the next {@link #commit}. */
    void write(LoggedChange change) throws SQLException {
        write(change.columns());
    }

    private void write(Object[] line) throws SQLException {
        PreparedStatement log = statement("INSERT INTO \"change_log\" VALUES (?, ?, ?, ?, ?)");
        for (int i = 0; i < line.length; i++) {
            log.setObject(i + 1, line[i]);
        }
        log.executeUpdate();
        seals.logged(line);
    }

    /** Undoes a change that may have been written: the object is as in that snapshot afterwards. */
    void undo(ObjectChange<?> change, Snapshot truth) throws SQLException {
        if (change.changesTable()) {
            set(change.model(), change.ref(), truth.find(change.ref()).orElse(null), false);
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

    /** @param fresh whether the table has no row of the object: H2 need not look for one then */
    private void set(ClassModel<?> model, Ref<?> ref, @Nullable Stored<?> stored, boolean fresh) throws SQLException {
        if (stored == null) {
            PreparedStatement delete = statement("DELETE FROM " + Schema.table(model) + " WHERE \"_ref\" = ?");
            delete.setString(1, ref.value());
            delete.executeUpdate();
            seals.remove(model.name(), ref.value());
            return;
        }
        List<Field<?, ?>> columns = reader.layout().columns(model);
        Object[] values = new Object[3 + columns.size()];
        values[0] = ref.value();
        values[1] = stored.created();
        values[2] = stored.modified();
        for (int i = 3; i < values.length; i++) {
            Field<?, ?> field = columns.get(i - 3);
            values[i] = Columns.toColumn(field.type(), stored.row().get(field.index()));
        }
        PreparedStatement write = fresh ? insertion(model, columns) : merge(model, columns);
        for (int i = 0; i < values.length; i++) {
            write.setObject(i + 1, values[i]);
        }
        write.executeUpdate();
        seals.put(model.name(), ref.value(), values);
    }

    private PreparedStatement insertion(ClassModel<?> model, List<Field<?, ?>> columns) throws SQLException {
        PreparedStatement known = insertions.get(model.name());
        return known == null ? prepared(insertions, model, columns, "INSERT INTO ", "") : known;
    }

    private PreparedStatement merge(ClassModel<?> model, List<Field<?, ?>> columns) throws SQLException {
        PreparedStatement known = merges.get(model.name());
        return known == null ? prepared(merges, model, columns, "MERGE INTO ", " KEY (\"_ref\")") : known;
    }

    private PreparedStatement prepared(
            Map<String, PreparedStatement> kept,
            ClassModel<?> model,
            List<Field<?, ?>> columns,
            String kind,
            String key)
            throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(kind + Schema.table(model) + " (\"_ref\", \"_created\", \"_modified\""
                        + columns.stream().map(c -> ", " + Schema.column(c)).collect(Collectors.joining()) + ")" + key
                        + " VALUES (?, ?, ?" + ", ?".repeat(columns.size()) + ")");
        kept.put(model.name(), statement);
        return statement;
    }

    /** Commits what was written, with the seals of it, and with the number and the hash of the state that it leads to. */
    void commit(long number, StateHash state) throws SQLException {
        hash = KeptHash.of(number, state);
        seals.touch(Seals.LOG);
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
        Connection other = connect(url);
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
