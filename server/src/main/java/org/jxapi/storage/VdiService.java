package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VDIMessages;
import org.jxapi.xenapi.VdiNbdServerInfo;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** The messages of class VDI. */
public final class VdiService extends VdiFields {
    private final DiskRecords records;
    private final MovingVms owner;
    private final DiskTracking tracking;
    private final DiskExports exports;
    private final DatabaseCopies copies;

    public VdiService(
            Store store,
            Disks disks,
            Operations operations,
            DiskExports exports,
            MovingVms owner,
            DatabaseCopies copies) {
        super(store, disks);
        this.exports = exports;
        this.copies = copies;
        this.records = disks.records();
        this.owner = owner;
        this.tracking = new DiskTracking(store, disks.drivers(), operations);
    }

    public void bind(MessageTable<Call> table) {
        VDIMessages.bind(table, this);
        table.bindCreate(VDI.XEN_CLASS, (call, row) -> disks.create(call, row.get(VDI.SR), row));
        table.bindDestroy(VDI.XEN_CLASS, disks::destroy);
    }

    @Override
    public Ref<VDI> snapshot(Call call, Ref<VDI> vdi, Map<String, String> driverParams) {
        return disks.snapshots().one(call, vdi);
    }

    @Override
    public Ref<VDI> clone(Call call, Ref<VDI> vdi, Map<String, String> driverParams) {
        return disks.copies().clone(call, vdi);
    }

    /** As in XAPI, references of disks that are not there count as none. */
    @Override
    public Ref<VDI> copy(Call call, Ref<VDI> vdi, Ref<SR> sr, Ref<VDI> baseVdi, Ref<VDI> intoVdi) {
        Snapshot now = store.snapshot();
        DiskSource source = new DiskSource(vdi, now.find(baseVdi).isPresent() ? baseVdi : null);
        if (now.find(intoVdi).isPresent()) {
            disks.copies().copyInto(call, source, intoVdi);
            return intoVdi;
        }
        return disks.copies().copy(call, source, sr);
    }

    @Override
    public Ref<VDI> poolMigrate(Call call, Ref<VDI> vdi, Ref<SR> sr, Map<String, String> options) {
        return disks.moves().move(call, vdi, sr, options, owner);
    }

    @Override
    public void revert(Call call, Ref<VDI> snapshot) {
        disks.copies().revert(call, snapshot);
    }

    @Override
    public void resize(Call call, Ref<VDI> vdi, long size) {
        disks.resize(call, vdi, size);
    }

    @Override
    public void resizeOnline(Call call, Ref<VDI> vdi, long size) {
        disks.resizeOnline(call, vdi, size);
    }

    @Override
    public void enableCbt(Call call, Ref<VDI> self) {
        tracking.enable(call, self);
    }

    @Override
    public void disableCbt(Call call, Ref<VDI> self) {
        tracking.disable(call, self);
    }

    @Override
    public void dataDestroy(Call call, Ref<VDI> self) {
        tracking.destroyData(call, self);
    }

    @Override
    public String listChangedBlocks(Call call, Ref<VDI> vdiFrom, Ref<VDI> vdiTo) {
        return tracking.changedBlocks(call, vdiFrom, vdiTo);
    }

    /** No driver offers the operation, and the rules say so. */
    @Override
    public String generateConfig(Call call, Ref<Host> host, Ref<VDI> vdi) {
        store.snapshot().require(host);
        VdiRules.check(store.snapshot(), vdi, VdiOperations.GENERATE_CONFIG);
        throw Errors.notImplemented(call.method());
    }

    @Override
    public List<Row<VdiNbdServerInfo>> getNbdInfo(Call call, Ref<VDI> self) {
        if (store.snapshot().get(self, VDI.TYPE) == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType(self.value(), VdiTypes.named(VdiType.CBT_METADATA));
        }
        return exports.servers(call, self);
    }

    /** The storage itself says the rest about the disk. */
    @Override
    public Ref<VDI> introduce(Call call, Row<VDI> given) {
        Row<VDI> row = Row.of(VDI.XEN_CLASS)
                .with(VDI.UUID, given.get(VDI.UUID))
                .with(VDI.NAME_LABEL, given.get(VDI.NAME_LABEL))
                .with(VDI.NAME_DESCRIPTION, given.get(VDI.NAME_DESCRIPTION))
                .with(VDI.SR, given.get(VDI.SR))
                .with(VDI.TYPE, given.get(VDI.TYPE))
                .with(VDI.SHARABLE, given.get(VDI.SHARABLE))
                .with(VDI.OTHER_CONFIG, given.get(VDI.OTHER_CONFIG))
                .with(VDI.LOCATION, given.get(VDI.LOCATION))
                .with(VDI.XENSTORE_DATA, given.get(VDI.XENSTORE_DATA))
                .with(VDI.SM_CONFIG, given.get(VDI.SM_CONFIG));
        return records.introduce(call, row);
    }

    @Override
    public Ref<VDI> poolIntroduce(Call call, Row<VDI> given) {
        return records.introduceRecord(given);
    }

    @Override
    public Ref<VDI> dbIntroduce(Call call, Row<VDI> given) {
        InternalAccess.check(call, given.get(VDI.SR));
        return records.introduceRecord(given);
    }

    @Override
    public void update(Call call, Ref<VDI> vdi) {
        records.update(call, vdi);
    }

    @Override
    public void forget(Call call, Ref<VDI> vdi) {
        records.forget(call, vdi);
    }

    @Override
    public void dbForget(Call call, Ref<VDI> vdi) {
        InternalAccess.check(call, store.snapshot().get(vdi, VDI.SR));
        records.settle(vdi);
        store.change(tx -> DiskRules.forget(tx, vdi));
    }

    @Override
    public void forceUnlock(Call call, Ref<VDI> vdi) {
        VdiRules.check(store.snapshot(), vdi, VdiOperations.FORCE_UNLOCK);
        throw Errors.messageDeprecated();
    }

    @Override
    public String checksum(Call call, Ref<VDI> self) {
        return records.checksum(call, self);
    }

    @Override
    public Ref<Session> openDatabase(Call call, Ref<VDI> self) {
        VdiType type = store.snapshot().get(self, VDI.TYPE);
        if (type != VdiType.METADATA) {
            throw Errors.vdiIncompatibleType(self.value(), VdiTypes.named(type));
        }
        return copies.open(call, self);
    }

    @Override
    public String readDatabasePoolUuid(Call call, Ref<VDI> self) {
        return store.snapshot().get(self, VDI.TYPE) == VdiType.METADATA ? copies.poolUuid(call, self) : "";
    }
}
