package org.jxapi.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Check sums of the rows that the database holds, one a table. The database keeps them too, written with the changes that
 * they belong to, and a start compares: H2 does not check the contents of its pages. A sum does not depend on the order
 * of the rows, so a change costs only its own rows.
 */
final class Seals {
    /** The table of the change log, which every commit adds to. */
    static final String LOG = "change_log";

    /** The table that has the seals of the others. */
    static final String TABLE = "seal";

    /** The number of rows of a table, and the sum of their hashes. */
    record Seal(long rows, long sum) {
        static final Seal NONE = new Seal(0, 0);
    }

    private final Map<String, Seal> tables = new HashMap<>();
    private final Map<String, Long> rows = new HashMap<>();
    private Set<String> touched = new HashSet<>();

    /** A row of a class is there, with these values of its columns. */
    void put(String table, String ref, Object[] columns) {
        long hash = hash(table, columns);
        Long old = rows.put(ref, hash);
        add(table, old == null ? 1 : 0, old == null ? hash : hash - old);
    }

    /** A row of a class is there no more. */
    void remove(String table, String ref) {
        Long old = rows.remove(ref);
        if (old != null) {
            add(table, -1, -old);
        }
    }

    /** A line of the change log is there. */
    void logged(Object... columns) {
        add(LOG, 1, hash(LOG, columns));
    }

    /** A line of the change log is there no more. */
    void pruned(Object... columns) {
        add(LOG, -1, -hash(LOG, columns));
    }

    private void add(String table, int count, long sum) {
        Seal seal = get(table);
        tables.put(table, new Seal(seal.rows + count, seal.sum + sum));
        touched.add(table);
    }

    Seal get(String table) {
        return tables.getOrDefault(table, Seal.NONE);
    }

    /** Has the seal of a table written with the next commit, although the table has not changed. */
    void touch(String table) {
        touched.add(table);
    }

    /** The tables whose seals have changed since the last call. */
    Set<String> takeTouched() {
        Set<String> taken = touched;
        touched = new HashSet<>();
        return taken;
    }

    /** The tables whose contents are not those that these seals were written for. */
    List<String> differing(Map<String, Seal> written) {
        Set<String> all = new HashSet<>(tables.keySet());
        all.addAll(written.keySet());
        List<String> differing = new ArrayList<>();
        for (String table : all) {
            if (!get(table).equals(written.getOrDefault(table, Seal.NONE))) {
                differing.add(table);
            }
        }
        differing.sort(null);
        return differing;
    }

    /** A sum over all tables but these: another one means other contents. */
    long sumWithout(Set<String> without) {
        long sum = 0;
        for (Map.Entry<String, Seal> each : tables.entrySet()) {
            if (!without.contains(each.getKey())) {
                sum += mixed(each.getValue().sum
                        + each.getValue().rows
                        + each.getKey().hashCode());
            }
        }
        return sum;
    }

    private static long hash(String table, Object[] columns) {
        StringBuilder text = new StringBuilder(table);
        for (Object column : columns) {
            // The database knows one zero.
            Object value = column instanceof Double number && number == 0 ? Double.valueOf(0) : column;
            text.append('\0').append(value);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        CRC32 high = new CRC32();
        high.update(bytes);
        CRC32C low = new CRC32C();
        low.update(bytes);
        return mixed(high.getValue() << 32 | low.getValue());
    }

    /** Sums of check sums would be linear in what they check: the finish of splitmix64 makes them independent. */
    private static long mixed(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
