package org.jxapi.volume;

/**
 * The pool that uses a repository, and its coordinator.
 *
 * @param host {@code host.uuid} of the coordinator
 * @param machine the id of its machine, which differs between two machines with copies of one database; may be empty
 * @param name the name of the coordinator, for people
 * @param pool {@code pool.uuid}; empty in the leases of earlier versions
 * @param term the term of the coordinator; 0 in the leases of earlier versions
 */
public record Holder(String host, String machine, String name, String pool, long term) {
    private static final int LEAST_LINES = 3;
    private static final int LINES = 5;

    /** The one in a lease that does not say whose it is. */
    static final Holder UNKNOWN = new Holder("unknown", "", "unknown", "", 0);

    /** Whether both are the same coordinator, in the same term. */
    boolean is(Holder other) {
        return isSameMachine(other) && pool.equals(other.pool) && term == other.term;
    }

    /** Whether both are the same host on the same machine. */
    public boolean isSameMachine(Holder other) {
        return host.equals(other.host) && machine.equals(other.machine);
    }

    /** The parts, a line each. */
    String text() {
        return String.join("\n", host, machine, name, pool, Long.toString(term)) + "\n";
    }

    /** Reads a text; earlier versions wrote only the first three parts. */
    static Holder read(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length > LINES && lines[LINES - 1].matches("\\d{1,18}")) {
            return new Holder(lines[0], lines[1], lines[2], lines[3], Long.parseLong(lines[LINES - 1]));
        }
        return lines.length > LEAST_LINES ? new Holder(lines[0], lines[1], lines[2], "", 0) : UNKNOWN;
    }
}
