package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.vm.SnapshotMetadata;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/**
 * The seeds of MAC addresses in an archive that is restored: VMs keep them, and only a VM and its snapshots may share one.
 */
final class MacSeeds {
    private static final String SEED = "mac_seed";

    private MacSeeds() {}

    /**
     * DUPLICATE_MAC_SEED when a VM here has the seed of a VM in the archive and is not of its family. While such VMs are
     * only being imported, perhaps from the same archive, OTHER_OPERATION_IN_PROGRESS.
     */
    static void check(Snapshot now, ArchiveItems items) {
        Map<String, List<Stored<VM>>> here = new HashMap<>();
        for (Stored<VM> vm : now.all(VM.XEN_CLASS)) {
            String seed = vm.row().get(VM.OTHER_CONFIG).get(SEED);
            if (seed != null) {
                here.computeIfAbsent(seed, s -> new ArrayList<>()).add(vm);
            }
        }
        for (Item vm : items.of(VM.XEN_CLASS)) {
            if (vm.map("other_config").get(SEED) instanceof String seed) {
                Optional<String> family = family(now, items, vm);
                List<Stored<VM>> foreign = here.getOrDefault(seed, List.of()).stream()
                        .filter(other -> family.isEmpty() || !family.equals(family(now, other.row())))
                        .toList();
                if (!foreign.isEmpty()) {
                    throw clash(now, seed, foreign);
                }
            }
        }
    }

    private static XenApiException clash(Snapshot now, String seed, List<Stored<VM>> foreign) {
        if (!foreign.stream().allMatch(vm -> isImported(now, vm))) {
            return Errors.duplicateMacSeed(seed);
        }
        Stored<VM> first = foreign.get(0);
        return Errors.otherOperationInProgress(
                "VM",
                first.ref().value(),
                VmOperations.IMPORT.wire(),
                importOf(first).value());
    }

    /** Whether the import that makes the VM is under way. */
    private static boolean isImported(Snapshot now, Stored<VM> vm) {
        return now.find(importOf(vm))
                .filter(task -> task.row().get(Task.STATUS) == TaskStatusType.PENDING)
                .isPresent();
    }

    private static Ref<Task> importOf(Stored<VM> vm) {
        return Task.XEN_CLASS.ref(vm.row().get(VM.OTHER_CONFIG).getOrDefault(ImportOptions.TASK, ""));
    }

    /** The UUID of the VM, or of the VM that a snapshot is of; empty when that is not known. */
    private static Optional<String> family(Snapshot now, Row<VM> vm) {
        return vm.get(VM.IS_A_SNAPSHOT)
                ? now.find(vm.get(VM.SNAPSHOT_OF))
                        .map(of -> of.row().get(VM.UUID))
                        .or(() -> SnapshotMetadata.uuid(vm.get(VM.SNAPSHOT_METADATA)))
                : Optional.of(vm.get(VM.UUID));
    }

    private static Optional<String> family(Snapshot now, ArchiveItems items, Item vm) {
        if (!vm.flag("is_a_snapshot")) {
            return Optional.of(vm.text("uuid"));
        }
        String of = vm.text("snapshot_of");
        return Optional.ofNullable(items.find(VM.XEN_CLASS, of))
                .map(item -> item.text("uuid"))
                .or(() -> now.find(VM.XEN_CLASS.ref(of)).map(here -> here.row().get(VM.UUID)))
                .or(() -> SnapshotMetadata.uuid(vm.text("snapshot_metadata")));
    }
}
