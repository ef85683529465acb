package org.jxapi.storage;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.SmFailure;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VmPowerState;

/** Disks that forget what was written to them whenever their VM boots: {@code on_boot=reset}. */
final class DiskResets {
    private final Store store;
    private final Drivers drivers;
    private final Operations operations;

    DiskResets(Store store, Drivers drivers, Operations operations) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
    }

    /** Throws VM_BAD_POWER_STATE unless every VM of the disk is halted. */
    static void refuseRunning(Snapshot snapshot, Ref<VDI> vdi) {
        for (Ref<VBD> vbd : snapshot.get(vdi, VDI.VBDS)) {
            Ref<VM> vm = snapshot.get(vbd, VBD.VM);
            VmPowerState state = snapshot.get(vm, VM.POWER_STATE);
            if (state != VmPowerState.HALTED) {
                throw Errors.vmBadPowerState(vm.value(), "halted", state.wire().toLowerCase(Locale.ROOT));
            }
        }
    }

    /** Sets on_boot. For a disk that resets, it keeps a copy of the present contents. */
    void set(Call call, Ref<VDI> vdi, OnBoot value) {
        refuseRunning(store.snapshot(), vdi);
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_SET_ON_BOOT), Claims.of(vdi, VdiOperations.SET_ON_BOOT))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.attached(before, sr);
            String location = before.get(vdi, VDI.LOCATION);
            try {
                if (value == OnBoot.RESET && before.get(vdi, VDI.ON_BOOT) != OnBoot.RESET) {
                    place.repository().keepBase(place.existing(location));
                }
                operation.finish(tx -> tx.set(vdi, VDI.ON_BOOT, value));
                if (value == OnBoot.PERSIST) {
                    place.repository().dropBase(location);
                }
            } catch (IOException e) {
                throw SmFailure.VDI_SNAPSHOT.error(e);
            }
        }
    }

    /** Puts those of a VM's disks that are to be reset back to what they held. */
    void beforeBoot(Set<Ref<VBD>> vbds) {
        Snapshot snapshot = store.snapshot();
        for (Ref<VBD> vbd : vbds) {
            Ref<VDI> vdi = snapshot.get(vbd, VBD.VDI);
            if (vdi.isNull() || snapshot.find(vdi).isEmpty()) {
                continue;
            }
            Row<VDI> row = snapshot.row(vdi);
            if (row.get(VDI.ON_BOOT) == OnBoot.RESET) {
                reset(drivers.attached(snapshot, row.get(VDI.SR)), row.get(VDI.LOCATION), row.get(VDI.VIRTUAL_SIZE));
            }
        }
    }

    private static void reset(AttachedSr place, String location, long bytes) {
        try {
            place.repository().reset(place.existing(location), bytes);
        } catch (IOException e) {
            throw SmFailure.VDI_SNAPSHOT.error(e);
        }
    }
}
