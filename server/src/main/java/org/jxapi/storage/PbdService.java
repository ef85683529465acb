package org.jxapi.storage;

import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PBDMessages;

/** The messages of class PBD. */
final class PbdService implements PBDMessages<Call> {
    private final Pbds pbds;

    PbdService(Pbds pbds) {
        this.pbds = pbds;
    }

    void bind(MessageTable<Call> table) {
        PBDMessages.bind(table, this);
        table.bind("PBD.create", (call, args) -> pbds.create(call, (Row) args[0]));
        table.bind("PBD.destroy", (call, args) -> {
            pbds.destroy(call, Ref.of(args[0].toString()));
            return null;
        });
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
