package org.jxapi.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.Platform;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Reasons besides a VM's state that prevent an operation: its guest, its disks and devices, its membership. */
final class VmConstraints {
    private static final String CANT_SUSPEND = "data-cant-suspend-reason";

    private VmConstraints() {}

    static boolean isTrue(Map<String, String> map, String key) {
        String value = map.get(key);
        return value != null && (value.equals("1") || value.equalsIgnoreCase("true"));
    }

    private static boolean moves(VmOperations operation) {
        return operation == VmOperations.SUSPEND
                || operation == VmOperations.CHECKPOINT
                || operation == VmOperations.POOL_MIGRATE
                || operation == VmOperations.MIGRATE_SEND;
    }

    /** A VM is bound to its host by the platform keys that it was started with. */
    static @Nullable XenApiException mobility(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, VmOperations operation, boolean strict) {
        if (!strict) {
            return null;
        }
        boolean nested = nestedVirt(snapshot, vm);
        if (moves(operation)) {
            boolean bound = metrics(snapshot, vm)
                    .map(m -> m.get(VMMetrics.NOMIGRATE))
                    .orElseGet(() -> isTrue(vm.get(VM.PLATFORM), "nomigrate"));
            return bound || nested ? Errors.vmIsImmobile(ref.value()) : null;
        }
        return nested && operation == VmOperations.CHANGING_DYNAMIC_RANGE
                ? Errors.vmIsUsingNestedVirt(ref.value())
                : null;
    }

    static boolean nestedVirt(Snapshot snapshot, Row<VM> vm) {
        return metrics(snapshot, vm)
                .map(m -> m.get(VMMetrics.NESTED_VIRT))
                .orElseGet(() -> isTrue(vm.get(VM.PLATFORM), Platform.NESTED_VIRT));
    }

    private static Optional<Row<VMMetrics>> metrics(Snapshot snapshot, Row<VM> vm) {
        return snapshot.find(vm.get(VM.METRICS)).map(Stored::row);
    }

    static @Nullable XenApiException error(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, VmOperations operation, boolean strict) {
        XenApiException error = feature(snapshot, ref, vm, operation, strict);
        if (error == null && operation == VmOperations.SNAPSHOT_WITH_QUIESCE) {
            error = Errors.vmSnapshotWithQuiesceNotSupported(ref.value());
        }
        if (error == null) {
            error = disks(snapshot, vm, operation);
        }
        if (error == null) {
            error = devices(ref, vm, operation);
        }
        return error == null ? membership(snapshot, ref, vm, operation) : error;
    }

    /** HVM guests without PV drivers must have said that they can do what they are asked for. */
    private static @Nullable XenApiException feature(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, VmOperations operation, boolean strict) {
        VmPowerState state = vm.get(VM.POWER_STATE);
        boolean live = state == VmPowerState.RUNNING || state == VmPowerState.PAUSED;
        Optional<Row<VMGuestMetrics>> guest =
                snapshot.find(vm.get(VM.GUEST_METRICS)).map(Stored::row);
        Map<String, String> told = guest.map(g -> g.get(VMGuestMetrics.OTHER)).orElse(Map.of());
        boolean implied = !live
                || metrics(snapshot, vm).map(VmConstraints::bootedPv).orElse(false)
                || guest.map(VmConstraints::hasPvDrivers).orElse(false);
        if (moves(operation) && live) {
            String reason = told.get(CANT_SUSPEND);
            if (reason != null) {
                return Errors.vmNonSuspendable(ref.value(), reason);
            }
            return !implied && strict && lacks(told, "feature-suspend") ? Errors.vmLacksFeature(ref.value()) : null;
        }
        if (implied) {
            return null;
        }
        boolean lacking = switch (operation) {
            case CLEAN_SHUTDOWN -> strict && lacks(told, "feature-shutdown") && lacks(told, "feature-poweroff");
            case CLEAN_REBOOT -> strict && lacks(told, "feature-shutdown") && lacks(told, "feature-reboot");
            case CHANGING_VCPUS_LIVE -> lacks(told, "feature-vcpu-hotplug");
            default -> false;
        };
        return lacking ? Errors.vmLacksFeature(ref.value()) : null;
    }

