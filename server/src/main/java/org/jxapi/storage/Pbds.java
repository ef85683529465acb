package org.jxapi.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** How the hosts reach storage repositories: the life of PBDs. */
public final class Pbds {
    /** A key of device_config that storage managers keep for themselves. */
    private static final String INTERNAL_KEY = "SRmaster";

    private final Store store;
    private final Operations operations;
    private final Disks disks;
    private final SrFolders places;

    public Pbds(Store store, Operations operations, Disks disks, SrFolders places) {
        this.store = store;
        this.operations = operations;
        this.disks = disks;
        this.places = places;
    }

    Ref<PBD> create(Call call, Row<PBD> given) {
        Ref<SR> sr = given.get(PBD.SR);
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.PBD_CREATE))) {
            Ref<PBD> pbd = PBD.XEN_CLASS.freshRef();
            try (SrFolders.Hold hold = hold(sr, given.get(PBD.DEVICE_CONFIG), given.get(PBD.HOST))) {
                operation.finish(tx -> add(tx, pbd, given));
            }
            return pbd;
        }
    }

    /** Takes the folder that the settings lead to; as in XAPI, those that lead nowhere are refused by PBD.plug alone. */
    private SrFolders.@Nullable Hold hold(Ref<SR> sr, Map<String, String> deviceConfig, Ref<Host> host) {
        AttachedSr place;
        try {
            Snapshot now = store.snapshot();
            place = disks.drivers().at(now, sr, now.row(sr), deviceConfig, host);
        } catch (XenApiException e) {
            return null;
        }
        return places.take(place);
    }

    /** Adds an unplugged PBD, with secrets of its own; PBD_EXISTS when the host has one for the repository. */
    static void add(Transaction tx, Ref<PBD> ref, Row<PBD> given) {
        Ref<SR> sr = given.get(PBD.SR);
        Ref<Host> host = given.get(PBD.HOST);
        tx.require(host);
        for (Ref<PBD> other : tx.get(sr, SR.PBDS)) {
            if (tx.get(other, PBD.HOST).equals(host)) {
                throw Errors.pbdExists(sr.value(), host.value(), other.value());
            }
        }
        check(tx, given.get(PBD.DEVICE_CONFIG));
        Map<String, String> deviceConfig = DeviceSecrets.own(tx, given.get(PBD.DEVICE_CONFIG));
        tx.create(
                ref,
                given.with(PBD.DEVICE_CONFIG, deviceConfig)
                        .with(PBD.CURRENTLY_ATTACHED, false)
                        .with(PBD.OTHER_CONFIG, Map.of()));
    }

    /** Throws when a PBD cannot have these settings, wherever they lead. */
    static void check(Snapshot snapshot, Map<String, String> deviceConfig) {
        refuseInternalKey(deviceConfig);
        DeviceSecrets.check(snapshot, deviceConfig);
    }

    static void refuseInternalKey(Map<String, String> deviceConfig) {
        String value = deviceConfig.get(INTERNAL_KEY);
        if (value != null) {
            throw Errors.valueNotSupported(INTERNAL_KEY, value, "This key is for internal use only");
        }
    }

    void destroy(Call call, Ref<PBD> pbd) {
        Ref<SR> sr = store.snapshot().get(pbd, PBD.SR);
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.PBD_DESTROY))) {
            operation.finish(tx -> remove(tx, pbd));
        }
    }

    static void remove(Transaction tx, Ref<PBD> pbd) {
        if (tx.get(pbd, PBD.CURRENTLY_ATTACHED)) {
            throw Errors.operationNotAllowed("PBD is currently attached");
        }
        DeviceSecrets.destroy(tx, tx.get(pbd, PBD.DEVICE_CONFIG));
        tx.destroy(pbd);
    }

    /** Makes the repository usable; nothing happens when it is. Its disks are those of its folder then. */
    void plug(Call call, Ref<PBD> pbd) {
        Ref<SR> sr = store.snapshot().get(pbd, PBD.SR);
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.PLUG))) {
            Snapshot before = store.snapshot();
            if (before.get(pbd, PBD.CURRENTLY_ATTACHED)) {
                return;
            }
            refuseSharing(before, pbd);
            if (isPluggedAtMachine(before, pbd)) {
                // That machine reaches it already, for another host.
                operation.finish(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, true));
                return;
            }
            AttachedSr place = disks.drivers().by(before, before.row(pbd));
            try (SrFolders.Hold hold = places.take(place)) {
                disks.scans().attach(place);
                if (!Drivers.isPlugged(before, sr)) {
                    disks.scans().tidy(place);
                }
                operation.finish(tx -> {
                    tx.set(pbd, PBD.CURRENTLY_ATTACHED, true);
                    Leases.taken(tx, sr);
                });
                places.plugged(sr);
            }
        }
        disks.scans().scan(call, sr);
    }

    /** SR_NOT_SHARABLE if another host has plugged the repository, which is not shared. */
    private static void refuseSharing(Snapshot snapshot, Ref<PBD> pbd) {
        Ref<SR> sr = snapshot.get(pbd, PBD.SR);
        if (snapshot.get(sr, SR.SHARED)) {
            return;
        }
        for (Ref<PBD> other : snapshot.get(sr, SR.PBDS)) {
            if (!other.equals(pbd) && snapshot.get(other, PBD.CURRENTLY_ATTACHED)) {
                throw Errors.srNotSharable(
                        sr.value(), snapshot.get(other, PBD.HOST).value());
            }
        }
    }

    void unplug(Call call, Ref<PBD> pbd) {
        if (!store.snapshot().get(pbd, PBD.CURRENTLY_ATTACHED)) {
            return;
        }
        Ref<SR> sr = store.snapshot().get(pbd, PBD.SR);
        Ref<Host> host = store.snapshot().get(pbd, PBD.HOST);
        if (isPluggedAtMachine(store.snapshot(), pbd)) {
            unplugOne(call, pbd, sr, host);
            return;
        }
        disks.contents().refuseReceiving(sr);
        Claim claim = Claim.of(sr, StorageOperations.UNPLUG, tx -> {
            // Do not wait for a transfer: its client may take as long as it likes.
            refuseUsed(tx, sr, host);
            refuseBusy(tx, sr);
            disks.copies().refuseTarget(sr);
            disks.contents().refuseReceiving(sr);
            SrRules.check(tx, sr, StorageOperations.UNPLUG);
        });
        try (Operation operation = operations.await(call, claim)) {
            // From here on, no guest gets a disk of it.
            store.change(tx -> {
                refuseUsed(tx, sr, host);
                tx.set(pbd, PBD.CURRENTLY_ATTACHED, false);
            });
            try {
                Snapshot now = store.snapshot();
                AttachedSr place = disks.drivers().by(now, now.row(pbd));
                if (places.sharing(sr).isEmpty() && !Drivers.isPlugged(now, sr)) {
                    disks.drivers().leases().release(now, place);
                }
                place.repository().detach();
            } catch (RuntimeException | Error e) {
                operation.finish(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, true));
                throw e;
            }
        }
    }

    /** Unplugs one of several hosts, while others go on using the repository. */
    private void unplugOne(Call call, Ref<PBD> pbd, Ref<SR> sr, Ref<Host> host) {
        Claim claim = Claim.of(sr, StorageOperations.UNPLUG, tx -> {
            refuseUsed(tx, sr, host);
            SrRules.check(tx, sr, StorageOperations.UNPLUG);
        });
        try (Operation operation = operations.await(call, claim)) {
            operation.finish(tx -> {
                refuseUsed(tx, sr, host);
                if (!isPluggedAtMachine(tx, pbd)) {
                    throw Errors.operationNotAllowed("the SR has been unplugged from its other hosts meanwhile");
                }
                tx.set(pbd, PBD.CURRENTLY_ATTACHED, false);
            });
        }
    }

    /** Whether the machine of a PBD reaches the repository for another host too, as one process does for simulated hosts. */
    private boolean isPluggedAtMachine(Snapshot snapshot, Ref<PBD> pbd) {
        Ref<Host> host = snapshot.get(pbd, PBD.HOST);
        return snapshot.get(snapshot.get(pbd, PBD.SR), SR.PBDS).stream()
                .anyMatch(other -> !other.equals(pbd)
                        && snapshot.get(other, PBD.CURRENTLY_ATTACHED)
                        && disks.drivers().sameMachine(snapshot.get(other, PBD.HOST), host));
    }

    private static void refuseBusy(Snapshot snapshot, Ref<SR> sr) {
        for (Ref<VDI> vdi : snapshot.get(sr, SR.VDIS)) {
            Map<String, VdiOperations> current = snapshot.get(vdi, VDI.CURRENT_OPERATIONS);
            if (!current.isEmpty()) {
                Map.Entry<String, VdiOperations> first =
                        current.entrySet().iterator().next();
                throw Errors.otherOperationInProgress(
                        "VDI", vdi.value(), first.getValue().wire(), first.getKey());
            }
        }
    }

    /** VDI_IN_USE while VMs of the host, or no host, have disks of the repository. */
    private static void refuseUsed(Snapshot snapshot, Ref<SR> sr, Ref<Host> host) {
        List<String> used = new ArrayList<>();
        for (Ref<VDI> vdi : snapshot.get(sr, SR.VDIS)) {
            if (snapshot.get(vdi, VDI.TYPE) != VdiType.METADATA
                    && snapshot.get(vdi, VDI.VBDS).stream().anyMatch(vbd -> active(snapshot, vbd, host))) {
                used.add(vdi.value());
            }
        }
        if (!used.isEmpty()) {
            throw new XenApiException("VDI_IN_USE", used);
        }
    }

    private static boolean active(Snapshot snapshot, Ref<VBD> vbd, Ref<Host> host) {
        Ref<Host> at = snapshot.get(snapshot.get(vbd, VBD.VM), VM.RESIDENT_ON);
        if (!at.isNull() && !at.equals(host)) {
            return false;
        }
        return snapshot.get(vbd, VBD.CURRENTLY_ATTACHED) || snapshot.get(vbd, VBD.RESERVED);
    }

    void setDeviceConfig(Call call, Ref<PBD> pbd, Map<String, String> value) {
        InternalAccess.check(call, store.snapshot().get(pbd, PBD.SR));
        refuseInternalKey(value);
        Ref<Host> host = store.snapshot().get(pbd, PBD.HOST);
        try (SrFolders.Hold hold = hold(store.snapshot().get(pbd, PBD.SR), value, host)) {
            store.change(tx -> {
                Map<String, String> before = tx.get(pbd, PBD.DEVICE_CONFIG);
                Map<String, String> after = DeviceSecrets.hide(tx, value);
                tx.set(pbd, PBD.DEVICE_CONFIG, after);
                DeviceSecrets.destroy(tx, before, after.values());
            });
        }
    }
}
