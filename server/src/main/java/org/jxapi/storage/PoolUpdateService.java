package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostPatch;
import org.jxapi.xenapi.LivepatchStatus;
import org.jxapi.xenapi.PoolPatch;
import org.jxapi.xenapi.PoolUpdate;
import org.jxapi.xenapi.PoolUpdateMessages;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/**
 * The messages of class pool_update. Updates of XenServer are for no host of jxapi, whose administrator updates it with
 * packages. Objects come with a database from elsewhere.
 */
public final class PoolUpdateService implements PoolUpdateMessages<Call> {
    private final Store store;
    private final Disks disks;

    public PoolUpdateService(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    /** INVALID_UPDATE, as jxapi trusts no signature of updates. */
    @Override
    public Ref<PoolUpdate> introduce(Call call, Ref<VDI> vdi) {
        VdiType type = store.snapshot().get(vdi, VDI.TYPE);
        if (type == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType(vdi.value(), type.wire());
        }
        throw Errors.invalidUpdate("Invalid signature");
    }

    /** XAPI passes this to an extension of the host, and hosts of jxapi have none. */
    @Override
    public LivepatchStatus precheck(Call call, Ref<PoolUpdate> self, Ref<Host> host) {
        store.snapshot().require(host);
        throw Errors.messageMethodUnknown("pool_update.precheck");
    }

    /** As {@link #precheck}. */
    @Override
    public void apply(Call call, Ref<PoolUpdate> self, Ref<Host> host) {
        store.snapshot().require(host);
        throw Errors.messageMethodUnknown("pool_update.apply");
    }

    @Override
    public void poolApply(Call call, Ref<PoolUpdate> self) {
        Snapshot snapshot = store.snapshot();
        List<Ref<Host>> applied = snapshot.get(self, PoolUpdate.HOSTS);
        List<String> others = snapshot.all(Host.XEN_CLASS).stream()
                .<Ref<Host>>map(Stored::ref)
                .filter(host -> !applied.contains(host))
                .map(Ref::value)
                .toList();
        throw others.isEmpty()
                ? Errors.updateAlreadyAppliedInPool(self.value())
                : new XenApiException("UPDATE_POOL_APPLY_FAILED", others);
    }

    /** Removes the disk with the update. */
    @Override
    public void poolClean(Call call, Ref<PoolUpdate> self) {
        Ref<VDI> vdi = store.snapshot().get(self, PoolUpdate.VDI);
        disks.destroyIfThere(vdi);
        store.change(tx -> tx.set(self, PoolUpdate.VDI, Ref.nil()));
    }

    @Override
    public void destroy(Call call, Ref<PoolUpdate> self) {
        store.change(tx -> destroy(tx, self));
    }

    private static void destroy(Transaction tx, Ref<PoolUpdate> update) {
        if (!tx.get(update, PoolUpdate.HOSTS).isEmpty()) {
            throw Errors.updateIsApplied();
        }
        for (Stored<PoolPatch> patch : tx.all(PoolPatch.XEN_CLASS)) {
            if (patch.row().get(PoolPatch.POOL_UPDATE).equals(update)) {
                tx.destroy(patch.ref());
            }
        }
        tx.destroy(update);
    }

    /** No update is applied to a host of jxapi, so that the host has none afterwards. */
    @Override
    public void resyncHost(Call call, Ref<Host> host) {
        store.change(tx -> {
            tx.set(host, Host.UPDATES, List.of());
            for (Stored<PoolPatch> patch : tx.all(PoolPatch.XEN_CLASS)) {
                if (patch.row().get(PoolPatch.POOL_UPDATE).isNull()) {
                    removePatch(tx, patch, host);
                }
            }
        });
    }

    private static void removePatch(Transaction tx, Stored<PoolPatch> patch, Ref<Host> host) {
        for (Ref<HostPatch> each : List.copyOf(patch.row().get(PoolPatch.HOST_PATCHES))) {
            Row<HostPatch> row = tx.row(each);
            if (row.get(HostPatch.HOST).equals(host)) {
                tx.destroy(each);
            }
        }
        tx.destroy(patch.ref());
    }
}
