package org.jxapi.usb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.Hotplug;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmPowerState;
import org.jxapi.xenapi.VusbOperations;

/** Which operations a VUSB allows, and which VUSBs a VM may get: XAPI's checks, in XAPI's order. */
final class VusbRules {
    /** The most VUSBs of a VM. */
    static final int MOST = 6;

    private VusbRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VUSB> vusb, VusbOperations operation) {
        XenApiException error = error(snapshot, vusb, operation);
        if (error != null) {
            throw error;
        }
    }

    static List<VusbOperations> allowed(Snapshot snapshot, Ref<VUSB> vusb) {
        List<VusbOperations> allowed = new ArrayList<>();
        for (VusbOperations operation : VusbOperations.values()) {
            if (error(snapshot, vusb, operation) == null) {
                allowed.add(operation);
            }
        }
        return allowed;
    }

    private static @Nullable XenApiException error(Snapshot snapshot, Ref<VUSB> ref, VusbOperations operation) {
        Row<VUSB> vusb = snapshot.row(ref);
        Ref<VM> owner = vusb.get(VUSB.VM);
        Row<VM> vm = snapshot.find(owner).map(Stored::row).orElse(null);
        if (vm == null) {
            return Errors.handleInvalid("VM", owner.value());
        }
        Map<String, VusbOperations> current = vusb.get(VUSB.CURRENT_OPERATIONS);
        if (!current.isEmpty()) {
            return Errors.otherOperationInProgress(
                    "VUSB",
                    ref.value(),
                    "{"
                            + String.join(
                                    "; ",
                                    current.values().stream()
                                            .map(VusbOperations::wire)
                                            .toList()) + "}",
                    "{" + String.join("; ", current.keySet()) + "}");
        }
        if (operation == VusbOperations.ATTACH) {
            return null;
        }
        VmPowerState state = vm.get(VM.POWER_STATE);
        if (state != VmPowerState.RUNNING) {
            return Errors.vmBadPowerState(owner.value(), "running", state.wire().toLowerCase(Locale.ROOT));
        }
        boolean attached = vusb.get(VUSB.CURRENTLY_ATTACHED);
        if (attached && operation == VusbOperations.PLUG) {
            return Errors.deviceAlreadyAttached(ref.value());
        }
        if (!attached && operation == VusbOperations.UNPLUG) {
            return Errors.deviceAlreadyDetached(ref.value());
        }
        return Hotplug.stopping(owner, vm);
    }

    /** Throws the error that keeps a VM from getting a VUSB of that group. */
    static void checkNew(Snapshot snapshot, Ref<VM> vm, Ref<USBGroup> group) {
        Row<VM> row = snapshot.row(vm);
        if (row.get(VM.VUSBS).size() >= MOST) {
            throw Errors.tooManyVusbs(Integer.toString(MOST));
        }
        if (!snapshot.get(group, USBGroup.VUSBS).isEmpty()) {
            throw Errors.usbGroupConflict(group.value());
        }
        if (row.get(VM.HA_RESTART_PRIORITY).equals("restart")) {
            throw Errors.operationNotAllowed(
                    "VM " + vm.value() + " ha_restart_priority has been set to 'restart', cannot create VUSB for it. ");
        }
    }
}
