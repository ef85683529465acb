package org.jxapi.storage;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** Which operations a VDI allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class VdiRules {
    /** Those that XAPI ever lists; older clients know no others. */
    private static final List<VdiOperations> LISTED = List.of(
            VdiOperations.CLONE,
            VdiOperations.COPY,
            VdiOperations.RESIZE,
            VdiOperations.RESIZE_ONLINE,
            VdiOperations.SNAPSHOT,
            VdiOperations.DESTROY,
            VdiOperations.FORGET,
            VdiOperations.UPDATE,
            VdiOperations.GENERATE_CONFIG);

    private static final Map<VdiOperations, String> FEATURES = new EnumMap<>(VdiOperations.class);
    private static final Set<VdiOperations> LIVE = EnumSet.of(
            VdiOperations.SNAPSHOT,
            VdiOperations.RESIZE_ONLINE,
            VdiOperations.BLOCKED,
            VdiOperations.CLONE,
            VdiOperations.REVERT_TO,
            VdiOperations.MIRROR,
            VdiOperations.ENABLE_CBT,
            VdiOperations.DISABLE_CBT,
            VdiOperations.DATA_DESTROY);
    private static final Set<VdiOperations> OF_CBT_METADATA = EnumSet.of(
            VdiOperations.BLOCKED,
            VdiOperations.DATA_DESTROY,
            VdiOperations.DESTROY,
            VdiOperations.LIST_CHANGED_BLOCKS,
            VdiOperations.FORCE_UNLOCK,
            VdiOperations.FORGET,
            VdiOperations.GENERATE_CONFIG,
            VdiOperations.UPDATE);
    private static final Set<VdiType> OF_HIGH_AVAILABILITY = EnumSet.of(VdiType.HA_STATEFILE, VdiType.REDO_LOG);

    static {
        FEATURES.put(VdiOperations.SNAPSHOT, "VDI_SNAPSHOT");
        FEATURES.put(VdiOperations.DESTROY, "VDI_DELETE");
        FEATURES.put(VdiOperations.RESIZE, "VDI_RESIZE");
        FEATURES.put(VdiOperations.UPDATE, "VDI_UPDATE");
        FEATURES.put(VdiOperations.RESIZE_ONLINE, "VDI_RESIZE_ONLINE");
        FEATURES.put(VdiOperations.GENERATE_CONFIG, "VDI_GENERATE_CONFIG");
        FEATURES.put(VdiOperations.CLONE, "VDI_CLONE");
        FEATURES.put(VdiOperations.REVERT_TO, "VDI_CLONE");
        FEATURES.put(VdiOperations.REVERT_FROM, "VDI_CLONE");
        FEATURES.put(VdiOperations.MIRROR, "VDI_MIRROR");
        FEATURES.put(VdiOperations.ENABLE_CBT, "VDI_CONFIG_CBT");
        FEATURES.put(VdiOperations.DISABLE_CBT, "VDI_CONFIG_CBT");
        FEATURES.put(VdiOperations.DATA_DESTROY, "VDI_CONFIG_CBT");
        FEATURES.put(VdiOperations.LIST_CHANGED_BLOCKS, "VDI_CONFIG_CBT");
        FEATURES.put(VdiOperations.SET_ON_BOOT, "VDI_RESET_ON_BOOT");
    }

    private VdiRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<VDI> vdi, VdiOperations operation) {
        XenApiException error = error(snapshot, vdi, operation);
        if (error != null) {
            throw error;
        }
    }

    /** All listed operations that are possible now. */
    static List<VdiOperations> allowed(Snapshot snapshot, Ref<VDI> vdi) {
        return LISTED.stream()
                .filter(operation -> error(snapshot, vdi, operation) == null)
                .toList();
    }

    private static @Nullable XenApiException error(Snapshot snapshot, Ref<VDI> ref, VdiOperations operation) {
        Row<VDI> vdi = snapshot.row(ref);
        Map<String, VdiOperations> current = vdi.get(VDI.CURRENT_OPERATIONS);
        boolean mirroring = operation == VdiOperations.DESTROY && current.containsValue(VdiOperations.MIRROR);
        if (!mirroring) {
            for (Map.Entry<String, VdiOperations> other : current.entrySet()) {
                if (other.getValue() != VdiOperations.COPY) {
                    return inProgress(ref, other.getValue().wire(), other.getKey());
                }
            }
        }
        Ref<SR> sr = vdi.get(VDI.SR);
        if (snapshot.find(sr).isEmpty()) {
            return Errors.handleInvalid("SR", sr.value());
        }
        if (operation == VdiOperations.RESIZE && !Drivers.isPlugged(snapshot, sr)) {
            return Errors.srHasNoPbds(sr.value());
        }
        XenApiException used = used(snapshot, ref, vdi, operation);
        if (used != null) {
            return used;
        }
        Row<SR> repository = snapshot.row(sr);
        String feature = FEATURES.get(operation);
        if (feature != null && !Drivers.features(snapshot, repository).contains(feature)) {
            return Errors.srOperationNotSupported(sr.value());
        }
        if (vdi.get(VDI.TYPE) == VdiType.CBT_METADATA && !OF_CBT_METADATA.contains(operation)) {
            return Errors.vdiIncompatibleType(ref.value(), VdiTypes.named(VdiType.CBT_METADATA));
        }
        if (vdi.get(VDI.CBT_ENABLED) && (operation == VdiOperations.MIRROR || operation == VdiOperations.SET_ON_BOOT)) {
            return Errors.vdiCbtEnabled(ref.value());
        }
        return kind(ref, vdi, repository, operation);
    }

    private static XenApiException inProgress(Ref<VDI> ref, String operation, String key) {
        return Errors.otherOperationInProgress("VDI", ref.value(), operation, key);
    }

    /** What VMs do with the disk comes first; whether two of them may write to it is for VBDs to say. */
    private static @Nullable XenApiException used(
            Snapshot snapshot, Ref<VDI> ref, Row<VDI> vdi, VdiOperations operation) {
        boolean attached = false;
        boolean written = false;
        boolean bySnapshots = true;
        Map.Entry<String, VbdOperations> busy = null;
        for (Ref<VBD> vbd : vdi.get(VDI.VBDS)) {
            Row<VBD> row = snapshot.row(vbd);
            if (row.get(VBD.CURRENTLY_ATTACHED) || row.get(VBD.RESERVED)) {
                attached = true;
                written |= row.get(VBD.MODE) == VbdMode.RW;
                bySnapshots &= snapshot.find(row.get(VBD.VM))
                        .map(vm -> vm.row().get(VM.IS_A_SNAPSHOT))
                        .orElse(false);
            }
            if (busy == null && !row.get(VBD.CURRENT_OPERATIONS).isEmpty()) {
                busy = row.get(VBD.CURRENT_OPERATIONS).entrySet().iterator().next();
            }
        }
        boolean blocked = !LIVE.contains(operation) && (operation == VdiOperations.COPY ? written : attached);
        if (blocked && !(operation == VdiOperations.LIST_CHANGED_BLOCKS && bySnapshots)) {
            return Errors.vdiInUse(ref.value(), operation.wire());
        }
        if (busy != null && operation != VdiOperations.DATA_DESTROY) {
            return inProgress(ref, busy.getValue().wire(), busy.getKey());
        }
        return null;
    }

    private static @Nullable XenApiException kind(Ref<VDI> ref, Row<VDI> vdi, Row<SR> sr, VdiOperations operation) {
        boolean snapshot = vdi.get(VDI.IS_A_SNAPSHOT);
        boolean reset = vdi.get(VDI.ON_BOOT) == OnBoot.RESET;
        return switch (operation) {
            case FORGET -> vdi.get(VDI.TYPE) == VdiType.RRD ? Errors.vdiHasRrds(ref.value()) : null;
            case DESTROY, REVERT_FROM -> destroy(ref, vdi, sr);
            case DATA_DESTROY ->
                !snapshot
                        ? Errors.operationNotAllowed("VDI is not a snapshot: " + ref.value())
                        : !vdi.get(VDI.CBT_ENABLED) ? Errors.vdiNoCbtMetadata(ref.value()) : destroy(ref, vdi, sr);
            case SNAPSHOT -> {
                if (vdi.get(VDI.SHARABLE)) {
                    yield Errors.vdiIsSharable(ref.value());
                }
                if (reset) {
                    yield Errors.vdiOnBootModeIncompatibleWithOperation();
                }
                yield vdi.get(VDI.CURRENT_OPERATIONS).containsValue(VdiOperations.COPY)
                        ? Errors.operationNotAllowed("Snapshot operation not allowed during copy.")
                        : null;
            }
            case COPY -> {
                if (reset) {
                    yield Errors.vdiOnBootModeIncompatibleWithOperation();
                }
                yield OF_HIGH_AVAILABILITY.contains(vdi.get(VDI.TYPE))
                        ? Errors.operationNotAllowed("VDI containing HA statefile or redo log cannot be copied"
                                + " (check the VDI's allowed operations).")
                        : null;
            }
            case ENABLE_CBT, DISABLE_CBT -> {
                if (snapshot) {
                    yield Errors.operationNotAllowed("VDI is a snapshot: " + ref.value());
                }
                VdiType type = vdi.get(VDI.TYPE);
                if (type != VdiType.USER && type != VdiType.SYSTEM) {
                    yield Errors.vdiIncompatibleType(ref.value(), VdiTypes.named(type));
                }
                yield reset ? Errors.vdiOnBootModeIncompatibleWithOperation() : null;
            }
            case REVERT_TO -> snapshot ? null : new XenApiException("ONLY_REVERT_SNAPSHOT", List.of());
            default -> null;
        };
    }

    private static @Nullable XenApiException destroy(Ref<VDI> ref, Row<VDI> vdi, Row<SR> sr) {
        if (sr.get(SR.TYPE).equals("udev")) {
            return Errors.vdiIsAPhysicalDevice(ref.value());
        }
        if (sr.get(SR.IS_TOOLS_SR)) {
            return Errors.srOperationNotSupported(vdi.get(VDI.SR).value());
        }
        return vdi.get(VDI.TYPE) == VdiType.RRD ? Errors.vdiHasRrds(ref.value()) : null;
    }
}
