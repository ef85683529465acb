package org.jxapi.vbd;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.Hotplug;
import org.jxapi.storage.Attachment;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;

/** Which operations a VBD allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class VbdRules {
    private static final Set<VbdOperations> PAUSING = EnumSet.of(VbdOperations.PAUSE, VbdOperations.UNPAUSE);
    private static final Set<VbdOperations> PLUGGING =
            EnumSet.of(VbdOperations.PLUG, VbdOperations.UNPLUG, VbdOperations.UNPLUG_FORCE);
    private static final Set<VbdOperations> UNPLUGGING = EnumSet.of(VbdOperations.UNPLUG, VbdOperations.UNPLUG_FORCE);
    private static final Set<VbdOperations> CHANGING = EnumSet.of(VbdOperations.INSERT, VbdOperations.EJECT);
    private static final Set<VbdOperations> ATTACHING =
            EnumSet.of(VbdOperations.ATTACH, VbdOperations.PLUG, VbdOperations.INSERT);

    private VbdRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VBD> vbd, VbdOperations operation) {
        XenApiException error = error(snapshot, vbd, operation);
        if (error == null) {
            error = ATTACHING.contains(operation) ? Attachment.sharing(snapshot, vbd) : null;
        }
        if (error != null) {
            throw error;
        }
    }

    /** All operations that are possible now; as in XAPI, whether others use the disk is not looked at. */
    static List<VbdOperations> allowed(Snapshot snapshot, Ref<VBD> vbd) {
        List<VbdOperations> allowed = new ArrayList<>();
        for (VbdOperations operation : VbdOperations.values()) {
            if (error(snapshot, vbd, operation) == null) {
                allowed.add(operation);
            }
        }
        return allowed;
    }

    private static @Nullable XenApiException error(Snapshot snapshot, Ref<VBD> ref, VbdOperations operation) {
        Row<VBD> vbd = snapshot.row(ref);
        Row<VM> vm = snapshot.find(vbd.get(VBD.VM)).map(Stored::row).orElse(null);
        if (vm == null) {
            return Errors.handleInvalid("VM", vbd.get(VBD.VM).value());
        }
        XenApiException error = inProgress(ref, vbd, operation);
        if (error == null) {
            error = kind(ref, vbd, operation);
        }
        if (error == null) {
            error = power(ref, vbd, vm, operation);
        }
        if (error == null && (operation == VbdOperations.PLUG || operation == VbdOperations.UNPLUG)) {
            error = Hotplug.stopping(vbd.get(VBD.VM), vm);
        }
        if (error == null && PLUGGING.contains(operation)) {
            error = Hotplug.drivers(snapshot, vbd.get(VBD.VM), vm, VMGuestMetrics.CAN_USE_HOTPLUG_VBD, "VBD");
            if (error == null && Hotplug.emulated(vm) && vbd.get(VBD.TYPE) == VbdType.CD) {
                error = Errors.operationNotAllowed(
                        "HVM CDROMs cannot be hotplugged/unplugged, only inserted or ejected");
            }
        }
        if (error == null && vbd.get(VBD.TYPE) == VbdType.CD && CHANGING.contains(operation)) {
            error = vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED
                    ? Errors.vmBadPowerState(vbd.get(VBD.VM).value(), "halted, running", "suspended")
                    : null;
        }
        if (error == null) {
            error = Attachment.disk(snapshot, ref, vbd);
        }
        boolean attaching = ATTACHING.contains(operation) && !vbd.get(VBD.EMPTY);
        return error == null && attaching ? Attachment.operation(snapshot, vbd.get(VBD.VDI)) : error;
    }

    /** One at a time, but pausing goes with pausing, and a disk is unpaused while its VM reboots. */
    private static @Nullable XenApiException inProgress(Ref<VBD> ref, Row<VBD> vbd, VbdOperations operation) {
        for (Map.Entry<String, VbdOperations> other :
                vbd.get(VBD.CURRENT_OPERATIONS).entrySet()) {
            boolean pausing = PAUSING.contains(other.getValue());
            boolean apart = switch (operation) {
                case PAUSE -> pausing;
                case UNPAUSE -> pausing || other.getValue() == VbdOperations.ATTACH;
                default -> false;
            };
            if (!apart) {
                return Errors.otherOperationInProgress(
                        "VBD", ref.value(), other.getValue().wire(), other.getKey());
            }
        }
        return null;
    }

    private static @Nullable XenApiException kind(Ref<VBD> ref, Row<VBD> vbd, VbdOperations operation) {
        if (UNPLUGGING.contains(operation) && !vbd.get(VBD.UNPLUGGABLE)) {
            return Errors.vbdNotUnpluggable(ref.value());
        }
        if (CHANGING.contains(operation) && vbd.get(VBD.TYPE) != VbdType.CD) {
            return Errors.vbdNotRemovableMedia(ref.value());
        }
        boolean empty = vbd.get(VBD.EMPTY);
        if (operation == VbdOperations.EJECT && empty) {
            return Errors.vbdIsEmpty(ref.value());
        }
        return operation == VbdOperations.INSERT && !empty ? Errors.vbdNotEmpty(ref.value()) : null;
    }

    private static @Nullable XenApiException power(Ref<VBD> ref, Row<VBD> vbd, Row<VM> vm, VbdOperations operation) {
        VmPowerState state = vm.get(VM.POWER_STATE);
        if (state == VmPowerState.RUNNING) {
            boolean plugged = vbd.get(VBD.CURRENTLY_ATTACHED) || vbd.get(VBD.RESERVED);
            if (plugged && operation == VbdOperations.PLUG) {
                return Errors.deviceAlreadyAttached(ref.value());
            }
            return !plugged && UNPLUGGING.contains(operation) ? Errors.deviceAlreadyDetached(ref.value()) : null;
        }
        boolean pausing = PAUSING.contains(operation) && state != VmPowerState.PAUSED;
        return PLUGGING.contains(operation) || pausing
                ? Errors.vmBadPowerState(
                        vbd.get(VBD.VM).value(), "running", state.wire().toLowerCase(Locale.ROOT))
                : null;
    }
}
