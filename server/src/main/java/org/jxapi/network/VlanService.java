package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VLANMessages;

/** The messages of class VLAN. */
public final class VlanService implements VLANMessages<Call> {
    private final Vlans vlans;

    public VlanService(Vlans vlans) {
        this.vlans = vlans;
    }

    @Override
    public Ref<VLAN> create(Call call, Ref<PIF> taggedPif, long tag, Ref<Network> network) {
        return vlans.create(taggedPif, tag, network);
    }

    @Override
    public void destroy(Call call, Ref<VLAN> self) {
        vlans.destroy(self);
    }
}
