package org.jxapi.vbd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;

/** Which operations a VBD allows. */
public final class VbdRules {
    private VbdRules() {}

    static void check(Snapshot snapshot, Ref<VBD> vbd, VbdOperations operation) {
        XenApiException error = error(snapshot, vbd, operation);
        if (error != null) {
            throw error;
        }
    }

    /** All operations that are possible now. */
    public static List<VbdOperations> allowed(Snapshot snapshot, Ref<VBD> vbd) {
        List<VbdOperations> allowed = new ArrayList<>();
        for (VbdOperations operation : VbdOperations.values()) {
            if (error(snapshot, vbd, operation) == null) {
                allowed.add(operation);
            }
        }
        return allowed;
    }

    private static XenApiException error(Snapshot snapshot, Ref<VBD> ref, VbdOperations operation) {
        Row vbd = snapshot.row(VBD.XEN_CLASS, ref);
        Row vm = snapshot.find(VM.XEN_CLASS, vbd.get(VBD.VM))
                .map(org.jxapi.store.Stored::row)
                .orElse(null);
        if (vm == null) {
            return Errors.handleInvalid("VM", vbd.get(VBD.VM).value());
        }
        Map<String, VbdOperations> current = vbd.get(VBD.CURRENT_OPERATIONS);
        if (!current.isEmpty()) {
            return Errors.otherOperationInProgress(
                    "VBD",
                    ref.value(),
                    current.values().iterator().next().wire(),
                    current.keySet().iterator().next());
        }
        VmPowerState state = vm.get(VM.POWER_STATE);
        boolean attached = vbd.get(VBD.CURRENTLY_ATTACHED);
        boolean cd = vbd.get(VBD.TYPE) == VbdType.CD;
        boolean running = state == VmPowerState.RUNNING;
        return switch (operation) {
            case ATTACH -> attached ? Errors.deviceAlreadyAttached(ref.value()) : inUse(snapshot, vbd);
            case PLUG ->
                running
                        ? attached ? Errors.deviceAlreadyAttached(ref.value()) : inUse(snapshot, vbd)
                        : state(vbd, state, "running");
            case UNPLUG, UNPLUG_FORCE -> {
                if (!running) {
                    yield state(vbd, state, "running");
                }
                yield !attached
                        ? Errors.deviceAlreadyDetached(ref.value())
                        : cd
                                ? new XenApiException(
                                        "DEVICE_DETACH_REJECTED", List.of("VBD", ref.value(), "a disc drive stays"))
                                : null;
            }
            case INSERT ->
                !cd
                        ? Errors.vbdNotRemovableMedia(ref.value())
                        : vbd.get(VBD.EMPTY) ? null : Errors.vbdNotEmpty(ref.value());
            case EJECT ->
                !cd
                        ? Errors.vbdNotRemovableMedia(ref.value())
                        : vbd.get(VBD.EMPTY) ? Errors.vbdIsEmpty(ref.value()) : null;
            case PAUSE -> attached && running ? null : Errors.deviceAlreadyDetached(ref.value());
            case UNPAUSE -> Errors.deviceAlreadyDetached(ref.value());
        };
    }

    private static XenApiException state(Row vbd, VmPowerState state, String expected) {
        return Errors.vmBadPowerState(
                vbd.get(VBD.VM).value(), expected, state.wire().toLowerCase(Locale.ROOT));
    }

    /** A disk that is written to belongs to one VM at a time. */
    private static XenApiException inUse(Snapshot snapshot, Row vbd) {
        if (vbd.get(VBD.EMPTY) || snapshot.find(VDI.XEN_CLASS, vbd.get(VBD.VDI)).isEmpty()) {
            return null;
        }
        Row vdi = snapshot.row(VDI.XEN_CLASS, vbd.get(VBD.VDI));
        if (vdi.get(VDI.SHARABLE)) {
            return null;
        }
        for (Ref<VBD> other : vdi.get(VDI.VBDS)) {
            Row row = snapshot.row(VBD.XEN_CLASS, other);
            if (row.get(VBD.CURRENTLY_ATTACHED)
                    && (row.get(VBD.MODE) == VbdMode.RW || vbd.get(VBD.MODE) == VbdMode.RW)) {
                return Errors.vdiInUse(vbd.get(VBD.VDI).value(), "attach");
            }
        }
        return null;
    }
}
