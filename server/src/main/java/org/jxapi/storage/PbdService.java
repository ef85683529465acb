package org.jxapi.storage;

import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PBDMessages;

/** The messages of class PBD. */
public final class PbdService implements PBDMessages<Call> {
    private final Pbds pbds;

    public PbdService(Pbds pbds) {
        this.pbds = pbds;
    }

    public void bind(MessageTable<Call> table) {
        PBDMessages.bind(table, this);
        table.bindCreate(PBD.XEN_CLASS, pbds::create);
        table.bindDestroy(PBD.XEN_CLASS, pbds::destroy);
    }

    @Override
    public void plug(Call call, Ref<PBD> self) {
        pbds.plug(call, self);
    }

    @Override
    public void unplug(Call call, Ref<PBD> self) {
        pbds.unplug(call, self);
    }

    @Override
    public void setDeviceConfig(Call call, Ref<PBD> self, Map<String, String> value) {
        pbds.setDeviceConfig(call, self, value);
    }
}
