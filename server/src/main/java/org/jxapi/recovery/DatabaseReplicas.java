package org.jxapi.recovery;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.local.ThisPool;
import org.jxapi.storage.DatabaseDisk;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.Drivers;
import org.jxapi.storage.OpenDisk;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of this pool's database on disks of type metadata. The rows of these disks say where: a copy is kept as long
 * as its disk exists. A copy is whole, and takes the place of the one before in one step.
 */
final class DatabaseReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseReplicas.class);
    /** As many as XAPI keeps: redo_log_max_instances. */
    private static final int MOST = 8;

    private final Store store;
    private final DiskContents contents;
    /** Threads of its own: a repository that does not answer holds one. There are no more than copies. */
    private final Executor workers = Executors.newCachedThreadPool(DatabaseReplicas::thread);

    private final Map<Ref<VDI>, Copy> copies = new ConcurrentHashMap<>();
    private final Set<Ref<VDI>> busy = ConcurrentHashMap.newKeySet();
    private final Set<Ref<SR>> making = new HashSet<>();
    private final Set<Ref<VDI>> failing = ConcurrentHashMap.newKeySet();

    DatabaseReplicas(Store store, DiskContents contents) {
        this.store = store;
        this.contents = contents;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "database copy");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * The copy that a disk has.
     *
     * @param sequence the number of the newest change that it holds
     * @param counts objects of each class
     */
    private record Copy(long sequence, List<Integer> counts, String digest) {
        static Copy of(Snapshot now) {
            return new Copy(now.sequence(), count(now), DatabaseCopy.digest(now));
        }

        private static List<Integer> count(Snapshot now) {
            return DatabaseCopy.CLASSES.stream().map(now::count).toList();
        }

        /** Whether an object has changed, come or gone. */
        boolean older(Snapshot now) {
            if (now.sequence() == sequence) {
                return false;
            }
            for (ClassModel<?> model : DatabaseCopy.CLASSES) {
                if (!now.modifiedAfter(model, sequence).isEmpty()) {
                    return true;
                }
            }
            return !counts.equals(count(now));
        }
    }

    /** Makes the disk with the first copy; nothing when the repository has one. */
    void enable(Call call, Ref<SR> sr) {
        Snapshot now = store.snapshot();
        synchronized (making) {
            if (disks(now).stream().anyMatch(vdi -> now.get(vdi, VDI.SR).equals(sr))) {
                return;
            }
            if (disks(now).size() + making.size() >= MOST) {
                throw Errors.noMoreRedoLogsAllowed();
            }
            if (!making.add(sr)) {
                throw Errors.otherOperationInProgress(
                        "SR", sr.value(), "vdi_create", call.task().value());
            }
        }
        try {
            Stored<Pool> pool = ThisPool.find(now).orElseThrow();
            String uuid = DatabaseDisk.location(now.get(sr, SR.UUID), pool.row().get(Pool.UUID));
            Copy copy = Copy.of(now);
            Row<VDI> settings = DatabaseDisk.settings(pool.ref()).with(VDI.METADATA_LATEST, true);
            Ref<VDI> vdi = contents.create(call, sr, uuid, settings, disk -> write(now, copy, disk));
            copies.put(vdi, copy);
        } finally {
            synchronized (making) {
                making.remove(sr);
            }
        }
    }

    /** Removes the disks of this pool's copies from a repository. */
    void disable(Ref<SR> sr, Consumer<Ref<VDI>> destroy) {
        Snapshot now = store.snapshot();
        now.require(sr);
        for (Ref<VDI> vdi : disks(now)) {
            if (now.get(vdi, VDI.SR).equals(sr)) {
                destroy.accept(vdi);
                copies.remove(vdi);
            }
        }
    }

    private static List<Ref<VDI>> disks(Snapshot now) {
        Ref<Pool> pool = ThisPool.ref(now);
        List<Ref<VDI>> disks = new ArrayList<>();
        for (Stored<VDI> vdi : now.all(VDI.XEN_CLASS)) {
            if (vdi.row().get(VDI.TYPE) == VdiType.METADATA
                    && vdi.row().get(VDI.METADATA_OF_POOL).equals(pool)) {
                disks.add(vdi.ref());
            }
        }
        return disks;
    }

    /** Brings the copies up to date that are not; called every few seconds. */
    void look() {
        Snapshot now = store.snapshot();
        List<Ref<VDI>> disks = disks(now);
        copies.keySet().retainAll(disks);
        failing.retainAll(disks);
        for (Ref<VDI> vdi : disks) {
            if (attached(now, vdi) && stale(copies.get(vdi), now) && busy.add(vdi)) {
                workers.execute(() -> {
                    try {
                        refresh(vdi);
                    } finally {
                        busy.remove(vdi);
                    }
                });
            }
        }
    }

    private static boolean stale(@Nullable Copy copy, Snapshot now) {
        return copy == null || copy.older(now);
    }

    /** Whether it can be written to at once: an operation that has the disk now delays only its copy. */
    private static boolean attached(Snapshot now, Ref<VDI> vdi) {
        return now.get(vdi, VDI.CURRENT_OPERATIONS).isEmpty() && Drivers.isPlugged(now, now.get(vdi, VDI.SR));
    }

    private void refresh(Ref<VDI> vdi) {
        try {
            Snapshot now = store.snapshot();
            Copy copy = Copy.of(now);
            Copy before = copies.get(vdi);
            if (before == null || !before.digest().equals(copy.digest())) {
                Call call = new InternalCall(VdiOperations.UPDATE.wire(), store);
                contents.overwrite(call, vdi, true, disk -> write(now, copy, disk));
            }
            copies.put(vdi, copy);
            failing.remove(vdi);
            latest(vdi, true);
        } catch (RuntimeException e) {
            if (store.snapshot().find(vdi).isPresent() && failing.add(vdi)) {
                LOG.warn("Database: its copy on disk {} cannot be written, and is tried again: {}", vdi, e.toString());
                latest(vdi, false);
            }
        }
    }

    private void latest(Ref<VDI> vdi, boolean latest) {
        if (store.snapshot()
                        .find(vdi)
                        .map(stored -> stored.row().get(VDI.METADATA_LATEST))
                        .orElse(latest)
                != latest) {
            store.change(tx -> tx.update(vdi, VDI.METADATA_LATEST, latest));
        }
    }

    private static void write(Snapshot now, Copy copy, OpenDisk disk) {
        try {
            long length = DatabaseCopy.write(now, disk);
            Stored<Pool> pool = ThisPool.find(now).orElseThrow();
            new DatabaseDisk(pool.row().get(Pool.UUID), pool.ref().value(), copy.sequence(), length, copy.digest())
                    .write(disk);
        } catch (UncheckedIOException e) {
            throw Errors.vdiIoError(String.valueOf(e.getMessage())).causedBy(e);
        }
    }
}
