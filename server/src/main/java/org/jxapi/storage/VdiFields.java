package org.jxapi.storage;

import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VDIMessages;
import org.jxapi.xenapi.VdiType;

/** The setters of class VDI that do more than set, or that are for storage managers alone. */
public abstract class VdiFields implements VDIMessages<Call> {
    final Store store;
    final Disks disks;

    VdiFields(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    private <T> void setInternally(Call call, Ref<VDI> vdi, Field<VDI, T> field, T value) {
        InternalAccess.check(call, store.snapshot().get(vdi, VDI.SR));
        store.change(tx -> tx.set(vdi, field, value));
    }

    private <T> void setPlugged(Ref<VDI> vdi, Field<VDI, T> field, T value) {
        Snapshot snapshot = store.snapshot();
        disks.drivers().attached(snapshot, snapshot.get(vdi, VDI.SR));
        store.change(tx -> tx.set(vdi, field, value));
    }

    @Override
    public void setNameLabel(Call call, Ref<VDI> self, String value) {
        setPlugged(self, VDI.NAME_LABEL, value);
    }

    @Override
    public void setNameDescription(Call call, Ref<VDI> self, String value) {
        setPlugged(self, VDI.NAME_DESCRIPTION, value);
    }

    @Override
    public void setOnBoot(Call call, Ref<VDI> self, OnBoot value) {
        disks.resets().set(call, self, value);
    }

    @Override
    public void setAllowCaching(Call call, Ref<VDI> self, boolean value) {
        store.change(tx -> {
            DiskResets.refuseRunning(tx, self);
            tx.set(self, VDI.ALLOW_CACHING, value);
        });
    }

    @Override
    public void setSharable(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.SHARABLE, value);
    }

    @Override
    public void setReadOnly(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.READ_ONLY, value);
    }

    @Override
    public void setManaged(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.MANAGED, value);
    }

    @Override
    public void setMissing(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.MISSING, value);
    }

    @Override
    public void setVirtualSize(Call call, Ref<VDI> self, long value) {
        setInternally(call, self, VDI.VIRTUAL_SIZE, value);
    }

    @Override
    public void setPhysicalUtilisation(Call call, Ref<VDI> self, long value) {
        setInternally(call, self, VDI.PHYSICAL_UTILISATION, value);
    }

    @Override
    public void setIsASnapshot(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.IS_A_SNAPSHOT, value);
    }

    @Override
    public void setSnapshotOf(Call call, Ref<VDI> self, Ref<VDI> value) {
        setInternally(call, self, VDI.SNAPSHOT_OF, value);
    }

    @Override
    public void setSnapshotTime(Call call, Ref<VDI> self, XenTime value) {
        setInternally(call, self, VDI.SNAPSHOT_TIME, value);
    }

    @Override
    public void setMetadataOfPool(Call call, Ref<VDI> self, Ref<Pool> value) {
        InternalAccess.check(call, store.snapshot().get(self, VDI.SR));
        if (store.snapshot().get(self, VDI.TYPE) == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType(self.value(), VdiTypes.named(VdiType.CBT_METADATA));
        }
        store.change(tx -> tx.set(self, VDI.METADATA_OF_POOL, value));
    }

    @Override
    public void setCbtEnabled(Call call, Ref<VDI> self, boolean value) {
        setInternally(call, self, VDI.CBT_ENABLED, value);
    }
}
