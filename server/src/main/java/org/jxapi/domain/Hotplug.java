package org.jxapi.domain;

import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.TristateType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The conditions of a VM that prevent plugging its devices in and out. */
public final class Hotplug {
    private Hotplug() {}

    /** Whether the VM has emulated drives. */
    public static boolean hvm(Row<VM> vm) {
        return DomainKinds.of(vm) == DomainKind.HVM;
    }

    /** Whether the VM runs with emulated devices. */
    public static boolean emulated(Row<VM> vm) {
        return vm.get(VM.POWER_STATE) == VmPowerState.RUNNING && DomainKinds.of(vm) == DomainKind.HVM;
    }

    /** OPERATION_NOT_ALLOWED while the VM stops, suspends or pauses; null otherwise. */
    public static @Nullable XenApiException stopping(Ref<VM> ref, Row<VM> vm) {
        for (VmOperations operation : vm.get(VM.CURRENT_OPERATIONS).values()) {
            switch (operation) {
                case CLEAN_SHUTDOWN, HARD_SHUTDOWN, SUSPEND, PAUSE -> {
                    return Errors.operationNotAllowed(
                            "Current operation on VM:" + ref.value() + " is " + operation.wire());
                }
                default -> {
                    // Others do not end the domain.
                }
            }
        }
        return null;
    }

    /**
     * The error when a running guest with emulated devices has no driver for hotplug; null otherwise.
     *
     * @param claim what the guest claims of devices of that kind
     * @param kind {@code VBD} or {@code VIF}
     */
    public static @Nullable XenApiException drivers(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, Field<VMGuestMetrics, TristateType> claim, String kind) {
        if (!emulated(vm)) {
            return null;
        }
        Row<VMGuestMetrics> guest =
                snapshot.find(vm.get(VM.GUEST_METRICS)).map(Stored::row).orElse(null);
        if (guest != null && guest.get(claim) == TristateType.YES) {
            return null;
        }
        if (guest != null && guest.get(claim) == TristateType.NO) {
            return Errors.operationNotAllowed("VM states it does not support " + kind + " hotplug.");
        }
        boolean detected = guest != null && (guest.get(VMGuestMetrics.PV_DRIVERS_DETECTED) || versioned(guest));
        return detected ? null : Errors.vmMissingPvDrivers(ref.value());
    }

    private static boolean versioned(Row<VMGuestMetrics> guest) {
        String major = guest.get(VMGuestMetrics.PV_DRIVERS_VERSION).getOrDefault("major", "");
        String minor = guest.get(VMGuestMetrics.PV_DRIVERS_VERSION).getOrDefault("minor", "");
        return major.matches("\\d+") && minor.matches("\\d+");
    }
}
