package org.jxapi.member;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.agent.Part;
import org.jxapi.certificate.Thumbprints;

/** The orders of the coordinator to a member as such. */
public interface MemberOrders {
    /** The part of the protocol. */
    Part<MemberOrders> PART = new Part<>("member", MemberOrders.class, List.of("leave", "follow", "serve", "room"));

    /**
     * Makes the host the coordinator of a pool of its own, with nothing in it, and restarts its daemon a moment later. What
     * is on its storage stays. The database that it had before it joined is kept aside, and its copy of the pool's goes.
     */
    void leave();

    /**
     * Has the host keep a copy of the database of a group from now on, which the coordinator then adds to the group.
     *
     * @param group the UUID of the group
     * @param uuid the host's
     * @param copies the ids of the copies that the group has; a host whose copy is none of them begins a new one
     */
    Copy follow(String group, String uuid, List<String> copies);

    /** Has the host follow a coordinator from now on, and trust the hosts of its pool. */
    void serve(Leader leader);

    /** The bytes that can be written on the disk of this host's copy. */
    long room();

    /**
     * A coordinator and its pool.
     *
     * @param host the reference of the coordinator's host
     * @param address where members reach it
     * @param port of its XenAPI, with TLS; 0 for none
     * @param certificate the one that it shows to hosts of the pool, in PEM form
     * @param others those of the other hosts
     * @param thumbprints those of the certificate that it shows to clients
     */
    record Leader(
            String host,
            String address,
            int port,
            String certificate,
            List<String> others,
            @Nullable Thumbprints thumbprints) {}

    /**
     * The copy of a member.
     *
     * @param id that of the copy in the group; empty if the host must not have one
     * @param port on which it listens
     */
    record Copy(String id, int port) {}
}
