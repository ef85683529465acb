package org.jxapi.storage;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** Which operations a storage repository allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
final class SrRules {
    /** Those that XAPI ever lists or checks. */
    private static final List<StorageOperations> KNOWN = List.of(
            StorageOperations.SCAN,
            StorageOperations.DESTROY,
            StorageOperations.FORGET,
            StorageOperations.PLUG,
            StorageOperations.UNPLUG,
            StorageOperations.VDI_CREATE,
            StorageOperations.VDI_DESTROY,
            StorageOperations.VDI_RESIZE,
            StorageOperations.VDI_CLONE,
            StorageOperations.VDI_SNAPSHOT,
            StorageOperations.VDI_MIRROR,
            StorageOperations.VDI_ENABLE_CBT,
            StorageOperations.VDI_DISABLE_CBT,
            StorageOperations.VDI_DATA_DESTROY,
            StorageOperations.VDI_LIST_CHANGED_BLOCKS,
            StorageOperations.VDI_SET_ON_BOOT,
            StorageOperations.VDI_INTRODUCE,
            StorageOperations.VDI_REVERT,
            StorageOperations.UPDATE,
            StorageOperations.PBD_CREATE,
            StorageOperations.PBD_DESTROY);

    private static final Map<StorageOperations, String> FEATURES = new EnumMap<>(StorageOperations.class);

    static {
        FEATURES.put(StorageOperations.VDI_CREATE, "VDI_CREATE");
        FEATURES.put(StorageOperations.VDI_DESTROY, "VDI_DELETE");
        FEATURES.put(StorageOperations.VDI_RESIZE, "VDI_RESIZE");
        FEATURES.put(StorageOperations.VDI_INTRODUCE, "VDI_INTRODUCE");
        FEATURES.put(StorageOperations.VDI_MIRROR, "VDI_MIRROR");
        FEATURES.put(StorageOperations.VDI_ENABLE_CBT, "VDI_CONFIG_CBT");
        FEATURES.put(StorageOperations.VDI_DISABLE_CBT, "VDI_CONFIG_CBT");
        FEATURES.put(StorageOperations.VDI_DATA_DESTROY, "VDI_CONFIG_CBT");
        FEATURES.put(StorageOperations.VDI_LIST_CHANGED_BLOCKS, "VDI_CONFIG_CBT");
        FEATURES.put(StorageOperations.VDI_SET_ON_BOOT, "VDI_RESET_ON_BOOT");
        FEATURES.put(StorageOperations.UPDATE, "SR_UPDATE");
        FEATURES.put(StorageOperations.VDI_REVERT, "VDI_REVERT");
        FEATURES.put(StorageOperations.VDI_SNAPSHOT, "VDI_SNAPSHOT");
    }

    private SrRules() {}

    /** Throws the XenAPI error when the operation is not possible now. */
    static void check(Snapshot snapshot, Ref<SR> sr, StorageOperations operation) {
        XenApiException error = error(snapshot, sr, operation);
        if (error != null) {
            throw error;
        }
    }

    /** Throws SR_OPERATION_NOT_SUPPORTED when the repository never allows it. */
    static void checkSupported(Snapshot snapshot, Ref<SR> sr, StorageOperations operation) {
        if (!supported(snapshot, snapshot.row(sr), operation)) {
            throw Errors.srOperationNotSupported(sr.value());
        }
    }

    /** All known operations that are possible now. */
    static List<StorageOperations> allowed(Snapshot snapshot, Ref<SR> sr) {
        return KNOWN.stream()
                .filter(operation -> error(snapshot, sr, operation) == null)
                .toList();
    }

    private static @Nullable XenApiException error(Snapshot snapshot, Ref<SR> ref, StorageOperations operation) {
        Row<SR> sr = snapshot.row(ref);
        if (!supported(snapshot, sr, operation)) {
            return Errors.srOperationNotSupported(ref.value());
        }
        boolean destroy = operation == StorageOperations.DESTROY;
        if (destroy || operation == StorageOperations.FORGET) {
            if (Drivers.isPlugged(snapshot, ref)) {
                return Errors.srHasPbd(ref.value());
            }
        }
        if (destroy && sr.get(SR.PBDS).isEmpty()) {
            return Errors.srHasNoPbds(ref.value());
        }
        if (destroy && sr.get(SR.VDIS).stream().anyMatch(vdi -> holds(snapshot, vdi))) {
            return Errors.srNotEmpty();
        }
        return parallel(ref, sr.get(SR.CURRENT_OPERATIONS), operation);
    }

    private static boolean holds(Snapshot snapshot, Ref<VDI> vdi) {
        return snapshot.get(vdi, VDI.MANAGED) && snapshot.get(vdi, VDI.TYPE) != VdiType.RRD;
    }

    private static boolean supported(Snapshot snapshot, Row<SR> sr, StorageOperations operation) {
        String feature = FEATURES.get(operation);
        if (feature == null) {
            return true;
        }
        Set<String> features = Drivers.features(snapshot, sr);
        boolean fixed = sr.get(SR.IS_TOOLS_SR) && (feature.equals("VDI_CREATE") || feature.equals("VDI_DELETE"));
        return features.contains(feature) && !fixed;
    }

    /** One at a time, but plugs go together. */
    private static @Nullable XenApiException parallel(
            Ref<SR> ref, Map<String, StorageOperations> current, StorageOperations operation) {
        for (Map.Entry<String, StorageOperations> other : current.entrySet()) {
            if (operation != StorageOperations.PLUG || other.getValue() != StorageOperations.PLUG) {
                return Errors.otherOperationInProgress("SR", ref.value(), named(other.getValue()), other.getKey());
            }
        }
        return null;
    }

    /** An operation as XAPI names it in errors: {@code VDI.create} is {@code vdi_create}. */
    private static String named(StorageOperations operation) {
        String wire = operation.wire();
        boolean ofDevice = wire.startsWith("vdi_") || wire.startsWith("pbd_");
        return ofDevice ? wire.substring(0, 3).toUpperCase(Locale.ROOT) + "." + wire.substring(4) : wire;
    }
}
