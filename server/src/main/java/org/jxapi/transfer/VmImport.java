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
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.transfer.OvaXml.Item;
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
 * disks come; until they have come, the operation {@code import} holds the VM. What fails leaves nothing behind.
 */
final class VmImport {
    /** What stands in a VM's other_config, and a disk's sm_config, as in XAPI: the task of the import. */
    static final String TASK = "import_task";

    private static final Logger LOG = LoggerFactory.getLogger(VmImport.class);

    private final Store store;
    private final Dispatcher dispatcher;
    private final DiskContents contents;

    VmImport(Store store, Dispatcher dispatcher, DiskContents contents) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.contents = contents;
    }

    /**
     * How to import.
     *
     * @param sr where the disks go
     * @param restore whether the VM keeps its UUID and its MAC addresses
     * @param force whether wrong checksums do not matter
     */
    record Options(Ref<SR> sr, boolean restore, boolean force) {}

    /** Reads the archive; the VMs that it made. */
    List<Ref<VM>> read(Call call, Incoming in, Options options) {
        Xva.Reader archive = new Xva.Reader(in, options.force());
        List<Item> items = OvaXml.read(archive.ova());
        Deque<Runnable> undo = new ArrayDeque<>();
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = call.cancellable()) {
            try {
                ImportedObjects made = new ImportedObjects(store, contents, client, call, options, items, undo);
                List<Ref<VM>> vms = made.make();
                store.change(tx -> {
                    if (tx.find(Task.XEN_CLASS, call.task()).isPresent()) {
                        Map<String, String> config = new LinkedHashMap<>(tx.get(call.task(), Task.OTHER_CONFIG));
                        config.put("object_creation", "complete");
                        tx.set(call.task(), Task.OTHER_CONFIG, config);
                    }
                });
                disks(call, archive, items, made);
                call.throwIfCancelled();
                made.letGo();
                release(call, vms);
                return vms;
            } catch (RuntimeException e) {
                undo(undo);
                throw e;
            }
        }
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
            Ref<VDI> vdi = made.of(item.id());
            contents.fill(vdi, disk -> archive.disk(item.id(), item.number("virtual_size"), disk, progress));
        }
    }

    private void release(Call call, List<Ref<VM>> vms) {
        store.change(tx -> {
            for (Ref<VM> vm : vms) {
                Map<String, VmOperations> operations = new LinkedHashMap<>(tx.get(vm, VM.CURRENT_OPERATIONS));
                operations.remove(call.task().value());
                tx.set(vm, VM.CURRENT_OPERATIONS, operations);
            }
        });
    }

    private static void undo(Deque<Runnable> undo) {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                LOG.error("Something is left of an import that failed: {}", e.getMessage());
            }
        }
    }

    /** Removes what imports have left that a stop of the daemon interrupted: their tasks are still pending. */
    void removeInterrupted(List<Ref<Task>> pending) {
        List<String> tasks = pending.stream().map(Ref::value).toList();
        List<Ref<VM>> vms = new ArrayList<>();
        store.snapshot().all(VM.XEN_CLASS).forEach(stored -> {
            if (tasks.contains(stored.row().get(VM.OTHER_CONFIG).get(TASK))) {
                vms.add(Ref.of(stored.ref().value()));
            }
        });
        List<Ref<VDI>> vdis = new ArrayList<>();
        store.snapshot().all(VDI.XEN_CLASS).forEach(stored -> {
            if (tasks.contains(stored.row().get(VDI.SM_CONFIG).get(TASK))) {
                vdis.add(Ref.of(stored.ref().value()));
            }
        });
        if (vms.isEmpty() && vdis.isEmpty()) {
            return;
        }
        LOG.warn("Removing {} VMs and {} disks of imports that were interrupted", vms.size(), vdis.size());
        try (Client client = new Client(dispatcher)) {
            Deque<Runnable> work = new ArrayDeque<>();
            vdis.forEach(vdi -> work.push(() -> client.call("VDI.destroy", vdi.value())));
            vms.forEach(vm -> work.push(() -> ImportedObjects.destroy(store, client, vm)));
            undo(work);
        }
    }

    /** The repository that an import without one uses: the pool's default. */
    static Ref<SR> defaultSr(Store store) {
        Snapshot now = store.snapshot();
        Ref<SR> sr = now.all(Pool.XEN_CLASS).iterator().next().row().get(Pool.DEFAULT_SR);
        if (now.find(SR.XEN_CLASS, sr).isEmpty()) {
            throw Errors.defaultSrNotFound(sr.value());
        }
        return sr;
    }
}
