package org.jxapi.pool;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.Host;

/** How hosts come into a pool and leave it. */
public interface HostMoves {
    /**
     * Makes this host a member of another pool, with XAPI's checks and errors.
     *
     * @param address of that pool's coordinator
     * @param force whether software and processors may differ
     */
    void join(Call call, String address, String user, String password, boolean force);

    /** Makes another host of this pool, which has a copy of the database, its coordinator. This host becomes a member. */
    void handOver(Call call, Ref<Host> host);

    /** Has all members that can be reached follow this coordinator. Returns these, the latest first. */
    List<Ref<Host>> recover();

    /** Makes another host of this pool the coordinator of a pool of its own. */
    void eject(Call call, Ref<Host> host);
}
