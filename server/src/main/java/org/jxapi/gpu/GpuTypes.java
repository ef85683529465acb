package org.jxapi.gpu;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.VGPUType;
import org.jxapi.xenapi.VgpuTypeImplementation;

/** The types of VGPUs. There is one, a whole GPU: libxl has no others. */
public final class GpuTypes {
    private static final String NAME = "passthrough";

    private GpuTypes() {}

    /** The type of a whole GPU, which is made when it is missing. */
    public static Ref<VGPUType> whole(Transaction tx) {
        return tx.all(VGPUType.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(VGPUType.IMPLEMENTATION) == VgpuTypeImplementation.PASSTHROUGH)
                .<Ref<VGPUType>>map(Stored::ref)
                .min(Comparator.comparing(Ref::value))
                .orElseGet(() -> tx.create(Row.of(VGPUType.XEN_CLASS)
                        .with(VGPUType.MODEL_NAME, NAME)
                        .with(VGPUType.IDENTIFIER, NAME)
                        .with(VGPUType.IMPLEMENTATION, VgpuTypeImplementation.PASSTHROUGH)));
    }

    /** Gives a group the types of its GPUs, if there is such a group. */
    public static void refresh(Transaction tx, Ref<GPUGroup> group) {
        if (tx.find(group).isPresent()) {
            refreshSupported(tx, group);
            refreshEnabled(tx, group);
        }
    }

    static void refreshSupported(Transaction tx, Ref<GPUGroup> group) {
        Set<Ref<VGPUType>> types = new LinkedHashSet<>();
        tx.get(group, GPUGroup.PGPUS).forEach(pgpu -> types.addAll(tx.get(pgpu, PGPU.SUPPORTED_VGPU_TYPES)));
        tx.set(group, GPUGroup.SUPPORTED_VGPU_TYPES, List.copyOf(types));
    }

    static void refreshEnabled(Transaction tx, Ref<GPUGroup> group) {
        Set<Ref<VGPUType>> types = new LinkedHashSet<>();
        tx.get(group, GPUGroup.PGPUS).forEach(pgpu -> types.addAll(tx.get(pgpu, PGPU.ENABLED_VGPU_TYPES)));
        tx.set(group, GPUGroup.ENABLED_VGPU_TYPES, List.copyOf(types));
    }
}
