package org.jxapi.network;

import java.util.List;

/**
 * Networks whose guests get their addresses and name service from the host, and reach the outside with the host's
 * address. Nothing that others made on the host is changed.
 */
public interface Nat {
    /** The IPv4 networks that the host has on interfaces other than that bridge. */
    List<NatAddress> others(String bridge);

    /**
     * Makes a bridge that jxapi made the host's end of a NAT network. Parts that are there already stay, such as the
     * running name server. INTERNAL_ERROR names the step that failed or the program that is missing. Then nothing is
     * left.
     */
    void start(String bridge, NatAddress address);

    /** Whether a bridge has the files of a NAT network that was set up and not removed. */
    boolean isUp(String bridge);

    /** Undoes that, but for the bridge; nothing happens if there is nothing to undo. */
    void stop(String bridge);
}
