package org.jxapi.vm;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Which operations a VM allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class VmRules {
    private static final Map<VmOperations, Set<VmPowerState>> STATES = new EnumMap<>(VmOperations.class);
    private static final Set<VmOperations> OF_TEMPLATES = EnumSet.of(
            VmOperations.CHANGING_DYNAMIC_RANGE,
            VmOperations.CHANGING_STATIC_RANGE,
            VmOperations.CHANGING_MEMORY_LIMITS,
            VmOperations.CHANGING_SHADOW_MEMORY,
            VmOperations.CHANGING_VCPUS,
            VmOperations.CHANGING_NVRAM,
            VmOperations.CLONE,
            VmOperations.COPY,
            VmOperations.EXPORT,
            VmOperations.METADATA_EXPORT,
            VmOperations.PROVISION);
    private static final Set<VmOperations> OF_SNAPSHOTS = EnumSet.of(
            VmOperations.REVERT,
            VmOperations.CLONE,
            VmOperations.COPY,
            VmOperations.EXPORT,
            VmOperations.DESTROY,
            VmOperations.HARD_SHUTDOWN,
            VmOperations.METADATA_EXPORT);
    private static final Set<VmOperations> OF_CONTROL_DOMAINS = EnumSet.of(
            VmOperations.DATA_SOURCE_OP,
            VmOperations.CHANGING_MEMORY_LIVE,
            VmOperations.AWAITING_MEMORY_LIVE,
            VmOperations.METADATA_EXPORT,
            VmOperations.CHANGING_DYNAMIC_RANGE,
            VmOperations.CHANGING_MEMORY_LIMITS,
            VmOperations.CHANGING_STATIC_RANGE);
    private static final Set<VmOperations> COPYING =
            EnumSet.of(VmOperations.CLONE, VmOperations.COPY, VmOperations.EXPORT);
    private static final Set<VmOperations> SNAPSHOTTING = EnumSet.of(VmOperations.SNAPSHOT, VmOperations.CHECKPOINT);

    static {
        allow(
                EnumSet.of(VmPowerState.HALTED),
                "start start_on provision make_into_template changing_shadow_memory"
                        + " changing_NVRAM create_vtpm changing_VCPUs changing_static_range changing_memory_limits");
        allow(EnumSet.of(VmPowerState.HALTED, VmPowerState.RUNNING), "changing_dynamic_range");
        allow(EnumSet.of(VmPowerState.PAUSED), "unpause");
        allow(EnumSet.of(VmPowerState.SUSPENDED), "resume resume_on csvm");
        allow(
                EnumSet.of(VmPowerState.RUNNING),
                "pause suspend clean_shutdown clean_reboot pool_migrate send_sysrq"
                        + " send_trigger data_source_op call_plugin sysprep awaiting_memory_live changing_memory_live"
                        + " changing_shadow_memory_live changing_VCPUs_live snapshot_with_quiesce");
        allow(EnumSet.of(VmPowerState.HALTED), "clone copy");
        allow(EnumSet.of(VmPowerState.HALTED, VmPowerState.SUSPENDED), "destroy export create_template");
        allow(EnumSet.of(VmPowerState.PAUSED, VmPowerState.RUNNING), "hard_reboot");
        allow(
                EnumSet.of(VmPowerState.PAUSED, VmPowerState.SUSPENDED, VmPowerState.RUNNING),
                "hard_shutdown shutdown checkpoint get_boot_record");
        allow(EnumSet.of(VmPowerState.HALTED, VmPowerState.SUSPENDED, VmPowerState.RUNNING), "migrate_send");
        allow(
                EnumSet.allOf(VmPowerState.class),
                "snapshot revert reverting metadata_export power_state_reset"
                        + " query_services update_allowed_operations assert_operation_valid");
        allow(EnumSet.noneOf(VmPowerState.class), "import");
    }

    private VmRules() {}

    private static void allow(Set<VmPowerState> states, String operations) {
        for (String name : operations.split(" ")) {
            VmOperations operation = (VmOperations) VmOperations.TYPE.values().get(name);
            if (operation != null) {
                STATES.put(operation, states);
            }
        }
    }

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VM> vm, VmOperations operation) {
        XenApiException error = error(snapshot, vm, operation);
        if (error != null) {
            throw error;
        }
    }

    /** All operations that are possible now. */
    static List<VmOperations> allowed(Snapshot snapshot, Ref<VM> vm) {
        return STATES.keySet().stream()
                .filter(operation -> error(snapshot, vm, operation) == null)
                .toList();
    }

    private static XenApiException error(Snapshot snapshot, Ref<VM> ref, VmOperations operation) {
        Row vm = snapshot.row(VM.XEN_CLASS, ref);
        String blocked = vm.get(VM.BLOCKED_OPERATIONS).get(operation);
        if (blocked != null) {
            return Errors.operationBlocked(ref.value(), blocked);
        }
        Set<VmPowerState> states = states(vm, operation);
        VmPowerState state = vm.get(VM.POWER_STATE);
        if (!states.contains(state)) {
            String expected = states.stream().map(VmRules::lower).collect(Collectors.joining(", "));
            return Errors.vmBadPowerState(ref.value(), expected, lower(state));
        }
        Map<String, VmOperations> current = vm.get(VM.CURRENT_OPERATIONS);
        if (!current.isEmpty() && !besides(current.values(), operation)) {
            return Errors.otherOperationInProgress(
                    "VM",
                    ref.value(),
                    joined(current.values().stream().map(VmOperations::wire).toList()),
                    joined(List.copyOf(current.keySet())));
        }
        return kind(ref, vm, operation);
    }

    private static XenApiException kind(Ref<VM> ref, Row vm, VmOperations operation) {
        boolean snapshot = vm.get(VM.IS_A_SNAPSHOT);
        if (vm.get(VM.IS_A_TEMPLATE) && !snapshot) {
            boolean own = (operation == VmOperations.DESTROY || operation == VmOperations.MIGRATE_SEND)
                    && !vm.get(VM.IS_DEFAULT_TEMPLATE);
            if (!OF_TEMPLATES.contains(operation) && !own) {
                return Errors.vmIsTemplate(ref.value(), operation.wire());
            }
        }
        if (snapshot && !OF_SNAPSHOTS.contains(operation)) {
            return Errors.vmIsSnapshot(ref.value(), operation.wire());
        }
        if (operation == VmOperations.PROVISION && !vm.get(VM.IS_A_TEMPLATE)) {
            return Errors.provisionOnlyAllowedOnTemplate();
        }
        if (operation == VmOperations.REVERT && !snapshot) {
            return Errors.revertOnlyAllowedOnSnapshot();
        }
        if (vm.get(VM.IS_CONTROL_DOMAIN) && !OF_CONTROL_DOMAINS.contains(operation)) {
            return Errors.operationNotAllowed("This operation is not allowed on a control domain");
        }
        if (operation == VmOperations.SNAPSHOT_WITH_QUIESCE) {
            return new XenApiException("VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED", List.of(ref.value()));
        }
        boolean moving = operation == VmOperations.SUSPEND || operation == VmOperations.CHECKPOINT;
        if (moving && "true".equals(vm.get(VM.PLATFORM).get("nomigrate"))) {
            return new XenApiException("VM_IS_IMMOBILE", List.of(ref.value()));
        }
        return null;
    }

    private static Set<VmPowerState> states(Row vm, VmOperations operation) {
        if (vm.get(VM.IS_A_SNAPSHOT) && COPYING.contains(operation)) {
            return EnumSet.of(VmPowerState.HALTED, VmPowerState.SUSPENDED);
        }
        if (vm.get(VM.IS_CONTROL_DOMAIN)
                && (operation == VmOperations.CHANGING_STATIC_RANGE
                        || operation == VmOperations.CHANGING_MEMORY_LIMITS)) {
            return EnumSet.of(VmPowerState.HALTED, VmPowerState.RUNNING);
        }
        return STATES.getOrDefault(operation, EnumSet.allOf(VmPowerState.class));
    }

    /** Whether an operation may begin while these are under way. */
    private static boolean besides(java.util.Collection<VmOperations> current, VmOperations operation) {
        if (COPYING.contains(operation) && COPYING.containsAll(current)
                || SNAPSHOTTING.contains(operation) && SNAPSHOTTING.containsAll(current)) {
            return true;
        }
        if (operation == VmOperations.HARD_SHUTDOWN) {
            return !current.contains(VmOperations.HARD_SHUTDOWN);
        }
        return operation == VmOperations.HARD_REBOOT
                && !current.contains(VmOperations.HARD_SHUTDOWN)
                && !current.contains(VmOperations.HARD_REBOOT);
    }

    private static String joined(List<String> all) {
        return all.size() == 1 ? all.get(0) : "{" + String.join(",", all) + "}";
    }

    private static String lower(VmPowerState state) {
        return state.wire().toLowerCase(java.util.Locale.ROOT);
    }
}
