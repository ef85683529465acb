package org.jxapi.vbd;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.DeviceName;
import org.jxapi.storage.VdiTypes;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Makes and removes VBDs, with XAPI's checks in XAPI's order. */
final class VbdCreation {
    private static final Set<VdiType> ATTACHABLE = EnumSet.of(
            VdiType.SYSTEM,
            VdiType.USER,
            VdiType.EPHEMERAL,
            VdiType.SUSPEND,
            VdiType.CRASHDUMP,
            VdiType.METADATA,
            VdiType.RRD,
            VdiType.PVS_CACHE);
    private static final Set<VmOperations> MOVING = EnumSet.of(VmOperations.MIGRATE_SEND, VmOperations.POOL_MIGRATE);

    private VbdCreation() {}

    static Ref<VBD> create(Transaction tx, Row<VBD> given) {
        Row<VM> vm = tx.row(given.get(VBD.VM));
        boolean empty = given.get(VBD.EMPTY);
        checkMedium(tx, given, empty);
        refuseQos(given.get(VBD.QOS_ALGORITHM_TYPE));
        for (Map.Entry<String, VmOperations> current :
                vm.get(VM.CURRENT_OPERATIONS).entrySet()) {
            if (MOVING.contains(current.getValue())) {
                throw Errors.otherOperationInProgress(
                        "VM", given.get(VBD.VM).value(), current.getValue().wire(), current.getKey());
            }
        }
        if (given.get(VBD.TYPE) == VbdType.FLOPPY) {
            throw Errors.notImplemented("VBD of type 'floppy' is not supported");
        }
        String wanted = given.get(VBD.USERDEVICE);
        boolean any = wanted.equals("autodetect") || wanted.isEmpty();
        DeviceName place = place(tx, vm, wanted, any);
        boolean suspended = vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED;
        return tx.create(given.with(VBD.VDI, empty ? Ref.nil() : given.get(VBD.VDI))
                .with(VBD.USERDEVICE, any ? Integer.toString(place.disk()) : wanted)
                .with(VBD.DEVICE, place.vdev())
                .with(VBD.CURRENTLY_ATTACHED, suspended && given.get(VBD.CURRENTLY_ATTACHED)));
    }

    /** Throws VALUE_NOT_SUPPORTED for any algorithm: no backend here gives one disk a priority over others. */
    static void refuseQos(String algorithm) {
        if (!algorithm.isEmpty()) {
            throw Errors.valueNotSupported(
                    VBD.QOS_ALGORITHM_TYPE.name(), algorithm, "jxapi cannot limit or prioritize the I/O of a disk");
        }
    }

    private static void checkMedium(Snapshot snapshot, Row<VBD> given, boolean empty) {
        if (!empty) {
            VdiType type = snapshot.row(given.get(VBD.VDI)).get(VDI.TYPE);
            if (!ATTACHABLE.contains(type)) {
                throw Errors.vdiIncompatibleType(given.get(VBD.VDI).value(), VdiTypes.named(type));
            }
        }
        boolean cd = given.get(VBD.TYPE) == VbdType.CD;
        boolean write = given.get(VBD.MODE) == VbdMode.RW;
        if (cd && write) {
            throw Errors.vbdCdsMustBeReadonly();
        }
        if (!cd && empty) {
            throw Errors.vbdNotRemovableMedia("in constructor");
        }
        if (write && snapshot.get(given.get(VBD.VDI), VDI.READ_ONLY)) {
            throw Errors.vdiReadonly(given.get(VBD.VDI).value());
        }
    }

    private static DeviceName place(Snapshot snapshot, Row<VM> vm, String wanted, boolean any) {
        Set<String> used = DeviceName.used(snapshot, vm);
        if (any) {
            return IntStream.range(0, DeviceName.NUMBERS)
                    .mapToObj(DeviceName::of)
                    .filter(place -> !used.contains(place.vdev()))
                    .findFirst()
                    .orElseThrow(() -> Errors.invalidDevice(wanted));
        }
        DeviceName place = DeviceName.parse(wanted).orElseThrow(() -> Errors.invalidDevice(wanted));
        if (used.contains(place.vdev())) {
            throw Errors.deviceAlreadyExists(wanted);
        }
        return place;
    }

    static void destroy(Transaction tx, Ref<VBD> vbd) {
        if (tx.get(vbd, VBD.CURRENTLY_ATTACHED) || tx.get(vbd, VBD.RESERVED)) {
            throw Errors.operationNotAllowed("VBD '" + tx.get(vbd, VBD.UUID) + "' still attached to '"
                    + tx.get(tx.get(vbd, VBD.VM), VM.UUID) + "'");
        }
        tx.destroy(vbd);
    }
}
