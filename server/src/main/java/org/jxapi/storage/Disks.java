package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisHost;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual disks as volumes of their storage repositories. A disk's row and its volume come and go together, whenever the
 * daemon is killed. Calls wait for operations on the same repository or disk, as in XAPI.
 */
public final class Disks {
    private static final Logger LOG = LoggerFactory.getLogger(Disks.class);

    private final Store store;
    private final Drivers drivers;
    private final SrFolders places;
    private final Operations operations;
    private final PausedWriters writers;
    private final DiskCopies copies;
    private final DiskSnapshots snapshots;
    private final DiskResets resets;
    private final Scans scans;
    private final Replugs replugs;
    private final DiskRecords records;
    private final DiskContents contents;
    private final DiskMoves moves;
    private final MoveRecovery recovery;

    public Disks(Store store, Drivers drivers, SrFolders places, Operations operations, Hosts hosts, Clock clock) {
        this.store = store;
        this.drivers = drivers;
        this.places = places;
        this.operations = operations;
        this.writers = new PausedWriters(store, hosts);
        this.copies = new DiskCopies(store, drivers, operations, writers);
        this.snapshots = new DiskSnapshots(store, drivers, operations, copies, clock);
        this.resets = new DiskResets(store, drivers, operations);
        this.contents = new DiskContents(store, drivers, operations);
        Tidying tidying = new Tidying(
                store, operations, places, location -> copies.copies(location) || contents.receives(location));
        this.scans = new Scans(store, drivers, operations, places, tidying);
        this.replugs = new Replugs(store, drivers, scans, clock);
        this.records = new DiskRecords(store, drivers, operations, places);
        this.moves = new DiskMoves(store, drivers, operations, copies, writers, hosts);
        this.recovery = new MoveRecovery(store, drivers, hosts);
        store.addDerivation(new StorageAllowedOperations());
    }

    /** The MD5 of a disk's contents, in lower-case hexadecimal. */
    public String checksum(Call call, Ref<VDI> vdi) {
        return records.checksum(call, vdi);
    }

    /** The types of repositories. */
    Drivers drivers() {
        return drivers;
    }

    /** The contents of disks. */
    public DiskContents contents() {
        return contents;
    }

    /** Images of other tools that become disks where they are. */
    public Adoption adoption() {
        return new Adoption(store, drivers, operations);
    }

    DiskRecords records() {
        return records;
    }

    DiskCopies copies() {
        return copies;
    }

    DiskSnapshots snapshots() {
        return snapshots;
    }

    /** Moves of disks between repositories. */
    public DiskMoves moves() {
        return moves;
    }

    DiskResets resets() {
        return resets;
    }

    public Scans scans() {
        return scans;
    }

    /** Makes an empty disk of that kind. */
    public Ref<VDI> create(Ref<SR> sr, String nameLabel, long bytes, VdiType type) {
        return create(
                new InternalCall("VDI.create", store),
                sr,
                Row.of(VDI.XEN_CLASS)
                        .with(VDI.NAME_LABEL, nameLabel)
                        .with(VDI.VIRTUAL_SIZE, bytes)
                        .with(VDI.TYPE, type));
    }

