package org.jxapi.vm;

import static org.jxapi.xenapi.VmPowerState.HALTED;
import static org.jxapi.xenapi.VmPowerState.PAUSED;
import static org.jxapi.xenapi.VmPowerState.RUNNING;
import static org.jxapi.xenapi.VmPowerState.SUSPENDED;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.ForeignRules;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Which operations a VM allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class VmRules {
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
    private static final Set<VmOperations> COPYING =
            EnumSet.of(VmOperations.CLONE, VmOperations.COPY, VmOperations.EXPORT);
    private static final Set<VmOperations> SNAPSHOTTING = EnumSet.of(VmOperations.SNAPSHOT, VmOperations.CHECKPOINT);

    /** Operations that clients are never told to be allowed; they are checked all the same. */
    private static final Set<VmOperations> UNTOLD = EnumSet.of(
            VmOperations.CREATE_TEMPLATE,
            VmOperations.POWER_STATE_RESET,
            VmOperations.CSVM,
            VmOperations.GET_BOOT_RECORD,
            VmOperations.SEND_SYSRQ,
            VmOperations.SEND_TRIGGER,
            VmOperations.QUERY_SERVICES,
            VmOperations.SHUTDOWN,
            VmOperations.CALL_PLUGIN,
            VmOperations.CHANGING_MEMORY_LIVE,
            VmOperations.AWAITING_MEMORY_LIVE,
            VmOperations.CHANGING_MEMORY_LIMITS,
            VmOperations.CHANGING_SHADOW_MEMORY_LIVE,
            VmOperations.CHANGING_VCPUS,
            VmOperations.ASSERT_OPERATION_VALID,
            VmOperations.DATA_SOURCE_OP,
            VmOperations.UPDATE_ALLOWED_OPERATIONS,
            VmOperations.IMPORT,
            VmOperations.REVERTING);

    private VmRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VM> vm, VmOperations operation) {
        check(snapshot, vm, operation, true);
    }

    /**
     * The same; a check that is not strict leaves off what the guest or the administrator may know better: features
     * that the guest did not announce, and platform keys that forbid moving.
     */
    static void check(Snapshot snapshot, Ref<VM> vm, VmOperations operation, boolean strict) {
        XenApiException error = error(snapshot, vm, snapshot.row(vm), operation, strict);
        if (error != null) {
            throw error;
        }
    }

    /** All operations that are possible now, for allowed_operations. */
    static List<VmOperations> allowed(Snapshot snapshot, Ref<VM> vm) {
        Row<VM> row = snapshot.row(vm);
        List<VmOperations> allowed = new ArrayList<>();
        for (VmOperations operation : VmOperations.values()) {
            // The state alone excludes most of them, and making an error takes time.
            if (!UNTOLD.contains(operation)
                    && states(snapshot, row, operation).contains(row.get(VM.POWER_STATE))
                    && error(snapshot, vm, row, operation, true) == null) {
                allowed.add(0, operation);
            }
        }
        return allowed;
    }

    private static @Nullable XenApiException error(
            Snapshot snapshot, Ref<VM> ref, Row<VM> vm, VmOperations operation, boolean strict) {
        String blocked = vm.get(VM.BLOCKED_OPERATIONS).get(operation);
        if (blocked != null) {
            return Errors.operationBlocked(ref.value(), blocked);
        }
        List<VmPowerState> states = states(snapshot, vm, operation);
        VmPowerState state = vm.get(VM.POWER_STATE);
        if (!states.contains(state)) {
            return badState(ref, states, state);
        }
        Map<String, VmOperations> current = vm.get(VM.CURRENT_OPERATIONS);
        if (!current.isEmpty() && !besides(current.values(), operation)) {
            return Errors.otherOperationInProgress(
                    "VM",
                    ref.value(),
                    joined(current.values().stream().map(VmOperations::wire).toList()),
                    joined(List.copyOf(current.keySet())));
        }
        XenApiException error = kind(ref, vm, operation);
        if (error == null) {
            error = ForeignRules.error(snapshot, vm, operation);
        }
        if (error == null) {
            error = VmConstraints.mobility(snapshot, ref, vm, operation, strict);
        }
        if (error == null) {
            error = controlDomain(vm, operation);
        }
        return error == null ? VmConstraints.error(snapshot, ref, vm, operation, strict) : error;
    }

    /** VM_BAD_POWER_STATE in XAPI's words. */
    static XenApiException badState(Ref<VM> vm, List<VmPowerState> expected, VmPowerState actual) {
        return Errors.vmBadPowerState(
                vm.value(), expected.stream().map(VmRules::lower).collect(Collectors.joining(", ")), lower(actual));
    }

    /** The power states in which an operation is possible, in the order in which the error names them. */
    private static List<VmPowerState> states(Snapshot snapshot, Row<VM> vm, VmOperations operation) {
        return switch (operation) {
            case IMPORT -> List.of();
            case CHANGING_VCPUS, CHANGING_STATIC_RANGE, CHANGING_MEMORY_LIMITS ->
                vm.get(VM.IS_CONTROL_DOMAIN) ? List.of(HALTED, RUNNING) : List.of(HALTED);
            case CHANGING_SHADOW_MEMORY, CHANGING_NVRAM, MAKE_INTO_TEMPLATE, PROVISION, START, START_ON, CREATE_VTPM ->
                List.of(HALTED);
            case UNPAUSE -> List.of(PAUSED);
            case CSVM, RESUME, RESUME_ON -> List.of(SUSPENDED);
            case AWAITING_MEMORY_LIVE,
                    CALL_PLUGIN,
                    CLEAN_REBOOT,
                    CLEAN_SHUTDOWN,
                    CHANGING_MEMORY_LIVE,
                    CHANGING_SHADOW_MEMORY_LIVE,
                    CHANGING_VCPUS_LIVE,
                    DATA_SOURCE_OP,
                    PAUSE,
                    POOL_MIGRATE,
                    SEND_SYSRQ,
                    SEND_TRIGGER,
                    SNAPSHOT_WITH_QUIESCE,
                    SYSPREP,
                    SUSPEND -> List.of(RUNNING);
            case CHANGING_DYNAMIC_RANGE -> List.of(HALTED, RUNNING);
            case CLONE, COPY ->
                vm.get(VM.IS_A_SNAPSHOT) || clonesSuspended(snapshot) ? List.of(HALTED, SUSPENDED) : List.of(HALTED);
            case CREATE_TEMPLATE, DESTROY, EXPORT -> List.of(HALTED, SUSPENDED);
            case HARD_REBOOT -> List.of(PAUSED, RUNNING);
            case CHECKPOINT, GET_BOOT_RECORD, SHUTDOWN, HARD_SHUTDOWN -> List.of(PAUSED, SUSPENDED, RUNNING);
            case MIGRATE_SEND -> List.of(HALTED, SUSPENDED, RUNNING);
            case ASSERT_OPERATION_VALID,
                    METADATA_EXPORT,
                    POWER_STATE_RESET,
                    REVERT,
                    REVERTING,
                    SNAPSHOT,
                    UPDATE_ALLOWED_OPERATIONS,
                    QUERY_SERVICES -> List.of(HALTED, PAUSED, SUSPENDED, RUNNING);
        };
    }

    private static boolean clonesSuspended(Snapshot snapshot) {
        return ThisPool.find(snapshot)
                .filter(p -> "true".equals(p.row().get(Pool.OTHER_CONFIG).get("allow_clone_suspended_vm")))
                .isPresent();
    }

    private static @Nullable XenApiException kind(Ref<VM> ref, Row<VM> vm, VmOperations operation) {
        boolean snapshot = vm.get(VM.IS_A_SNAPSHOT);
        boolean template = vm.get(VM.IS_A_TEMPLATE);
        if (template && !snapshot) {
            boolean own = (operation == VmOperations.DESTROY || operation == VmOperations.MIGRATE_SEND)
                    && !defaultTemplate(vm);
            if (!OF_TEMPLATES.contains(operation) && !own) {
                return Errors.vmIsTemplate(ref.value(), operation.wire());
            }
        }
        if (snapshot && !OF_SNAPSHOTS.contains(operation)) {
            return Errors.vmIsSnapshot(ref.value(), operation.wire());
        }
        if (operation == VmOperations.PROVISION && !template) {
            return Errors.provisionOnlyAllowedOnTemplate();
        }
        return operation == VmOperations.REVERT && !snapshot ? Errors.revertOnlyAllowedOnSnapshot() : null;
    }

    /** The field, or the other_config key that was there before it. */
    static boolean defaultTemplate(Row<VM> vm) {
        return vm.get(VM.IS_DEFAULT_TEMPLATE) || VmConstraints.isTrue(vm.get(VM.OTHER_CONFIG), "default_template");
    }

    private static @Nullable XenApiException controlDomain(Row<VM> vm, VmOperations operation) {
        if (!vm.get(VM.IS_CONTROL_DOMAIN)) {
            return null;
        }
        boolean zero = vm.get(VM.DOMID) == 0;
        if (zero && (operation == VmOperations.CHANGING_VCPUS || operation == VmOperations.DESTROY)) {
            return Errors.operationNotAllowed("This operation is not allowed on dom0");
        }
        return switch (operation) {
            case DATA_SOURCE_OP,
                    CHANGING_MEMORY_LIVE,
                    AWAITING_MEMORY_LIVE,
                    METADATA_EXPORT,
                    CHANGING_DYNAMIC_RANGE,
                    CHANGING_MEMORY_LIMITS,
                    CHANGING_STATIC_RANGE,
                    START,
                    START_ON,
                    CHANGING_VCPUS,
                    DESTROY -> null;
            default -> Errors.operationNotAllowed("This operation is not allowed on a control domain");
        };
    }

    /** Whether an operation may begin while these are under way. */
    private static boolean besides(Collection<VmOperations> current, VmOperations operation) {
        if (COPYING.contains(operation) && COPYING.containsAll(current)
                || SNAPSHOTTING.contains(operation) && SNAPSHOTTING.containsAll(current)) {
            return true;
        }
        boolean only = current.size() == 1;
        VmOperations other = current.iterator().next();
        return switch (operation) {
            case GET_BOOT_RECORD -> current.stream().allMatch(o -> o == VmOperations.GET_BOOT_RECORD);
            case HARD_SHUTDOWN -> !current.contains(VmOperations.HARD_SHUTDOWN);
            case HARD_REBOOT ->
                !current.contains(VmOperations.HARD_SHUTDOWN) && !current.contains(VmOperations.HARD_REBOOT);
            case SNAPSHOT -> only && other == VmOperations.SNAPSHOT_WITH_QUIESCE;
            case METADATA_EXPORT, CLEAN_SHUTDOWN, CLEAN_REBOOT -> only && other == VmOperations.MIGRATE_SEND;
            default -> false;
        };
    }

    private static String joined(List<String> all) {
        return all.size() == 1 ? all.get(0) : "{" + String.join(",", all) + "}";
    }

    static String lower(VmPowerState state) {
        return state.wire().toLowerCase(Locale.ROOT);
    }

    /** Throws VM_CANNOT_DELETE_DEFAULT_TEMPLATE for a template that came with the host. */
    static void refuseDefaultTemplate(Transaction tx, Ref<VM> vm) {
        if ("true".equals(tx.get(vm, VM.OTHER_CONFIG).get("default_template"))) {
            throw Errors.vmCannotDeleteDefaultTemplate();
        }
    }
}
