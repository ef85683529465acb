package org.jxapi.volume;

/**
 * The host that uses a repository.
 *
 * @param host {@code host.uuid}
 * @param machine the id of the machine, which differs between two machines with copies of one database; may be empty
 * @param name the name of the host, for people
 */
public record Holder(String host, String machine, String name) {
    /** The one in a lease that does not say whose it is. */
    static final Holder UNKNOWN = new Holder("unknown", "", "unknown");

    /** Whether both are the same host on the same machine. */
    boolean is(Holder other) {
        return host.equals(other.host) && machine.equals(other.machine);
    }
}