    /** Makes an empty disk; its size is rounded up to a whole MiB, and to one at least. */
    public Ref<VDI> create(Call call, Ref<SR> sr, Row<VDI> settings) {
        if (settings.get(VDI.TYPE) == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType("", "CBT metadata");
        }
        DiskRules.rounded(settings.get(VDI.VIRTUAL_SIZE));
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.VDI_CREATE));
                NewDisk disk = new NewDisk(store, drivers.attached(store.snapshot(), sr))) {
            long bytes = disk.bytes(settings.get(VDI.VIRTUAL_SIZE));
            disk.create(settings, bytes);
            return disk.finish(operation, disk.placed(settings, bytes, 0));
        } catch (IOException e) {
            throw SmFailure.VDI_CREATE.error(e);
        }
    }

    /** A disk with the contents that the other has now, marked as its snapshot. */
    public Ref<VDI> snapshot(Ref<VDI> vdi) {
        return snapshots.one(new InternalCall("VDI.snapshot", store), vdi);
    }

    /**
     * Snapshots of several disks as they are at one moment, without a pause of their guest.
     *
     * @return the snapshots by their disks; empty when that takes a pause, as {@link #oneMoment} makes it
     */
    public Map<Ref<VDI>, Ref<VDI>> snapshots(List<Ref<VDI>> vdis) {
        return snapshots.all(new InternalCall("VDI.snapshot", store), vdis);
    }

    /**
     * Makes the snapshots that are taken until this is closed be of one moment: no guest writes to the disks meanwhile. A
     * single snapshot is of one moment by itself.
     */
    public Moment oneMoment(List<Ref<VDI>> vdis) {
        PausedWriters.Held held = writers.of(vdis.size() > 1 ? vdis : List.of());
        return held::close;
    }

    /** The end of a time in which guests do not write. */
    public interface Moment extends AutoCloseable {
        @Override
        void close();
    }

    /** An independent disk with the contents that the other has now. */
    public Ref<VDI> copy(Ref<VDI> vdi, Ref<SR> sr) {
        boolean same = store.snapshot().get(vdi, VDI.SR).equals(sr);
        return same
                ? copies.clone(new InternalCall("VDI.clone", store), vdi)
                : copies.copy(new InternalCall("VDI.copy", store), vdi, sr);
    }

    /** Removes a disk, its VBDs and its volume. */
    public void destroy(Ref<VDI> vdi) {
        destroy(new InternalCall("VDI.destroy", store), vdi);
    }

    /** Removes a disk unless it is gone, or never was. */
    public void destroyIfThere(Ref<VDI> vdi) {
        if (store.snapshot().find(vdi).isPresent()) {
            destroy(vdi);
        }
    }

    void destroy(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_DESTROY), Claims.of(vdi, VdiOperations.DESTROY))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.attached(before, sr);
            Repository repository = place.repository();
            DiskRules.refuseUnmanaged(before, vdi);
            String location = place.named(before.get(vdi, VDI.LOCATION));
            if (places.foreign(before, sr).contains(SrFolders.name(repository.path(location)))) {
                LOG.warn(
                        "Disk file {}: belongs to another repository too, only the record is removed",
                        repository.path(location));
                operation.finish(tx -> DiskRules.forget(tx, vdi));
                return;
            }
            try {
                repository.begin(location);
                store.insist(tx -> DiskRules.forget(tx, vdi));
                repository.discard(location);
            } catch (IOException e) {
                throw SmFailure.VDI_DELETE.error(e);
            }
            Usage usage = repository.usage();
            operation.finish(tx -> place.record(tx, usage));
        }
    }

    /** Makes a disk larger. */
    void resize(Call call, Ref<VDI> vdi, long bytes) {
        resize(call, vdi, bytes, VdiOperations.RESIZE);
    }

    /** Makes a disk larger that a guest may use, which learns of it. */
    void resizeOnline(Call call, Ref<VDI> vdi, long bytes) {
        resize(call, vdi, bytes, VdiOperations.RESIZE_ONLINE);
    }

    private void resize(Call call, Ref<VDI> vdi, long bytes, VdiOperations as) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call,
                Claims.of(sr, StorageOperations.VDI_RESIZE),
                Claims.of(vdi, as),
                Claim.also(tx -> DiskHold.refuseHeld(tx, vdi, as)))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.of(before, vdi);
            DiskRules.refuseUnmanaged(before, vdi);
            long rounded = DiskRules.rounded(bytes);
            if (rounded < before.get(vdi, VDI.VIRTUAL_SIZE)) {
                throw SmFailure.VDI_SIZE.error("shrinking not allowed");
            }
            try {
                place.repository().resize(place.existing(before.get(vdi, VDI.LOCATION)), rounded);
            } catch (IOException e) {
                throw SmFailure.VDI_RESIZE.error(e);
            }
            Usage usage = place.repository().usage();
            operation.finish(tx -> {
                tx.set(vdi, VDI.VIRTUAL_SIZE, rounded);
                place.record(tx, usage);
            });
        }
    }

    /** How a domain of a host gets a disk; SR_BACKEND_FAILURE_46 when its volume is not there. */
    public GuestDisk guestDisk(Snapshot snapshot, Ref<VDI> vdi, Ref<Host> host) {
        Row<VDI> row = snapshot.row(vdi);
        AttachedSr place = drivers.attachedAt(snapshot, row.get(VDI.SR), host);
        return place.repository().guestDisk(place.existing(row.get(VDI.LOCATION)));
    }

    /** The file or device of a disk at this machine; SR_BACKEND_FAILURE_46 when its volume is not there. */
    public Path file(Snapshot snapshot, Ref<VDI> vdi) {
        return file(snapshot, vdi, ThisHost.ref(snapshot));
    }

    /** The same at the machine of a host. */
    public Path file(Snapshot snapshot, Ref<VDI> vdi, Ref<Host> host) {
        return guestDisk(snapshot, vdi, host).path();
    }

    /** Gives the disks of a VM that is about to boot their initial contents. */
    public void beforeBoot(Set<Ref<VBD>> vbds) {
        resets.beforeBoot(vbds);
    }

    /** Makes the repositories usable that are plugged at a host, which is another machine and has begun to answer. */
    public void replug(Ref<Host> host) {
        replugs.run(host);
    }

    /** Publishes what this host offers, and makes volumes and rows agree where the last run was stopped midway. */
    public void start() {
        DiskHold.releaseAll(store);
        store.change(drivers::publish);
        places.look();
        replugs.run();
        recovery.run();
    }
}
