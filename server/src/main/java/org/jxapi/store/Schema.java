package org.jxapi.store;

import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.xenapi.XenModel;

/** The database's tables: one a persistent class, one column a stored field. */
final class Schema {
    static final String LOCATION = "classpath:db/migration";

    private Schema() {}

    /** The classes that have a table. Sessions have none: they end with the daemon, as XAPI's do. */
    static List<ClassModel<?>> classes() {
        return XenModel.CLASSES.stream()
                .filter(c -> c.stored() && !c.name().equals(StateTransaction.SESSION))
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

    /** The statements that make the tables of the model from nothing: the first migration, and what later ones must lead to. */
    static String ddl() {
        StringBuilder out = new StringBuilder();
        for (ClassModel<?> model : classes()) {
            out.append("CREATE TABLE ").append(table(model)).append(" (\n");
            out.append("    \"_ref\" CHARACTER VARYING NOT NULL PRIMARY KEY,\n");
            out.append("    \"_created\" BIGINT NOT NULL,\n    \"_modified\" BIGINT NOT NULL");
            for (Field<?, ?> field : columns(model)) {
                out.append(",\n    ").append(column(field)).append(' ').append(Columns.sqlType(field.type()));
                out.append(" NOT NULL");
            }
            out.append("\n);\n\n");
        }
        out.append("""
                CREATE TABLE "change_log" (
                    "sequence" BIGINT NOT NULL PRIMARY KEY,
                    "class" CHARACTER VARYING NOT NULL,
                    "ref" CHARACTER VARYING NOT NULL,
                    "kind" CHARACTER VARYING NOT NULL,
                    "created" BIGINT NOT NULL
                );

                CREATE TABLE "seal" (
                    "table" CHARACTER VARYING NOT NULL PRIMARY KEY,
                    "rows" BIGINT NOT NULL,
                    "sum" BIGINT NOT NULL,
                    "at" BIGINT NOT NULL
                );
                """);
        return out.toString();
    }

    /** Brings the database to this version's schema. */
    static void migrate(String url) {
        Flyway flyway = Flyway.configure()
                .dataSource(url, "sa", "")
                .locations(LOCATION)
                .validateOnMigrate(true)
                .load();
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new StoreException("the database cannot be migrated: " + firstLine(e), e);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(l -> !l.isBlank())
                .findFirst()
                .orElse("unknown");
    }
}
