package org.jxapi.transfer;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.local.ThisPool;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.task.Tasks;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.vm.VmClaims;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/**
 * Makes a VM of an archive. As in XAPI its objects are there first, so that clients can connect its networks while the
 * disks come; until they have come, the operation {@code import} holds the VM. An import that fails leaves nothing
 * behind, and a VM that it was to replace as it was.
 */
final class VmImport {

    private final Store store;
    private final Dispatcher dispatcher;
    private final DiskContents contents;
    private final VmClaims claims;
    private final TransferMemory room;

    VmImport(Store store, Dispatcher dispatcher, DiskContents contents, VmClaims claims, TransferMemory room) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.contents = contents;
        this.claims = claims;
        this.room = room;
    }

    /** Changes in the transaction that ends an import, in addition to its own. */
    interface End {
        void with(Transaction last, List<Ref<VM>> vms);
    }

    /**
     * Reads the archive of an upload that is accepted, and ends the task of the upload with the VMs that it made.
     *
     * @param windows bounds the memory of compressed archives
     * @return the VMs in XML-RPC, which are the result of the task
     */
    String receive(Tasks tasks, Transfer transfer, ImportOptions options, TransferMemory windows) {
        Ref<Task> task = transfer.call().task();
        List<Ref<VM>> made = Compression.read(
                transfer.body(),
                windows,
                in -> read(transfer.call(), in, options, (last, vms) -> tasks.succeed(last, task, result(vms))),
                Errors::importErrorPrematureEof);
        return result(made);
    }

    /**
     * Reads the archive; the VMs that it made, without their snapshots if there are others. One transaction ends the
     * import: in it the VMs become usable, those that they replace go, and {@code end} is done. Until then nothing has
     * happened to what was there before.
     */
    List<Ref<VM>> read(Call call, Incoming in, ImportOptions options, End end) {
        Xva.Reader archive = new Xva.Reader(in, options.force());
        Tar.Entry ova = archive.ova();
        try (TransferMemory.Taken taken =
                room.take("ova.xml", ova.size(), text -> Errors.importError("Invalid XVA file: " + text))) {
            ArchiveItems items = new ArchiveItems(OvaXml.read(archive.read(ova)));
            ImportState state = new ImportState(store, items, options);
            try (Client client = new Client(dispatcher);
                    Call.Cancellable cancellable = call.cancellable()) {
                return options.metadata()
                        ? make(call, client, state, new ExistingDisks(store.snapshot(), state), () -> {}, end)
                        : makeWithDisks(call, client, state, archive, end);
            }
        }
    }

    /** Makes VMs of those in another pool's database, with their UUIDs and their snapshots. */
    List<Ref<VM>> recover(Call call, Snapshot from, List<Ref<VM>> vms, boolean force, End end) {
        ExportedObjects objects =
                new ExportedObjects(from, vms, new ExportedObjects.Options(true, true, false, Set.of()));
        ImportOptions options = ImportOptions.ofMetadata(true, force, false, Map.of());
        ImportState state = new ImportState(store, new ArchiveItems(OvaXml.items(objects)), options);
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = call.cancellable()) {
            return make(call, client, state, new ExistingDisks(store.snapshot(), state), () -> {}, end);
        }
    }

    private List<Ref<VM>> makeWithDisks(Call call, Client client, ImportState state, Xva.Reader archive, End end) {
        NewDisks disks = new NewDisks(contents, client, call, state);
        return make(
                call,
                client,
                state,
                disks,
                () -> {
                    store.change(tx -> tellCreated(tx, call.task()));
                    fill(call, archive, disks.streamed(), state);
                    call.throwIfCancelled();
                    disks.letGo();
                },
                end);
    }

    /** @param contents what is done between the objects' creation and the end */
    private List<Ref<VM>> make(
            Call call, Client client, ImportState state, ImportedDisks disks, Runnable contents, End end) {
        ImportedVms machines = new ImportedVms(store, claims, client, call, state);
        try {
            return state.undo().ifItFails(() -> {
                new ImportedObjects(store, client, call, state, disks, machines).make();
                contents.run();
                return store.transact(tx -> {
                    if (!state.options().dryRun()) {
                        state.settle(tx);
                        machines.all().forEach(vm -> usable(tx, vm, call.task()));
                    }
                    List<Ref<VM>> result = withoutSnapshots(tx, machines.all());
                    end.with(tx, result);
                    return result;
                });
            });
        } finally {
            machines.release();
        }
    }

    private static List<Ref<VM>> withoutSnapshots(Transaction tx, List<Ref<VM>> vms) {
        List<Ref<VM>> others =
                vms.stream().filter(vm -> !tx.get(vm, VM.IS_A_SNAPSHOT)).toList();
        return others.isEmpty() ? vms : others;
    }

    /** Clients wait for this before they connect the new VM's networks. */
    private static void tellCreated(Transaction tx, Ref<Task> task) {
        if (tx.find(task).isPresent()) {
            Map<String, String> config = new LinkedHashMap<>(tx.get(task, Task.OTHER_CONFIG));
            config.put("object_creation", "complete");
            tx.set(task, Task.OTHER_CONFIG, config);
        }
    }

    private static void usable(Transaction tx, Ref<VM> vm, Ref<Task> task) {
        Map<String, VmOperations> operations = new LinkedHashMap<>(tx.get(vm, VM.CURRENT_OPERATIONS));
        operations.remove(task.value());
        tx.set(vm, VM.CURRENT_OPERATIONS, operations);
    }

    private void fill(Call call, Xva.Reader archive, List<Item> streamed, ImportState state) {
        List<Item> disks =
                streamed.stream().sorted(Comparator.comparing(Item::id)).toList();
        Progress progress = new Progress(
                call,
                disks.stream().mapToLong(item -> item.number("virtual_size")).sum());
        for (Item item : disks) {
            Ref<VDI> vdi = state.of(VDI.XEN_CLASS, item.id());
            contents.fill(vdi, disk -> archive.disk(item.id(), item.number("virtual_size"), disk, progress));
        }
    }

    /** The result of an import's task. */
    static String result(List<Ref<VM>> vms) {
        return XmlRpcValue.encode(new Type.SetOf(new Type.Reference("VM")), vms);
    }

    /** The repository that an import without one uses: the pool's default. */
    static Ref<SR> defaultSr(Store store) {
        Snapshot now = store.snapshot();
        Ref<SR> sr = ThisPool.row(now).get(Pool.DEFAULT_SR);
        if (now.find(sr).isEmpty()) {
            throw Errors.defaultSrNotFound(sr.value());
        }
        return sr;
    }
}
