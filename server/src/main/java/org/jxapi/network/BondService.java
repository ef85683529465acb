package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.BondMessages;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;

/** The messages of class Bond. */
public final class BondService implements BondMessages<Call> {
    private final Bonds bonds;

    public BondService(Bonds bonds) {
        this.bonds = bonds;
    }

    @Override
    public Ref<Bond> create(
            Call call,
            Ref<Network> network,
            List<Ref<PIF>> members,
            String mac,
            BondMode mode,
            Map<String, String> properties) {
        return bonds.create(call, network, members, mac, mode, properties);
    }

    @Override
    public void destroy(Call call, Ref<Bond> self) {
        bonds.destroy(call, self);
    }

    @Override
    public void setMode(Call call, Ref<Bond> self, BondMode value) {
        bonds.setMode(self, value);
    }

    @Override
    public void setProperty(Call call, Ref<Bond> self, String name, String value) {
        bonds.setProperty(self, name, value);
    }
}
