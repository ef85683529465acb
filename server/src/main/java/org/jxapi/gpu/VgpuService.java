package org.jxapi.gpu;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VGPUMessages;
import org.jxapi.xenapi.VGPUType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The messages of class VGPU. */
public final class VgpuService implements VGPUMessages<Call> {
    private static final int LAST_DEVICE = 20;

    private final Store store;

    VgpuService(Store store) {
        this.store = store;
    }

    /** The VM gets a GPU of the group when it starts. Without a type it gets a whole one. */
    @Override
    public Ref<VGPU> create(
            Call call,
            Ref<VM> vm,
            Ref<GPUGroup> gpuGroup,
            String device,
            Map<String, String> otherConfig,
            Ref<VGPUType> type) {
        return store.transact(tx -> {
            Row<VM> row = tx.row(vm);
            tx.require(gpuGroup);
            VmPowerState state = row.get(VM.POWER_STATE);
            if (!row.get(VM.IS_A_SNAPSHOT) && state != VmPowerState.HALTED) {
                throw Errors.vmBadPowerState(vm.value(), "halted", state.wire().toLowerCase(Locale.ROOT));
            }
            Ref<VGPUType> wanted = type.isNull() ? GpuTypes.whole(tx) : type;
            if (tx.find(wanted).isEmpty()) {
                throw Errors.invalidValue("type", wanted.value());
            }
            for (Ref<VGPU> other : row.get(VM.VGPUS)) {
                if (!tx.get(tx.get(other, VGPU.TYPE), VGPUType.COMPATIBLE_TYPES_IN_VM)
                        .contains(wanted)) {
                    throw Errors.vgpuTypeNotCompatible(wanted.value());
                }
            }
            return tx.create(Row.of(VGPU.XEN_CLASS)
                    .with(VGPU.VM, vm)
                    .with(VGPU.GPU_GROUP, gpuGroup)
                    .with(VGPU.DEVICE, device(tx, vm, device))
                    .with(VGPU.OTHER_CONFIG, otherConfig)
                    .with(VGPU.TYPE, wanted));
        });
    }

    /** The number of a device, where 0 means the first free one. */
    private static String device(Snapshot snapshot, Ref<VM> vm, String device) {
        if (!device.matches("-?\\d{1,9}")) {
            throw Errors.internalError("Failure(\"int_of_string\")");
        }
        Set<Integer> used = snapshot.get(vm, VM.VGPUS).stream()
                .map(vgpu -> Integer.valueOf(snapshot.get(vgpu, VGPU.DEVICE)))
                .collect(Collectors.toSet());
        int number = Integer.parseInt(device);
        if (number == 0) {
            while (used.contains(number)) {
                number++;
            }
            if (number > LAST_DEVICE) {
                throw Errors.vmPciBusFull(vm.value());
            }
            return Integer.toString(number);
        }
        if (used.contains(number)) {
            throw Errors.deviceAlreadyExists(device);
        }
        if (number < 0 || number > LAST_DEVICE) {
            throw Errors.invalidDevice(device);
        }
        return device;
    }

    @Override
    public void destroy(Call call, Ref<VGPU> self) {
        store.change(tx -> {
            checkStopped(tx, tx.get(self, VGPU.VM));
            tx.destroy(self);
        });
    }

    private static void checkStopped(Transaction tx, Ref<VM> vm) {
        VmPowerState state = tx.get(vm, VM.POWER_STATE);
        if (state == VmPowerState.RUNNING || state == VmPowerState.PAUSED) {
            throw Errors.operationNotAllowed("vGPU currently attached to a running VM");
        }
    }
}
