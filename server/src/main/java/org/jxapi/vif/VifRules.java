package org.jxapi.vif;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.Hotplug;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VifOperations;
import org.jxapi.xenapi.VmPowerState;

/** Which operations a VIF allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class VifRules {
    private VifRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VIF> vif, VifOperations operation) {
        XenApiException error = error(snapshot, vif, operation);
        if (error != null) {
            throw error;
        }
    }

    /** All operations that are possible now. */
    static List<VifOperations> allowed(Snapshot snapshot, Ref<VIF> vif) {
        List<VifOperations> allowed = new ArrayList<>();
        for (VifOperations operation : VifOperations.values()) {
            if (error(snapshot, vif, operation) == null) {
                allowed.add(operation);
            }
        }
        return allowed;
    }

    private static @Nullable XenApiException error(Snapshot snapshot, Ref<VIF> ref, VifOperations operation) {
        Row<VIF> vif = snapshot.row(ref);
        Ref<VM> owner = vif.get(VIF.VM);
        Row<VM> vm = snapshot.find(owner).map(Stored::row).orElse(null);
        if (vm == null) {
            return Errors.handleInvalid("VM", owner.value());
        }
        Map<String, VifOperations> current = vif.get(VIF.CURRENT_OPERATIONS);
        if (!current.isEmpty()) {
            return Errors.otherOperationInProgress(
                    "VIF",
                    ref.value(),
                    current.values().stream().map(VifOperations::wire).collect(Collectors.joining("; ", "{", "}")),
                    current.keySet().stream().collect(Collectors.joining("; ", "{", "}")));
        }
        if (operation == VifOperations.ATTACH) {
            return null;
        }
        if (operation == VifOperations.PLUG && vm.get(VM.IS_CONTROL_DOMAIN)) {
            return Errors.operationNotAllowed("Control domain does not support hotplug");
        }
        VmPowerState state = vm.get(VM.POWER_STATE);
        if (state != VmPowerState.RUNNING) {
            return Errors.vmBadPowerState(owner.value(), "running", state.wire().toLowerCase(Locale.ROOT));
        }
        boolean plugged = vif.get(VIF.CURRENTLY_ATTACHED) || vif.get(VIF.RESERVED);
        if (plugged && operation == VifOperations.PLUG) {
            return Errors.deviceAlreadyAttached(ref.value());
        }
        if (!plugged && operation == VifOperations.UNPLUG) {
            return Errors.deviceAlreadyDetached(ref.value());
        }
        XenApiException stopping = Hotplug.stopping(owner, vm);
        return stopping != null
                ? stopping
                : Hotplug.drivers(snapshot, owner, vm, VMGuestMetrics.CAN_USE_HOTPLUG_VIF, "VIF");
    }
}
