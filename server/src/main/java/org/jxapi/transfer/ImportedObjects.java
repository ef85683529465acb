package org.jxapi.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** The objects of an archive as they become objects here, in XAPI's order and with XAPI's changes. */
final class ImportedObjects {
    /** Marks a pool's own network, which clients cannot destroy. The network of another pool is none here. */
    private static final String SYSTEM = "is_host_internal_management_network";

    private final Store store;
    private final Client client;
    private final Call call;
    private final ImportState state;
    private final ImportedDisks disks;
    private final ImportedVms machines;

    ImportedObjects(
            Store store, Client client, Call call, ImportState state, ImportedDisks disks, ImportedVms machines) {
        this.store = store;
        this.client = client;
        this.call = call;
        this.state = state;
        this.disks = disks;
        this.machines = machines;
    }

    /**
     * Makes them all, or checks that they could be made when it is a dry run. VMs that they replace stay as they are, held
     * by an operation, until the import's last transaction.
     */
    void make() {
        if (state.options().restore()) {
            Identities.check(state.items().all());
            MacSeeds.check(store.snapshot(), state.items());
        }
        each(
                Host.XEN_CLASS,
                item -> store.snapshot()
                        .byUuid(Host.XEN_CLASS, item.text("uuid"))
                        .ifPresent(host -> state.put(item, host.ref())));
        each(VDI.XEN_CLASS, this::disk);
        each(VM.XEN_CLASS, machines::make);
        each(Network.XEN_CLASS, this::network);
        ImportedDevices devices = new ImportedDevices(store, client, state, machines);
        each(VBD.XEN_CLASS, devices::vbd);
        each(VIF.XEN_CLASS, devices::vif);
        machines.link();
    }

    private void each(ClassModel<?> model, Consumer<Item> make) {
        for (Item item : state.items().of(model)) {
            call.throwIfCancelled();
            make.accept(item);
        }
    }

    private void disk(Item vdi) {
        Item sr = state.items().get(vdi.text("SR"));
        Optional<Ref<VDI>> here =
                sr.text("content_type").equals("iso") ? disc(vdi.text("location")) : disks.of(vdi, sr);
        here.ifPresent(found -> state.put(vdi, found));
    }

    /** A disc of that name in any library. */
    private Optional<Ref<VDI>> disc(String location) {
        Snapshot now = store.snapshot();
        return now.all(VDI.XEN_CLASS).stream()
                .filter(stored -> {
                    Row<VDI> row = stored.row();
                    Row<SR> sr = now.row(row.get(VDI.SR));
                    return row.get(VDI.LOCATION).equals(location)
                            && sr.get(SR.CONTENT_TYPE).equals("iso")
                            && !sr.get(SR.TYPE).equals("udev");
                })
                .findFirst()
                .map(Stored::ref);
    }

    /** By its name, else by its bridge; one that is not here is made. */
    private void network(Item item) {
        List<Stored<Network>> all = List.copyOf(store.snapshot().all(Network.XEN_CLASS));
        Optional<Stored<Network>> found = all.stream()
                .filter(n -> n.row().get(Network.NAME_LABEL).equals(item.text("name_label")))
                .findFirst()
                .or(() -> all.stream()
                        .filter(n -> n.row().get(Network.BRIDGE).equals(item.text("bridge")))
                        .findFirst());
        if (found.isPresent()) {
            state.put(item, found.get().ref());
        } else if (state.options().dryRun()) {
            state.put(item, Network.XEN_CLASS.freshRef());
        } else {
            state.put(item, create(item));
        }
    }

    private Ref<Network> create(Item item) {
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        Map<String, Object> config = item.map("other_config");
        config.put(ImportOptions.TASK, call.task().value());
        config.remove(SYSTEM);
        record.put("other_config", config);
        record.put("bridge", "");
        Ref<Network> network = client.make(Network.XEN_CLASS, record);
        state.undo().push(() -> client.call("network.destroy", network.value()));
        return network;
    }
}
