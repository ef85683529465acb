package org.jxapi.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;

/**
 * The tables and columns that a database has, and how they differ from the model's. A database of an earlier model lacks
 * some, which are added with the model's defaults. One of a later model has some that are unknown here.
 */
final class Layout {
    /** The table in which Flyway keeps the migrations that the database has had. */
    static final String MIGRATIONS = "flyway_schema_history";

    /** Tables that say something about the others. */
    private static final Set<String> BOOKKEEPING = Set.of(Seals.TABLE, MIGRATIONS);

    private final Map<ClassModel<?>, List<Field<?, ?>>> columns = new HashMap<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<String> additions = new ArrayList<>();

    private final Set<String> tables;
    private final List<String> contents;

    private Layout(Map<String, List<String>> tables) {
        this.tables = tables.keySet();
        contents =
                tables.keySet().stream().filter(t -> !BOOKKEEPING.contains(t)).toList();
        Map<String, List<String>> others = new TreeMap<>(tables);
        for (ClassModel<?> model : Schema.classes()) {
            List<String> names = others.remove(model.name());
            if (names == null) {
                additions.add(Schema.table(model, Schema.columns(model)));
            } else {
                compare(model, names);
            }
        }
        others.keySet().removeAll(BOOKKEEPING);
        others.remove(Seals.LOG);
        unknown.addAll(others.keySet());
    }

    /** The layout of a database that {@link Schema#create} has made. */
    static Layout ofTheModel() {
        Map<String, List<String>> tables = new HashMap<>();
        for (ClassModel<?> model : Schema.classes()) {
            tables.put(
                    model.name(),
                    Schema.columns(model).stream().<String>map(Field::name).toList());
        }
        for (String own : List.of(Seals.TABLE, Seals.LOG, MIGRATIONS)) {
            tables.put(own, List.of());
        }
        return new Layout(tables);
    }

    private void compare(ClassModel<?> model, List<String> names) {
        List<Field<?, ?>> known = new ArrayList<>();
        List<Field<?, ?>> missing = new ArrayList<>(Schema.columns(model));
        for (String name : names) {
            Field<?, ?> field = model.field(name);
            if (missing.remove(field)) {
                known.add(field);
            } else if (!Schema.OWN_COLUMNS.contains(name)) {
                unknown.add(model.name() + "." + name);
            }
        }
        columns.put(model, known);
        if (!missing.isEmpty()) {
            additions.addAll(Schema.additions(model, missing));
        }
    }

    static Layout of(Connection connection) throws SQLException {
        Map<String, List<String>> tables = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT TABLE_NAME, COLUMN_NAME"
                        + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC'"
                        + " ORDER BY TABLE_NAME, ORDINAL_POSITION")) {
            while (rows.next()) {
                tables.computeIfAbsent(rows.getString(1), t -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        return new Layout(tables);
    }

    /** The tables that hold objects or the change log. */
    List<String> contents() {
        return contents;
    }

    boolean has(String table) {
        return tables.contains(table);
    }

    /** The fields of a class that have a column, in the order of the columns: the check sums of rows depend on it. */
    List<Field<?, ?>> columns(ClassModel<?> model) {
        return Objects.requireNonNull(columns.get(model), () -> "no table of " + model);
    }

    /** The tables and columns that the model does not have. */
    List<String> unknown() {
        return unknown;
    }

    /** The statements that add the tables and columns that the model has in addition; none when nothing is missing. */
    List<String> additions() {
        return additions;
    }
}
