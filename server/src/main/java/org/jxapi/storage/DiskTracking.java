package org.jxapi.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Waiting;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** Changed-block tracking of disks, and snapshots of which only the log of changed blocks is left. */
final class DiskTracking {
    /** How long VDI.data_destroy waits for the VBDs of its disk to go: XAPI's time. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration GRACE = Duration.ofMillis(250);
    private static final long LOOK_MILLIS = 100;

    private final Store store;
    private final Drivers drivers;
    private final Operations operations;

    DiskTracking(Store store, Drivers drivers, Operations operations) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
    }

    /** Starts the log of a disk. One that was lost starts again. */
    void enable(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_ENABLE_CBT), Claims.of(vdi, VdiOperations.ENABLE_CBT))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.of(before, vdi);
            place.repository().track(place.existing(before.get(vdi, VDI.LOCATION)));
            operation.finish(tx -> tx.set(vdi, VDI.CBT_ENABLED, true));
        } catch (IOException e) {
            throw SmFailure.CBT_ACTIVATE.error(e);
        }
    }

    /** Removes the log of a disk. Those of its snapshots stay. */
    void disable(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_DISABLE_CBT), Claims.of(vdi, VdiOperations.DISABLE_CBT))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.of(before, vdi);
            place.repository().untrack(place.named(before.get(vdi, VDI.LOCATION)));
            operation.finish(tx -> tx.set(vdi, VDI.CBT_ENABLED, false));
        } catch (IOException e) {
            throw SmFailure.CBT_DEACTIVATE.error(e);
        }
    }

    /**
     * Removes the data of a snapshot; its row and its log stay. It does nothing if the data is gone already. The row says so
     * first: a daemon that is killed in between finds its mark, and removes the data at its next start.
     */
    void destroyData(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_DATA_DESTROY), Claims.of(vdi, VdiOperations.DATA_DESTROY))) {
            Snapshot before = store.snapshot();
            VdiType type = before.get(vdi, VDI.TYPE);
            if (type == VdiType.CBT_METADATA) {
                return;
            }
            AttachedSr place = drivers.attached(before, sr);
            DiskRules.refuseUnmanaged(before, vdi);
            String location = place.named(before.get(vdi, VDI.LOCATION));
            awaitNoVbds(call, vdi);
            Repository repository = place.repository();
            try {
                repository.begin(location);
                store.change(tx -> {
                    refuseVbds(tx, vdi);
                    tx.set(vdi, VDI.TYPE, VdiType.CBT_METADATA);
                });
                repository.discardData(location);
            } catch (IOException e) {
                if (repository.holds(location)) {
                    store.change(tx -> tx.set(vdi, VDI.TYPE, type));
                }
                throw SmFailure.VDI_DELETE.error(e);
            } finally {
                repository.keep(location);
            }
            Usage usage = repository.usage();
            operation.finish(tx -> {
                tx.set(vdi, VDI.PHYSICAL_UTILISATION, 0L);
                place.record(tx, usage);
            });
        }
    }

    private void awaitNoVbds(Call call, Ref<VDI> vdi) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (Call.Cancellable cancellable = call.cancellable();
                Waiting waiting = new Waiting(GRACE)) {
            while (!store.snapshot().get(vdi, VDI.VBDS).isEmpty() && System.nanoTime() < end) {
                call.throwIfCancelled();
                waiting.goOn();
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseVbds(store.snapshot(), vdi);
    }

    private static void refuseVbds(Snapshot snapshot, Ref<VDI> vdi) {
        if (!snapshot.get(vdi, VDI.VBDS).isEmpty()) {
            throw Errors.vdiInUse(vdi.value(), VdiOperations.DATA_DESTROY.wire());
        }
    }

    /** The blocks of {@code to} that may differ from those of an earlier snapshot, as a bitmap in base 64. */
    String changedBlocks(Call call, Ref<VDI> from, Ref<VDI> to) {
        store.snapshot().require(from);
        Ref<SR> sr = store.snapshot().get(to, VDI.SR);
        try (Operation operation = operations.await(
                call,
                Claims.of(sr, StorageOperations.VDI_LIST_CHANGED_BLOCKS),
                Claims.of(to, VdiOperations.LIST_CHANGED_BLOCKS))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.of(before, to);
            operation.release(sr);
            if (!before.get(from, VDI.SR).equals(sr)) {
                throw SmFailure.CBT_CHANGED_BLOCKS.error("Source and target VDI are unrelated");
            }
            byte[] bitmap = place.repository()
                    .changed(place.named(before.get(from, VDI.LOCATION)), place.named(before.get(to, VDI.LOCATION)))
                    .bitmap();
            return Base64.getEncoder().encodeToString(bitmap);
        } catch (IOException e) {
            throw SmFailure.CBT_CHANGED_BLOCKS.error(e);
        }
    }
}
