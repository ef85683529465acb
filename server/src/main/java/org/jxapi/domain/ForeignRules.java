package org.jxapi.domain;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmOperations;

/**
 * The operations that VMs refuse whose domain another tool has made. This daemon knows only a part of such a domain. It
 * must not replace the domain, and must not assume that it knows all of its disks.
 */
public final class ForeignRules {
    /** The key of other_config that marks them. Removing the key adopts the VM. */
    public static final String MARK = "foreign";

    /** The key of those whose configuration could not be read yet, so that their disks and interfaces are missing. */
    public static final String UNREAD = "foreign-unread";

    private static final Set<VmOperations> NEED_THE_WHOLE_VM = EnumSet.of(
            VmOperations.START,
            VmOperations.START_ON,
            VmOperations.RESUME,
            VmOperations.RESUME_ON,
            VmOperations.SUSPEND,
            VmOperations.CLEAN_REBOOT,
            VmOperations.HARD_REBOOT,
            VmOperations.POOL_MIGRATE,
            VmOperations.MIGRATE_SEND,
            VmOperations.SNAPSHOT,
            VmOperations.SNAPSHOT_WITH_QUIESCE,
            VmOperations.CHECKPOINT,
            VmOperations.CLONE,
            VmOperations.COPY,
            VmOperations.EXPORT,
            VmOperations.REVERT,
            VmOperations.REVERTING,
            VmOperations.MAKE_INTO_TEMPLATE);

    private ForeignRules() {}

    public static boolean isForeign(Row<VM> vm) {
        return vm.get(VM.OTHER_CONFIG).containsKey(MARK);
    }

    public static boolean isUnread(Row<VM> vm) {
        return isForeign(vm) && vm.get(VM.OTHER_CONFIG).containsKey(UNREAD);
    }

    /** OPERATION_NOT_ALLOWED until a VM is adopted, VBD_IS_EMPTY when it then has a disk that is no VDI; null when neither. */
    public static @Nullable XenApiException error(Snapshot snapshot, Row<VM> vm, VmOperations operation) {
        if (!NEED_THE_WHOLE_VM.contains(operation)) {
            return null;
        }
        if (isForeign(vm)) {
            return Errors.operationNotAllowed(
                    "The domain of this VM was made by another tool, which has to reboot, save or copy it."
                            + " Removing the key " + MARK + " from the VM's other_config adopts it");
        }
        return vm.get(VM.VBDS).stream()
                .flatMap(vbd -> unknown(snapshot, vbd).stream())
                .findFirst()
                .orElse(null);
    }

    /** VBD_IS_EMPTY for a disk, which is never empty, of which only the other tool knows what is on it. */
    static Optional<XenApiException> unknown(Snapshot snapshot, Ref<VBD> vbd) {
        return snapshot.find(vbd)
                .filter(stored -> stored.row().get(VBD.EMPTY) && stored.row().get(VBD.TYPE) == VbdType.DISK)
                .map(stored -> Errors.vbdIsEmpty(vbd.value()));
    }
}
