package org.jxapi.store;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;

/** The database's tables: one a persistent class, one column a stored field. */
final class Schema {
    static final String LOCATION = "classpath:db/migration";

    /** Number of the newest migration. Migrations rename and convert; what the model adds needs none. */
    static final int VERSION = 4;

    /** The columns that each table has for the store itself. */
    static final Set<String> OWN_COLUMNS = Set.of("_ref", "_created", "_modified");

    /** The class whose objects end with the daemon: the database has no table of them. */
    static final String SESSION = "session";

    /** The tables of the store itself, as the migrations leave them, and as Flyway makes its own. */
    private static final List<String> OWN_TABLES = List.of(
            "CREATE TABLE \"change_log\" (\"sequence\" BIGINT NOT NULL PRIMARY KEY, \"class\" CHARACTER VARYING NOT NULL,"
                    + " \"ref\" CHARACTER VARYING NOT NULL, \"kind\" CHARACTER VARYING NOT NULL, \"created\" BIGINT NOT NULL)",
            "CREATE TABLE \"seal\" (\"table\" CHARACTER VARYING NOT NULL PRIMARY KEY, \"rows\" BIGINT NOT NULL,"
                    + " \"sum\" BIGINT NOT NULL, \"at\" BIGINT NOT NULL, \"number\" BIGINT, \"hash\" BIGINT,"
                    + " \"hash_version\" INT)",
            "CREATE TABLE \"flyway_schema_history\" (\"installed_rank\" INT NOT NULL, \"version\" VARCHAR(50),"
                    + " \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20) NOT NULL,"
                    + " \"script\" VARCHAR(1000) NOT NULL, \"checksum\" INT, \"installed_by\" VARCHAR(100) NOT NULL,"
                    + " \"installed_on\" TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL, \"execution_time\" INT NOT NULL,"
                    + " \"success\" BOOLEAN NOT NULL,"
                    + " CONSTRAINT \"flyway_schema_history_pk\" PRIMARY KEY (\"installed_rank\"))",
            "CREATE INDEX \"flyway_schema_history_s_idx\" ON \"flyway_schema_history\" (\"success\")");

    private Schema() {}

    /** The classes that have a table. Sessions have none: they end with the daemon, as XAPI's do. */
    static List<ClassModel<?>> classes() {
        return StoreModel.CLASSES.stream()
                .filter(c -> !c.name().equals(SESSION))
                .toList();
    }

    static List<Field<?, ?>> columns(ClassModel<?> model) {
        List<Field<?, ?>> columns = new ArrayList<>();
        for (Field<?, ?> field : model.fields()) {
            if (Relations.stored(field)) {
                columns.add(field);
            }
        }
        return columns;
    }

    static String table(ClassModel<?> model) {
        return "\"" + model.name() + "\"";
    }

    static String column(Field<?, ?> field) {
        return "\"" + field.name() + "\"";
    }

    /** The statement that makes the table of a class. */
    static String table(ClassModel<?> model, List<Field<?, ?>> columns) {
        StringBuilder out =
                new StringBuilder("CREATE TABLE ").append(table(model)).append(" (\n");
        out.append("    \"_ref\" CHARACTER VARYING NOT NULL PRIMARY KEY,\n");
        out.append("    \"_created\" BIGINT NOT NULL,\n    \"_modified\" BIGINT NOT NULL");
        for (Field<?, ?> field : columns) {
            out.append(",\n    ").append(column(field)).append(' ').append(Columns.sqlType(field.type()));
            out.append(" NOT NULL");
        }
        return out.append("\n)").toString();
    }

    /** The statements that add columns to a table. Rows that are there get the fields' default values. */
    static List<String> additions(ClassModel<?> model, List<Field<?, ?>> columns) {
        List<String> definitions = new ArrayList<>();
        List<String> statements = new ArrayList<>();
        for (Field<?, ?> field : columns) {
            definitions.add(column(field) + " " + Columns.sqlType(field.type()) + " DEFAULT "
                    + Columns.literal(field.type(), Objects.requireNonNull(field.defaultValue(), field::toString))
                    + " NOT NULL");
            statements.add("ALTER TABLE " + table(model) + " ALTER COLUMN " + column(field) + " DROP DEFAULT");
        }
        statements.add(0, "ALTER TABLE " + table(model) + " ADD (" + String.join(", ", definitions) + ")");
        return statements;
    }

    /**
     * Makes all tables in a database that has none, without the migrations and without Flyway, which takes long to load. For
     * Flyway, such a database begins with the newest migration, as one that it has made a baseline of.
     */
    static void create(Statement statement) throws SQLException {
        for (ClassModel<?> model : classes()) {
            statement.execute(table(model, columns(model)));
        }
        for (String table : OWN_TABLES) {
            statement.execute(table);
        }
        statement.execute(
                "INSERT INTO \"flyway_schema_history\" VALUES (1, '" + VERSION
                        + "', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, USER(), LOCALTIMESTAMP, 0, TRUE)");
    }

    /** Runs the migrations that the database has not had. */
    static void migrate(String url) throws SQLException {
        Flyway flyway = Flyway.configure()
                .dataSource(url, "sa", "")
                .locations(LOCATION)
                .validateOnMigrate(true)
                .load();
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new SQLException(e);
        }
    }
}
