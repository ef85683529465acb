package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.VM;

/** The migrations lead from every schema that there was to the model of today. */
class SchemaTest {
    @TempDir
    Path folder;

    @Test
    void theNewestMigrationIsKnownByItsNumber() {
        for (int schema = 1; schema <= DatabaseFile.SCHEMA; schema++) {
            assertThat(migration(schema)).as("migration %d", schema).isNotNull();
        }
        assertThat(migration(DatabaseFile.SCHEMA + 1)).isNull();
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

    /** The databases in the resources are what jxapid left at that schema; a new migration needs that of the one before. */
    @Test
    void aDatabaseOfAnOlderSchemaIsBroughtUpToDateAndKept() throws Exception {
        for (int schema = 1; schema < DatabaseFile.SCHEMA; schema++) {
            Path data = Files.createDirectory(folder.resolve("schema-" + schema));
            Path file = data.resolve("jxapi.mv.db");
            try (InputStream old = SchemaTest.class.getResourceAsStream("/databases/schema-" + schema + ".mv.db.gz")) {
                assertThat(old).as("a database of schema %d", schema).isNotNull();
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

    @Test
    void aStartThatWasInterruptedWhileItMadeTheDatabaseDoesNotMatter() throws Exception {
        Files.writeString(folder.resolve("jxapi-new.mv.db"), "half");
        H2Store.open(folder).close();
        assertThat(columns("file:" + folder.resolve("jxapi"))).isEqualTo(columnsOfTheModel());
    }

    private static List<String> columnsOfTheModel() throws SQLException {
        try (Connection model = DriverManager.getConnection("jdbc:h2:mem:model", "sa", "");
                Statement statement = model.createStatement()) {
            statement.execute(Schema.ddl());
            return columns("mem:model");
        }
    }

    private static List<String> columns(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:" + database, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE"
                        + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC'"
                        + " AND TABLE_NAME <> 'flyway_schema_history' ORDER BY TABLE_NAME, COLUMN_NAME")) {
            List<String> columns = new ArrayList<>();
            while (rows.next()) {
                columns.add(
                        String.join(" ", rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
            return columns;
        }
    }
}
