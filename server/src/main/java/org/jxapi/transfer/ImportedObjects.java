package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmCreation;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;
import org.jxapi.xenapi.XenModel;

/** The objects of an archive as they become objects here, in XAPI's order and with XAPI's changes. */
final class ImportedObjects {
    private static final String NULL = Ref.nil().value();

    private final Store store;
    private final DiskContents contents;
    private final VmClaims claims;
    private final Client client;
    private final Call call;
    private final ImportOptions options;
    private final List<Item> items;
    private final Deque<Runnable> undo;
    private final Map<String, Ref<?>> made = new HashMap<>();
    private final Set<String> streamed = new HashSet<>();
    private final List<Operation> filling = new ArrayList<>();
    private final List<Operation> held = new ArrayList<>();
    private final List<Consumer<Transaction>> last = new ArrayList<>();

    /** @param undo what removes the objects again, the last one first */
    ImportedObjects(
            Store store,
            DiskContents contents,
            VmClaims claims,
            Client client,
            Call call,
            ImportOptions options,
            List<Item> items,
            Deque<Runnable> undo) {
        this.store = store;
        this.contents = contents;
        this.claims = claims;
        this.client = client;
        this.call = call;
        this.options = options;
        this.items = items;
        this.undo = undo;
    }

    /**
     * Makes them all; the VMs among them. Those that they replace stay as they are, held by an operation, until {@link
     * #settle}.
     */
    List<Ref<VM>> make() {
        if (options.restore()) {
            Identities.check(items);
        }
        each(
                "host",
                item -> store.snapshot()
                        .byUuid(Host.XEN_CLASS, item.text("uuid"))
                        .ifPresent(host -> made.put(item.id(), host.ref())));
        each("VDI", this::disk);
        List<Ref<VM>> machines = new ArrayList<>();
        each("VM", item -> machines.add(vm(item)));
        each("network", this::network);
        each("VBD", this::vbd);
        each("VIF", this::vif);
        return machines;
    }

    /** The part of the import's last transaction that removes what was replaced, and hands over its identity. */
    void settle(Transaction tx) {
        last.forEach(change -> change.accept(tx));
    }

    /** Gives back the VMs that were held: those that were made, and those that were to be replaced. */
    void release() {
        held.forEach(Operation::close);
    }

    private void each(String className, Consumer<Item> make) {
        items.stream().filter(item -> item.className().equals(className)).forEach(make);
    }

    /** The local object of an object in the archive. */
    <C> Ref<C> of(ClassModel<C> model, String id) {
        Ref<?> ref = made.get(id);
        if (ref == null || !ref.className().equals(model.name())) {
            throw Errors.importErrorFailedToFindObject(id);
        }
        return model.cast(ref);
    }

    /** Lets the disks go, which are held to be filled. */
    void letDisksGo() {
        filling.forEach(Operation::close);
    }

    /** Whether the contents of a disk are in the archive. */
    boolean streamed(Item vdi) {
        return streamed.contains(vdi.id());
    }

    private Item item(String id) {
        return items.stream()
                .filter(item -> item.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Errors.importErrorFailedToFindObject(id));
    }

