package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.backup.DumpFile;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.VM;

/**
 * An addition to the model needs no migration: a start adds the missing tables and columns to a database of an earlier
 * model. The tests make such a database: they drop some columns and seal the rest.
 */
class EarlierModelTest {
    @TempDir
    Path folder;

    private Path database;
    private Path before;
    private Ref<Network> network;

    @BeforeEach
    void fill() {
        database = folder.resolve("jxapi.mv.db");
        before = folder.resolve("jxapi-schema-" + Schema.VERSION + ".mv.db");
        try (H2Store store = H2Store.open(folder)) {
            network = store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS)
                    .with(Network.NAME_LABEL, "kept")
                    .with(Network.MTU, 9000L)
                    .with(Network.TAGS, List.of("red"))
                    .with(Network.OTHER_CONFIG, Map.of("from", "an earlier model"))));
        }
    }

    private void change(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jxapi"), "sa", "");
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Changes the tables, and seals them as a version would that has such a model. */
    private void earlier(String... statements) throws Exception {
        change(statements);
        Layout layout = new DatabaseFile(folder, "file").structure("jxapi").layout();
        Seals seals = new DatabaseFile(folder, "file").readRaw("jxapi").seals();
        List<String> sealing = new ArrayList<>(List.of("DELETE FROM \"seal\""));
        for (String table : layout.contents()) {
            Seals.Seal seal = seals.get(table);
            sealing.add("INSERT INTO \"seal\" (\"table\", \"rows\", \"sum\", \"at\") VALUES ('" + table + "', "
                    + seal.rows() + ", " + seal.sum() + ", 0)");
        }
        change(sealing.toArray(String[]::new));
    }

    @Test
    void missingTablesAndColumnsAreMadeAndEverythingElseStays() throws Exception {
        earlier(
                "ALTER TABLE \"network\" DROP COLUMN \"MTU\", \"tags\"",
                "ALTER TABLE \"VM\" DROP COLUMN \"memory_target\"",
                "DROP TABLE \"secret\"");
        byte[] old = Files.readAllBytes(database);
        Ref<Secret> secret;
        try (H2Store store = H2Store.open(folder)) {
            Row<Network> row = store.snapshot().find(network).orElseThrow().row();
            assertThat(row.get(Network.NAME_LABEL)).isEqualTo("kept");
            assertThat(row.get(Network.OTHER_CONFIG)).containsEntry("from", "an earlier model");
            assertThat(row.get(Network.MTU)).isEqualTo(1500);
            assertThat(row.get(Network.TAGS)).isEmpty();
            secret = store.transact(tx -> tx.create(Row.of(Secret.XEN_CLASS).with(Secret.VALUE, "new")));
            store.change(tx -> tx.set(network, Network.MTU, 1400L));
        }
        assertThat(SchemaTest.columns("file:" + folder.resolve("jxapi"))).isEqualTo(SchemaTest.columnsOfTheModel());
        assertThat(before).hasBinaryContent(old);
        Files.delete(before);
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().get(secret, Secret.VALUE)).isEqualTo("new");
            assertThat(store.snapshot().get(network, Network.MTU)).isEqualTo(1400);
        }
        assertThat(before).as("a second copy").doesNotExist();
    }

    @Test
    void everyFieldOfEveryClassGetsItsDefault() throws Exception {
        try (H2Store store = H2Store.open(folder)) {
            store.change(tx -> Schema.classes().forEach(model -> create(tx, model)));
        }
        earlier(Schema.classes().stream()
                .map(model -> "ALTER TABLE " + Schema.table(model) + " DROP COLUMN "
                        + Schema.columns(model).stream().map(Schema::column).collect(Collectors.joining(", ")))
                .toArray(String[]::new));
        try (H2Store store = H2Store.open(folder)) {
            for (ClassModel<?> model : Schema.classes()) {
                assertThat(store.snapshot().all(model)).isNotEmpty().allSatisfy(stored -> {
                    for (Field<?, ?> field : model.fields()) {
                        assertThat(stored.row().get(field.index()))
                                .as(field.toString())
                                .isEqualTo(field.defaultValue());
                    }
                });
            }
        }
        assertThat(SchemaTest.columns("file:" + folder.resolve("jxapi"))).isEqualTo(SchemaTest.columnsOfTheModel());
    }

    private static <C> void create(Transaction tx, ClassModel<C> model) {
        tx.create(Row.of(model));
    }

    /** Adding a column would give the damaged rows new seals. */
    @Test
    void aDamagedDatabaseIsRefusedBeforeAnythingIsAdded() throws Exception {
        earlier("ALTER TABLE \"VM\" DROP COLUMN \"memory_target\"");
        byte[] damaged = Files.readAllBytes(database);
        replace(damaged, "an earlier model", "an EARLIER model");
        Files.write(database, damaged);
        assertThatThrownBy(() -> H2Store.open(folder).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is damaged: what it holds in network is not what was written");
        assertThat(database).hasBinaryContent(damaged);
        assertThat(before).doesNotExist();
        assertThat(folder.resolve("jxapi-new.mv.db")).doesNotExist();
        try (H2Store store = H2Store.open(new StoreSettings(folder, folder.resolve("backup"), true), "file")) {
            assertThat(store.snapshot().get(network, Network.OTHER_CONFIG)).containsEntry("from", "an EARLIER model");
            assertThat(store.snapshot().count(VM.XEN_CLASS)).isZero();
        }
        assertThat(before).hasBinaryContent(damaged);
        H2Store.open(folder).close();
    }

    private static void replace(byte[] content, String from, String to) {
        byte[] old = from.getBytes(StandardCharsets.US_ASCII);
        int places = 0;
        for (int i = 0; i + old.length <= content.length; i++) {
            if (Arrays.equals(content, i, i + old.length, old, 0, old.length)) {
                System.arraycopy(to.getBytes(StandardCharsets.US_ASCII), 0, content, i, old.length);
                places++;
            }
        }
        assertThat(places).isPositive();
    }

    /** The table is gone, its rows are missed: that is no earlier model. */
    @Test
    void aLostTableIsNotTakenForOneThatWasNeverThere() throws Exception {
        change("DROP TABLE \"network\"");
        byte[] lost = Files.readAllBytes(database);
        assertThatThrownBy(() -> H2Store.open(folder).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is damaged: what it holds in network is not what was written");
        assertThat(database).hasBinaryContent(lost);
    }

    @Test
    void aDatabaseOfALaterModelIsRefusedAndStaysAsItIs() throws Exception {
        for (String statement : List.of(
                "ALTER TABLE \"VM\" ADD \"colour\" CHARACTER VARYING DEFAULT 'red' NOT NULL",
                "CREATE TABLE \"orchestra\" (\"_ref\" CHARACTER VARYING NOT NULL PRIMARY KEY)")) {
            earlier(statement);
            byte[] later = Files.readAllBytes(database);
            String what = statement.contains("colour") ? "VM.colour" : "VM.colour and 1 more";
            assertThatThrownBy(() -> H2Store.open(folder).close())
                    .isInstanceOf(StoreException.class)
                    .hasMessage("the data folder belongs to a newer version of jxapid: the database " + database
                            + ": it has " + what + ", which this one does not know");
            assertThat(database).hasBinaryContent(later);
        }
        Path backup = Files.copy(database, folder.resolve("backup"));
        assertThatThrownBy(() -> DatabaseRestore.run(StoreSettings.of(folder), backup, DumpFile::read))
                .hasMessageContaining("it belongs to a newer version of jxapid: it has VM.colour");
    }

    /** The next start does not use files that an interrupted one has left, half or whole. */
    @Test
    void anInterruptedStartLosesNothing() throws Exception {
        earlier("ALTER TABLE \"network\" DROP COLUMN \"MTU\"");
        byte[] old = Files.readAllBytes(database);
        for (byte[] left : List.of(new byte[0], Arrays.copyOf(old, old.length / 2), old)) {
            Files.write(database, old);
            Files.write(before, left);
            Files.write(folder.resolve("jxapi-new.mv.db"), left);
            try (H2Store store = H2Store.open(folder)) {
                assertThat(store.snapshot().get(network, Network.NAME_LABEL)).isEqualTo("kept");
                assertThat(store.snapshot().get(network, Network.MTU)).isEqualTo(1500);
            }
            assertThat(before).hasBinaryContent(old);
            assertThat(folder.resolve("jxapi-new.mv.db")).doesNotExist();
        }
    }

    /** The disk takes a few more bytes each time: the start fails at one write after the other, and at last it does not. */
    @Test
    void aStartThatFailsAtAnyWriteChangesNothing() throws Exception {
        earlier("ALTER TABLE \"network\" DROP COLUMN \"MTU\"", "DROP TABLE \"secret\"");
        // A file without free room: what is added needs more of the disk.
        change("SHUTDOWN COMPACT");
        byte[] old = Files.readAllBytes(database);
        int failures = 0;
        boolean done = false;
        for (long room = 0; !done; room += 16_384) {
            UnsyncedFiles.register();
            UnsyncedFiles.room(room);
            try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
                done = true;
            } catch (StoreException e) {
                failures++;
                assertThat(e).hasMessageContaining(database.toString()).hasMessageContaining("No space left on device");
                assertThat(database).hasBinaryContent(old);
                assertThat(folder.resolve("jxapi-new.mv.db")).doesNotExist();
            }
        }
        UnsyncedFiles.register();
        assertThat(failures).isPositive();
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().get(network, Network.NAME_LABEL)).isEqualTo("kept");
            assertThat(store.snapshot().get(network, Network.MTU)).isEqualTo(1500);
        }
    }

    @Test
    void whatWasAddedIsOnDiskBeforeItTakesThePlaceOfTheDatabase() throws Exception {
        earlier("ALTER TABLE \"network\" DROP COLUMN \"MTU\"");
        UnsyncedFiles.register();
        H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME);
        UnsyncedFiles.cutPower(new Random(1));
        store.close();
        try (H2Store after = H2Store.open(folder)) {
            assertThat(after.snapshot().get(network, Network.NAME_LABEL)).isEqualTo("kept");
            assertThat(after.snapshot().get(network, Network.MTU)).isEqualTo(1500);
        }
    }

    @Test
    void aBackupOfAnEarlierModelIsRestoredAndExtended() throws Exception {
        earlier("ALTER TABLE \"network\" DROP COLUMN \"MTU\"");
        Path backup = Files.copy(database, folder.resolve("backup"));
        DatabaseRestore.run(StoreSettings.of(folder), backup, DumpFile::read);
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().get(network, Network.MTU)).isEqualTo(1500);
        }
    }
}