    private static boolean lacks(Map<String, String> told, String feature) {
        return !"1".equals(told.get(feature));
    }

    private static boolean bootedPv(Row<VMMetrics> metrics) {
        DomainType type = metrics.get(VMMetrics.CURRENT_DOMAIN_TYPE);
        return type != DomainType.HVM && type != DomainType.UNSPECIFIED;
    }

    /** Guests tell the version of their drivers as two numbers at least. */
    static boolean hasPvDrivers(Row<VMGuestMetrics> guestMetrics) {
        Map<String, String> version = guestMetrics.get(VMGuestMetrics.PV_DRIVERS_VERSION);
        return version.getOrDefault("major", "").matches("-?\\d{1,9}")
                && version.getOrDefault("minor", "").matches("-?\\d{1,9}");
    }

    /** A disk that is reset at each boot holds nothing that a snapshot could keep. */
    private static @Nullable XenApiException disks(Snapshot snapshot, Row<VM> vm, VmOperations operation) {
        boolean snapshotting = operation == VmOperations.CHECKPOINT
                || operation == VmOperations.SNAPSHOT
                || operation == VmOperations.SUSPEND;
        if (!snapshotting && operation != VmOperations.POOL_MIGRATE) {
            return null;
        }
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            Row<VDI> vdi = snapshot.find(vbd)
                    .flatMap(v -> snapshot.find(v.row().get(VBD.VDI)))
                    .map(Stored::row)
                    .orElse(null);
            boolean reset = vdi != null
                    && (vdi.get(VDI.ON_BOOT) == OnBoot.RESET
                            || "reset".equals(vdi.get(VDI.SM_CONFIG).get("on_boot")));
            if (vdi != null && reset && (snapshotting || vdi.get(VDI.ALLOW_CACHING))) {
                return Errors.vdiOnBootModeIncompatibleWithOperation();
            }
        }
        return null;
    }

    private static @Nullable XenApiException devices(Ref<VM> ref, Row<VM> vm, VmOperations operation) {
        if (moves(operation)) {
            if (!vm.get(VM.ATTACHED_PCIS).isEmpty()) {
                return Errors.vmHasPciAttached(ref.value());
            }
            boolean still = operation == VmOperations.MIGRATE_SEND && vm.get(VM.POWER_STATE) == VmPowerState.HALTED
                    || operation == VmOperations.CHECKPOINT && vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED;
            if (!vm.get(VM.VGPUS).isEmpty() && !still) {
                return Errors.vmHasVgpu(ref.value());
            }
        }
        boolean usb = (moves(operation) || operation == VmOperations.SNAPSHOT)
                && !vm.get(VM.VUSBS).isEmpty();
        return usb ? Errors.vmHasVusbs(ref.value()) : null;
    }

    private static @Nullable XenApiException membership(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, VmOperations operation) {
        if (operation == VmOperations.MAKE_INTO_TEMPLATE) {
            Ref<VMAppliance> appliance = vm.get(VM.APPLIANCE);
            if (snapshot.find(appliance).isPresent()) {
                return Errors.vmIsPartOfAnAppliance(ref.value(), appliance.value());
            }
            Ref<VMSS> schedule = vm.get(VM.SNAPSHOT_SCHEDULE);
            if (snapshot.find(schedule).isPresent()) {
                return new XenApiException("VM_ASSIGNED_TO_SNAPSHOT_SCHEDULE", List.of(ref.value(), schedule.value()));
            }
        }
        if (operation == VmOperations.QUERY_SERVICES && !isTrue(vm.get(VM.OTHER_CONFIG), "is_system_domain")) {
            return Errors.notSystemDomain(ref.value());
        }
        return operation == VmOperations.CREATE_VTPM && !vm.get(VM.VTPMS).isEmpty()
                ? Errors.vtpmMaxAmountReached(Integer.toString(vm.get(VM.VTPMS).size()))
                : null;
    }
}
