package org.jxapi.gpu;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.GuestGpus;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.GPUGroupMessages;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VGPUType;

/** The messages of class GPU_group. */
public final class GpuGroupService implements GPUGroupMessages<Call> {
    private final Store store;

    GpuGroupService(Store store) {
        this.store = store;
    }

    @Override
    public Ref<GPUGroup> create(Call call, String nameLabel, String nameDescription, Map<String, String> otherConfig) {
        return store.transact(tx -> tx.create(Row.of(GPUGroup.XEN_CLASS)
                .with(GPUGroup.NAME_LABEL, nameLabel)
                .with(GPUGroup.NAME_DESCRIPTION, nameDescription)
                .with(GPUGroup.OTHER_CONFIG, otherConfig)));
    }

    /** A group that has GPUs, or serves a VM that runs, stays. */
    @Override
    public void destroy(Call call, Ref<GPUGroup> self) {
        store.change(tx -> {
            Row<GPUGroup> group = tx.row(self);
            List<Ref<VGPU>> vgpus = List.copyOf(group.get(GPUGroup.VGPUS));
            List<String> attached = vgpus.stream()
                    .filter(vgpu -> tx.get(vgpu, VGPU.CURRENTLY_ATTACHED))
                    .map(Ref::value)
                    .toList();
            if (!attached.isEmpty()) {
                throw new XenApiException("GPU_GROUP_CONTAINS_VGPU", attached);
            }
            List<Ref<PGPU>> pgpus = group.get(GPUGroup.PGPUS);
            if (!pgpus.isEmpty()) {
                throw new XenApiException(
                        "GPU_GROUP_CONTAINS_PGPU",
                        pgpus.stream().map(Ref::value).toList());
            }
            vgpus.forEach(tx::destroy);
            tx.destroy(self);
        });
    }

    @Override
    public long getRemainingCapacity(Call call, Ref<GPUGroup> self, Ref<VGPUType> vgpuType) {
        Snapshot snapshot = store.snapshot();
        return snapshot.get(self, GPUGroup.PGPUS).stream()
                .mapToLong(pgpu -> GuestGpus.capacity(snapshot, pgpu, vgpuType))
                .sum();
    }

    @Override
    public void updateEnabledVGPUTypes(Call call, Ref<GPUGroup> self) {
        store.change(tx -> GpuTypes.refreshEnabled(tx, self));
    }

    @Override
    public void updateSupportedVGPUTypes(Call call, Ref<GPUGroup> self) {
        store.change(tx -> GpuTypes.refreshSupported(tx, self));
    }
}
