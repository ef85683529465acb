package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.DiskContents;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;

/** The disks of an archive that holds their contents: they are made, and held until they are filled. */
final class NewDisks implements ImportedDisks {
    private final DiskContents contents;
    private final Client client;
    private final Call call;
    private final ImportState state;
    /** The disks of the archive that VMs use as disks. */
    private final Set<String> used = new HashSet<>();

    private final List<Item> streamed = new ArrayList<>();
    private final List<Operation> filling = new ArrayList<>();

    NewDisks(DiskContents contents, Client client, Call call, ImportState state) {
        this.contents = contents;
        this.client = client;
        this.call = call;
        this.state = state;
        for (Item vbd : state.items().of(VBD.XEN_CLASS)) {
            if (!vbd.text("type").equalsIgnoreCase("CD")) {
                used.add(vbd.text("VDI"));
            }
        }
    }

    @Override
    public Optional<Ref<VDI>> of(Item vdi, Item sr) {
        Map<String, Object> record = new LinkedHashMap<>(vdi.record());
        Map<String, Object> config = vdi.map("sm_config");
        config.put(ImportOptions.TASK, call.task().value());
        record.put("sm_config", config);
        record.put("SR", state.options().sr().value());
        Ref<VDI> fresh = client.make(VDI.XEN_CLASS, record);
        state.undo().push(() -> client.call("VDI.destroy", fresh.value()));
        Operation hold = contents.holdToWrite(call, fresh);
        filling.add(hold);
        state.undo().push(hold::close);
        if (used.contains(vdi.id()) || vdi.text("type").equalsIgnoreCase("suspend")) {
            streamed.add(vdi);
        }
        return Optional.of(fresh);
    }

    /** The disks of the archive whose contents follow in it. */
    List<Item> streamed() {
        return streamed;
    }

    /** Lets the disks go, which are held to be filled. */
    void letGo() {
        filling.forEach(Operation::close);
    }
}
