package org.jxapi.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * How a database is built.
 *
 * @param schema the newest migration that it has had
 */
record Structure(int schema, Layout layout) {
    static Structure of(Connection connection) throws SQLException {
        Layout layout = Layout.of(connection);
        if (!layout.has(Layout.MIGRATIONS)) {
            throw new SQLException("it is no database of jxapid");
        }
        return new Structure(schema(connection), layout);
    }

    /** Flyway, which knows the migrations too, takes long to load. */
    private static int schema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT MAX(CAST(\"version\" AS INT)), BOOL_AND(\"success\")"
                        + " FROM \"flyway_schema_history\" WHERE \"version\" IS NOT NULL")) {
            rows.next();
            if (!rows.getBoolean(2)) {
                throw new SQLException("a migration of it has failed");
            }
            return rows.getInt(1);
        }
    }

    /** Why this version cannot use the database; empty when it can. */
    Optional<String> newer() {
        if (schema > Schema.VERSION) {
            return Optional.of("its schema is version " + schema + ", this one's is " + Schema.VERSION);
        }
        List<String> unknown = layout.unknown();
        return schema < Schema.VERSION || unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("it has " + unknown.get(0)
                        + (unknown.size() == 1 ? "" : " and " + (unknown.size() - 1) + " more")
                        + ", which this one does not know");
    }

    /** Whether it has everything that the model needs. */
    boolean current() {
        return schema == Schema.VERSION && layout.additions().isEmpty();
    }
}