    private void disk(Item vdi) {
        if (item(vdi.text("SR")).text("content_type").equals("iso")) {
            disc(vdi.text("location")).ifPresent(found -> made.put(vdi.id(), found));
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>(vdi.record());
        Map<String, Object> config = vdi.map("sm_config");
        config.put(ImportOptions.TASK, call.task().value());
        record.put("sm_config", config);
        record.put("SR", options.sr().value());
        Ref<VDI> fresh = client.make(VDI.XEN_CLASS, record);
        undo.push(() -> client.call("VDI.destroy", fresh.value()));
        Operation hold = contents.holdToWrite(call, fresh);
        filling.add(hold);
        undo.push(hold::close);
        made.put(vdi.id(), fresh);
        boolean used = items.stream()
                .anyMatch(item -> item.className().equals("VBD")
                        && item.text("VDI").equals(vdi.id())
                        && !item.text("type").equalsIgnoreCase("CD"));
        if (used || vdi.text("type").equalsIgnoreCase("suspend")) {
            streamed.add(vdi.id());
        }
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

    private Ref<VM> vm(Item item) {
        if (options.restore()) {
            replace(item);
        }
        ImportedVm settings = new ImportedVm(item, options);
        Ref<VM> vm = client.make(VM.XEN_CLASS, settings.record(call.task()));
        undo.push(() -> destroy(store, client, vm));
        held.add(claims.beginImport(call, vm));
        made.put(item.id(), vm);
        Ref<VDI> image = settings.suspended() ? of(VDI.XEN_CLASS, item.text("suspend_VDI")) : Ref.nil();
        String affinity = item.text("affinity");
        Ref<Host> host = made.containsKey(affinity) ? of(Host.XEN_CLASS, affinity) : Ref.nil();
        store.change(tx -> settings.finish(tx, vm, image, host));
        keep(item, VM.UUID, vm);
        return vm;
    }

    /** A VM that is restored takes the place of the older one with its UUID, which nobody may use until then. */
    private void replace(Item item) {
        Snapshot now = store.snapshot();
        String uuid = item.text("uuid");
        now.byUuid(VM.XEN_CLASS, uuid).ifPresent(old -> hold(now, old.ref(), item));
        String seed = String.valueOf(item.map("other_config").get("mac_seed"));
        for (Stored<VM> stored : now.all(VM.XEN_CLASS)) {
            Row<VM> row = stored.row();
            boolean same = row.get(VM.UUID).equals(uuid)
                    || now.find(row.get(VM.SNAPSHOT_OF))
                            .map(of -> of.row().get(VM.UUID).equals(uuid))
                            .orElse(false);
            if (!same && seed.equals(row.get(VM.OTHER_CONFIG).get("mac_seed"))) {
                throw Errors.duplicateMacSeed(seed);
            }
        }
    }

    private void hold(Snapshot now, Ref<VM> old, Item item) {
        String state = now.get(old, VM.POWER_STATE).wire();
        if (!state.equals("Halted")) {
            throw Errors.vmBadPowerState(old.value(), "Halted", state);
        }
        long before = now.get(old, VM.VERSION);
        if (!options.force() && before >= item.number("version")) {
            throw Errors.vmToImportIsNotNewerVersion(old.value(), Long.toString(before), item.text("version"));
        }
        held.add(claims.beginReplacement(call, old));
        last.add(tx -> VmCreation.remove(tx, old));
    }

    /** Removes a VM of an import that is not to be. */
    static void destroy(Store store, Client client, Ref<VM> vm) {
        store.change(tx -> {
            tx.set(vm, VM.CURRENT_OPERATIONS, Map.of());
            tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
            tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            tx.get(vm, VM.VBDS).forEach(vbd -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, false));
            tx.get(vm, VM.VIFS).forEach(vif -> tx.set(vif, VIF.CURRENTLY_ATTACHED, false));
        });
        client.call("VM.destroy", vm.value());
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
            made.put(item.id(), found.get().ref());
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        Map<String, Object> config = item.map("other_config");
        config.put(ImportOptions.TASK, call.task().value());
        record.put("other_config", config);
        record.put("bridge", "");
        Ref<Network> network = client.make(Network.XEN_CLASS, record);
        undo.push(() -> client.call("network.destroy", network.value()));
        made.put(item.id(), network);
    }

    private void vbd(Item item) {
        String vdi = item.text("VDI");
        boolean here = made.containsKey(vdi);
        boolean disk = !item.text("type").equalsIgnoreCase("CD");
        if (disk && !here) {
            if (item.flag("currently_attached")) {
                throw Errors.importErrorAttachedDisksNotFound();
            }
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        record.put("VM", of(VM.XEN_CLASS, item.text("VM")).value());
        record.put("VDI", here ? of(VDI.XEN_CLASS, vdi).value() : NULL);
        record.put("empty", !here);
        record.put("device", "");
        record.put("currently_attached", false);
        Ref<VBD> vbd = client.make(VBD.XEN_CLASS, record);
        made.put(item.id(), vbd);
        keep(item, VBD.UUID, vbd);
        if (item.flag("currently_attached")) {
            store.change(tx -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, true));
        }
    }

    private void vif(Item item) {
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        record.put("VM", of(VM.XEN_CLASS, item.text("VM")).value());
        record.put("network", of(Network.XEN_CLASS, item.text("network")).value());
        record.put("MAC", options.restore() ? item.text("MAC") : "");
        record.put("currently_attached", false);
        Ref<VIF> vif = vif(record);
        made.put(item.id(), vif);
        keep(item, VIF.UUID, vif);
        if (item.flag("currently_attached")) {
            store.change(tx -> tx.set(vif, VIF.CURRENTLY_ATTACHED, true));
        }
    }

    /** If this host cannot restrict guests to addresses, it does not, as XAPI without that feature. */
    private Ref<VIF> vif(Map<String, Object> record) {
        try {
            return client.make(VIF.XEN_CLASS, record);
        } catch (XenApiException e) {
            if (!e.code().equals("LICENCE_RESTRICTION")) {
                throw e;
            }
            record.put("locking_mode", "network_default");
            record.put("ipv4_allowed", List.of());
            record.put("ipv6_allowed", List.of());
            return client.make(VIF.XEN_CLASS, record);
        }
    }

    /**
     * An object that is restored keeps its UUID, unless another one has it. One that is replaced has it until the import
     * ends.
     */
    private <C> void keep(Item item, Field<C, String> uuid, Ref<C> ref) {
        String wanted = item.text("uuid");
        if (!options.restore() || wanted.isEmpty()) {
            return;
        }
        Consumer<Transaction> take = tx -> {
            if (tx.byUuid(XenModel.of(uuid), wanted).isEmpty() && tx.find(ref).isPresent()) {
                tx.set(ref, uuid, wanted);
            }
        };
        store.change(take);
        last.add(take);
    }
}
