package org.jxapi.gpu;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.GuestGpus;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.PGPUMessages;
import org.jxapi.xenapi.PciDom0Access;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VGPUType;

/** The messages of class PGPU. */
public final class PgpuService implements PGPUMessages<Call> {
    private final Store store;
    private final HiddenDevices hidden;

    PgpuService(Store store, HiddenDevices hidden) {
        this.store = store;
        this.hidden = hidden;
    }

    @Override
    public void addEnabledVGPUTypes(Call call, Ref<PGPU> self, Ref<VGPUType> value) {
        store.change(tx -> {
            List<Ref<VGPUType>> types = new ArrayList<>(tx.get(self, PGPU.ENABLED_VGPU_TYPES));
            if (!types.contains(value)) {
                types.add(value);
            }
            enable(tx, self, List.of(value), List.of(), types);
        });
    }

    @Override
    public void removeEnabledVGPUTypes(Call call, Ref<PGPU> self, Ref<VGPUType> value) {
        store.change(tx -> {
            List<Ref<VGPUType>> types = new ArrayList<>(tx.get(self, PGPU.ENABLED_VGPU_TYPES));
            types.remove(value);
            enable(tx, self, List.of(), List.of(value), types);
        });
    }

    @Override
    public void setEnabledVGPUTypes(Call call, Ref<PGPU> self, List<Ref<VGPUType>> value) {
        store.change(tx -> {
            List<Ref<VGPUType>> fresh = new ArrayList<>(value);
            List<Ref<VGPUType>> gone = new ArrayList<>(tx.get(self, PGPU.ENABLED_VGPU_TYPES));
            fresh.removeAll(gone);
            gone.removeAll(value);
            enable(tx, self, fresh, gone, value);
        });
    }

    private static void enable(
            Transaction tx,
            Ref<PGPU> pgpu,
            List<Ref<VGPUType>> fresh,
            List<Ref<VGPUType>> gone,
            List<Ref<VGPUType>> all) {
        for (Ref<VGPUType> type : fresh) {
            XenApiException error = GuestGpus.supported(tx.row(pgpu), type);
            if (error != null) {
                throw error;
            }
        }
        for (Ref<VGPUType> type : gone) {
            checkFree(
                    tx,
                    tx.get(pgpu, PGPU.RESIDENT_VGPUS).stream()
                            .filter(vgpu -> tx.get(vgpu, VGPU.TYPE).equals(type))
                            .toList());
        }
        tx.set(pgpu, PGPU.ENABLED_VGPU_TYPES, all);
        Ref<GPUGroup> group = tx.get(pgpu, PGPU.GPU_GROUP);
        if (tx.find(group).isPresent()) {
            GpuTypes.refreshEnabled(tx, group);
        }
    }

    private static void checkFree(Snapshot snapshot, List<Ref<VGPU>> resident) {
        if (!resident.isEmpty()) {
            throw new XenApiException(
                    "PGPU_IN_USE_BY_VM",
                    resident.stream()
                            .map(vgpu -> snapshot.get(vgpu, VGPU.VM).value())
                            .toList());
        }
    }

    @Override
    public void setGPUGroup(Call call, Ref<PGPU> self, Ref<GPUGroup> value) {
        store.change(tx -> {
            tx.require(value);
            checkFree(tx, tx.get(self, PGPU.RESIDENT_VGPUS));
            Ref<PCI> pci = tx.get(self, PGPU.PCI);
            String type = tx.get(pci, PCI.VENDOR_ID) + "/" + tx.get(pci, PCI.DEVICE_ID);
            List<String> types = tx.get(value, GPUGroup.GPU_TYPES);
            if (!types.isEmpty() && !types.contains(type)) {
                throw Errors.pgpuNotCompatibleWithGpuGroup(type, "[" + String.join(", ", types) + "]");
            }
            Ref<GPUGroup> before = tx.get(self, PGPU.GPU_GROUP);
            tx.set(self, PGPU.GPU_GROUP, value);
            tx.set(value, GPUGroup.GPU_TYPES, types.isEmpty() ? List.of(type) : types);
            GpuTypes.refresh(tx, before);
            GpuTypes.refresh(tx, value);
        });
    }

    @Override
    public long getRemainingCapacity(Call call, Ref<PGPU> self, Ref<VGPUType> vgpuType) {
        return GuestGpus.capacity(store.snapshot(), self, vgpuType);
    }

    @Override
    public PciDom0Access enableDom0Access(Call call, Ref<PGPU> self) {
        return hidden.show(store.snapshot().get(self, PGPU.PCI));
    }

    @Override
    public PciDom0Access disableDom0Access(Call call, Ref<PGPU> self) {
        return hidden.hide(store.snapshot().get(self, PGPU.PCI));
    }
}
