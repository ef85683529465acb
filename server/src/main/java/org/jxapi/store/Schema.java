package org.jxapi.store;

import java.sql.SQLException;
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
