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
}
