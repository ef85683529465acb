package org.jxapi.member;

import java.util.List;
import org.jxapi.agent.Part;

/** The orders of the coordinator to a member as such. */
public interface MemberOrders {
    /** The part of the protocol. */
    Part<MemberOrders> PART = new Part<>("member", MemberOrders.class, List.of("leave"));

    /**
     * Makes the host the coordinator of a pool of its own, with nothing in it, and restarts its daemon a moment later. What
     * is on its storage stays. The database that it had before it joined is kept aside.
     */
    void leave();
}
