package org.jxapi.store;

import java.sql.SQLException;
import java.util.List;

/**
 * The facts about a database of any version that need no model of its columns.
 *
 * @param seals the check sums of what it holds
 * @param sequence the number of its newest change
 * @param damaged the tables whose contents are not those that were written; none when it has no check sums
 */
record RawContent(Seals seals, long sequence, List<String> damaged) {
    private static final int REF = 0;
    private static final int MODIFIED = 2;

    static RawContent read(DatabaseReader database) throws SQLException {
        Seals seals = new Seals();
        long[] newest = {0};
        for (String table : database.layout().contents()) {
            boolean log = table.equals(Seals.LOG);
            database.read(table, columns -> {
                if (log) {
                    seals.logged(columns);
                } else {
                    seals.put(table, (String) columns[REF], columns);
                }
                newest[0] = Math.max(newest[0], (Long) columns[log ? 0 : MODIFIED]);
            });
        }
        List<String> damaged = database.layout().has(Seals.TABLE)
                ? seals.differing(database.written().seals())
                : List.of();
        return new RawContent(seals, newest[0], damaged);
    }
}
