package org.jxapi.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.local.ThisPool;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.vm.VmClaims;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a VM of an archive. As in XAPI its objects are there first, so that clients can connect its networks while the
 * disks come; until they have come, the operation {@code import} holds the VM. An import that fails leaves nothing
 * behind, and a VM that it was to replace as it was.
 */
final class VmImport {

    private static final Logger LOG = LoggerFactory.getLogger(VmImport.class);

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
     * Reads the archive; the VMs that it made. One transaction ends the import: in it the VMs become usable, those that
     * they replace go, and {@code end} is done. Until then nothing has happened to what was there before.
     */
    List<Ref<VM>> read(Call call, Incoming in, ImportOptions options, End end) {
        Xva.Reader archive = new Xva.Reader(in, options.force());
        Tar.Entry ova = archive.ova();
        try (TransferMemory.Taken taken =
                room.take("ova.xml", ova.size(), text -> Errors.importError("Invalid XVA file: " + text))) {
            return make(call, archive, OvaXml.read(archive.read(ova)), options, end);
        }
    }

    private List<Ref<VM>> make(Call call, Xva.Reader archive, List<Item> items, ImportOptions options, End end) {
        Deque<Runnable> undo = new ArrayDeque<>();
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = call.cancellable()) {
            ImportedObjects made = new ImportedObjects(store, contents, claims, client, call, options, items, undo);
            try {
                List<Ref<VM>> machines = made.make();
                store.change(tx -> tellCreated(tx, call.task()));
                disks(call, archive, items, made);
                call.throwIfCancelled();
                made.letDisksGo();
                store.change(tx -> {
                    made.settle(tx);
                    machines.forEach(vm -> usable(tx, vm, call.task()));
                    end.with(tx, machines);
                });
                return machines;
            } catch (RuntimeException | Error e) {
                undo(undo);
                throw e;
            } finally {
                made.release();
            }
        }
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

    private void disks(Call call, Xva.Reader archive, List<Item> items, ImportedObjects made) {
        List<Item> disks = items.stream()
                .filter(item -> item.className().equals("VDI") && made.streamed(item))
                .sorted(Comparator.comparing(Item::id))
                .toList();
        Progress progress = new Progress(
                call,
                disks.stream().mapToLong(item -> item.number("virtual_size")).sum());
        for (Item item : disks) {
            Ref<VDI> vdi = made.of(VDI.XEN_CLASS, item.id());
            contents.fill(vdi, disk -> archive.disk(item.id(), item.number("virtual_size"), disk, progress));
        }
    }

    private static void undo(Deque<Runnable> undo) {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException | Error e) {
                LOG.error("Import: the cleanup after a failure is incomplete: {}", e.toString());
            }
        }
    }

    /** Removes what imports have left that a stop of the daemon interrupted: their tasks are still pending. */
    void removeInterrupted(List<Ref<Task>> pending) {
        List<String> tasks = pending.stream().map(Ref::value).toList();
        List<Ref<VM>> machines = new ArrayList<>();
        store.snapshot().all(VM.XEN_CLASS).forEach(stored -> {
            if (tasks.contains(stored.row().get(VM.OTHER_CONFIG).get(ImportOptions.TASK))) {
                machines.add(stored.ref());
            }
        });
        List<Ref<VDI>> vdis = new ArrayList<>();
        store.snapshot().all(VDI.XEN_CLASS).forEach(stored -> {
            if (tasks.contains(stored.row().get(VDI.SM_CONFIG).get(ImportOptions.TASK))) {
                vdis.add(stored.ref());
            }
        });
        if (machines.isEmpty() && vdis.isEmpty()) {
            return;
        }
        LOG.warn("Imports: removing {} VMs and {} disks of interrupted ones", machines.size(), vdis.size());
        try (Client client = new Client(dispatcher)) {
            Deque<Runnable> work = new ArrayDeque<>();
            vdis.forEach(vdi -> work.push(() -> client.call("VDI.destroy", vdi.value())));
            machines.forEach(vm -> work.push(() -> ImportedObjects.destroy(store, client, vm)));
            undo(work);
        }
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
