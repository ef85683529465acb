package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.VM;

/** The migrations lead from every schema that there was to the model of today. */
class SchemaTest {
    @TempDir
    Path folder;

    @Test
    void theNewestMigrationIsKnownByItsNumber() {
        for (int schema = 1; schema <= Schema.VERSION; schema++) {
            assertThat(migration(schema)).as("migration %d", schema).isNotNull();
        }
        assertThat(migration(Schema.VERSION + 1)).isNull();
    }

    private static Path migration(int schema) {
        Path sources = Path.of("src/main/resources/db/migration");
        try (var files = Files.list(sources)) {
            return files.filter(f -> f.getFileName().toString().startsWith("V" + schema + "__"))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aNewDatabaseHasTheTablesOfTheModel() throws Exception {
        H2Store.open(folder).close();
        assertThat(columns("file:" + folder.resolve("jxapi"))).isEqualTo(columnsOfTheModel());
    }

    /** One is made without the migrations. */
    @Test
    void aNewDatabaseIsAsTheMigrationsWouldHaveMadeIt() throws Exception {
        Path migrated = Files.createDirectory(folder.resolve("migrated"));
        Schema.migrate("jdbc:h2:file:" + migrated.resolve("jxapi"));
        H2Store.open(migrated).close();
        Path made = Files.createDirectory(folder.resolve("made"));
        H2Store.open(made).close();
        for (String aspect : List.of(COLUMNS, KEYS, INDEXES)) {
            assertThat(select("file:" + made.resolve("jxapi"), aspect))
                    .isNotEmpty()
                    .isEqualTo(select("file:" + migrated.resolve("jxapi"), aspect));
        }
    }

    @Test
    void laterMigrationsGoOnFromANewDatabase() throws Exception {
        H2Store.open(folder).close();
        Path later = Files.createDirectory(folder.resolve("later"));
        String next = Integer.toString(Schema.VERSION + 1);
        Files.writeString(later.resolve("V" + next + "__next.sql"), "ALTER TABLE \"VM\" ADD (\"next\" BIGINT);");
        String url = "jdbc:h2:file:" + folder.resolve("jxapi");
        Flyway.configure()
                .dataSource(url, "sa", "")
                .locations(Schema.LOCATION, "filesystem:" + later)
                .validateOnMigrate(true)
                .load()
                .migrate();
        assertThat(columns("file:" + folder.resolve("jxapi"))).anyMatch(column -> column.startsWith("VM next "));
        assertThatThrownBy(() -> H2Store.open(folder)).hasMessageContaining("its schema is version " + next);
    }

    private static final String COLUMNS =
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, IS_NULLABLE,"
                    + " COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' ORDER BY 1, 2";
    private static final String KEYS =
            "SELECT TABLE_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1, 2";
    private static final String INDEXES = "SELECT I.TABLE_NAME, COLUMN_NAME, IS_UNIQUE, INDEX_TYPE_NAME"
            + " FROM INFORMATION_SCHEMA.INDEXES I JOIN INFORMATION_SCHEMA.INDEX_COLUMNS C"
            + " ON I.INDEX_NAME = C.INDEX_NAME WHERE I.TABLE_SCHEMA = 'PUBLIC' ORDER BY 1, 2";

    private static List<String> select(String database, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:" + database, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                List<String> line = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    line.add(rows.getString(i));
                }
                lines.add(String.join(" ", line.stream().map(String::valueOf).toList()));
            }
            return lines;
        }
    }

    /** Migrations must bear that columns are missing which the model added later without one. */
    @Test
    void theTablesOfEverySchemaLeadToThoseOfTheModel() throws Exception {
        for (int schema = 1; schema < Schema.VERSION; schema++) {
            Path data = Files.createDirectory(folder.resolve("empty-" + schema));
            Flyway.configure()
                    .dataSource("jdbc:h2:file:" + data.resolve("jxapi"), "sa", "")
                    .locations(Schema.LOCATION)
                    .target(Integer.toString(schema))
                    .load()
                    .migrate();
            H2Store.open(data).close();
            assertThat(columns("file:" + data.resolve("jxapi")))
                    .as("columns of a database that was of schema %d", schema)
                    .isEqualTo(columnsOfTheModel());
        }
    }

    /** The databases in the resources are what jxapid left at that schema. */
    @Test
    void aDatabaseOfAnOlderSchemaIsBroughtUpToDateAndKept() throws Exception {
        for (int schema = 1; database(schema) != null; schema++) {
            Path data = Files.createDirectory(folder.resolve("schema-" + schema));
            Path file = data.resolve("jxapi.mv.db");
            try (InputStream old = database(schema)) {
                Files.copy(new GZIPInputStream(old), file);
            }
            byte[] before = Files.readAllBytes(file);
            int messages;
            try (H2Store store = H2Store.open(data)) {
                Stored<VM> vm = store.snapshot()
                        .find(store.snapshot().byNameLabel(VM.XEN_CLASS, "kept").get(0))
                        .orElseThrow();
                assertThat(vm.row().get(VM.OTHER_CONFIG)).containsEntry("from", "an older jxapid");
                messages = store.snapshot().count(Message.XEN_CLASS);
                store.change(tx ->
                        tx.create(org.jxapi.datamodel.Row.of(Message.XEN_CLASS).with(Message.NAME, "new")));
            }
            assertThat(columns("file:" + data.resolve("jxapi"))).isEqualTo(columnsOfTheModel());
            assertThat(data.resolve("jxapi-schema-" + schema + ".mv.db")).hasBinaryContent(before);
            assertThat(data.resolve("jxapi-new.mv.db")).doesNotExist();
            try (H2Store store = H2Store.open(data)) {
                assertThat(store.snapshot().count(Message.XEN_CLASS)).isEqualTo(messages + 1);
            }
        }
    }

    private static InputStream database(int schema) {
        return SchemaTest.class.getResourceAsStream("/databases/schema-" + schema + ".mv.db.gz");
    }

    @Test
    void aStartThatWasInterruptedWhileItMadeTheDatabaseDoesNotMatter() throws Exception {
        Files.writeString(folder.resolve("jxapi-new.mv.db"), "half");
        H2Store.open(folder).close();
        assertThat(columns("file:" + folder.resolve("jxapi"))).isEqualTo(columnsOfTheModel());
    }

    static List<String> columnsOfTheModel() throws SQLException {
        try (Connection model = DriverManager.getConnection("jdbc:h2:mem:model", "sa", "");
                Statement statement = model.createStatement()) {
            for (ClassModel<?> each : Schema.classes()) {
                statement.execute(Schema.table(each, Schema.columns(each)));
            }
            return columns("mem:model");
        }
    }

    static List<String> columns(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:" + database, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE"
                        + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC'"
                        + " AND TABLE_NAME NOT IN ('change_log', 'seal', 'flyway_schema_history')"
                        + " ORDER BY TABLE_NAME, COLUMN_NAME")) {
            List<String> columns = new ArrayList<>();
            while (rows.next()) {
                columns.add(
                        String.join(" ", rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
            return columns;
        }
    }
}
