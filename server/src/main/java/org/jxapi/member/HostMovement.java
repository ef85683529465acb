package org.jxapi.member;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.pool.HostMoves;
import org.jxapi.xenapi.Host;

/** Hosts come into this pool and leave it, and this host joins another one. */
public final class HostMovement implements HostMoves {
    private final PoolJoin join;
    private final Members members;
    private final Handover handover;
    private final Ejection ejection;

    public HostMovement(PoolJoin join, Members members, Handover handover, Ejection ejection) {
        this.join = join;
        this.members = members;
        this.handover = handover;
        this.ejection = ejection;
    }

    @Override
    public void join(Call call, String address, String user, String password, boolean force) {
        join.join(call, address, user, password, force);
    }

    @Override
    public List<Ref<Host>> recover() {
        return members.recover();
    }

    @Override
    public void handOver(Call call, Ref<Host> host) {
        handover.to(call, host);
    }

    @Override
    public void eject(Call call, Ref<Host> host) {
        ejection.eject(call, host);
    }
}
