package org.jxapi.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VGPUType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VgpuTypeImplementation;

/** The GPUs that VMs have as a whole: which PGPU a VGPU gets, and XAPI's errors where there is none. */
public final class GuestGpus {
    private GuestGpus() {}

    /** Throws the error that keeps a VM with VGPUs from starting on a host. */
    public static void check(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        if (snapshot.get(vm, VM.VGPUS).isEmpty()) {
            return;
        }
        if (!"true".equals(snapshot.get(host, Host.CHIPSET_INFO).get("iommu"))) {
            throw Errors.vmRequiresIommu(host.value());
        }
        allocation(snapshot, vm, host);
    }

    /** Takes a GPU of that host for each VGPU of a VM that is about to start there. */
    public static void allocate(Transaction tx, Ref<VM> vm, Ref<Host> host) {
        Row<VM> row = tx.row(vm);
        if (!row.get(VM.VGPUS).isEmpty() && DomainKinds.of(row) != DomainKind.HVM) {
            throw Errors.featureRequiresHvm("vGPU- and GPU-passthrough needs HVM");
        }
        allocation(tx, vm, host).forEach((vgpu, pgpu) -> {
            tx.set(vgpu, VGPU.SCHEDULED_TO_BE_RESIDENT_ON, pgpu);
            tx.set(vgpu, VGPU.PCI, tx.get(pgpu, PGPU.PCI));
        });
    }

    private static Map<Ref<VGPU>, Ref<PGPU>> allocation(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        Map<Ref<VGPU>, Ref<PGPU>> all = new LinkedHashMap<>();
        for (Ref<VGPU> vgpu : snapshot.get(vm, VM.VGPUS)) {
            Ref<GPUGroup> group = snapshot.get(vgpu, VGPU.GPU_GROUP);
            Ref<VGPUType> type = snapshot.get(vgpu, VGPU.TYPE);
            Ref<PGPU> found = pgpus(snapshot, group).stream()
                    .filter(pgpu -> snapshot.get(pgpu, PGPU.HOST).equals(host)
                            && error(snapshot, pgpu, type, all.values()) == null)
                    .findFirst()
                    .orElse(null);
            if (found == null) {
                throw whole(snapshot, type)
                        ? Errors.vmRequiresGpu(vm.value(), group.value())
                        : Errors.vmRequiresVgpu(vm.value(), group.value(), type.value());
            }
            all.put(vgpu, found);
        }
        return all;
    }

    private static List<Ref<PGPU>> pgpus(Snapshot snapshot, Ref<GPUGroup> group) {
        return snapshot.find(group)
                .map(stored -> stored.row().get(GPUGroup.PGPUS))
                .orElse(List.of());
    }

    private static boolean whole(Snapshot snapshot, Ref<VGPUType> type) {
        return snapshot.get(type, VGPUType.IMPLEMENTATION) == VgpuTypeImplementation.PASSTHROUGH;
    }

    /** How many more VGPUs of a type a GPU can serve: 0 or 1, as a VGPU gets all of it. */
    public static long capacity(Snapshot snapshot, Ref<PGPU> pgpu, Ref<VGPUType> type) {
        return error(snapshot, pgpu, type, List.of()) == null ? 1 : 0;
    }

    /** The error that keeps a GPU from serving another VGPU of a type; null when it can. */
    private static @Nullable XenApiException error(
            Snapshot snapshot, Ref<PGPU> pgpu, Ref<VGPUType> type, Collection<Ref<PGPU>> taken) {
        Row<PGPU> row = snapshot.row(pgpu);
        XenApiException error = supported(row, type);
        if (error == null && !row.get(PGPU.ENABLED_VGPU_TYPES).contains(type)) {
            error = refused("VGPU_TYPE_NOT_ENABLED", type, row.get(PGPU.ENABLED_VGPU_TYPES));
        }
        boolean used = taken.contains(pgpu)
                || snapshot.all(VGPU.XEN_CLASS).stream()
                        .map(Stored::row)
                        .anyMatch(vgpu -> vgpu.get(VGPU.RESIDENT_ON).equals(pgpu)
                                || vgpu.get(VGPU.SCHEDULED_TO_BE_RESIDENT_ON).equals(pgpu))
                || snapshot.find(row.get(PGPU.PCI))
                        .map(pci -> !pci.row().get(PCI.ATTACHED_VMS).isEmpty())
                        .orElse(true);
        return error == null && (used || !whole(snapshot, type))
                ? Errors.pgpuInsufficientCapacityForVgpu(pgpu.value(), type.value())
                : error;
    }

    /** VGPU_TYPE_NOT_SUPPORTED for a type that a GPU cannot serve; null otherwise. */
    public static @Nullable XenApiException supported(Row<PGPU> pgpu, Ref<VGPUType> type) {
        List<Ref<VGPUType>> supported = pgpu.get(PGPU.SUPPORTED_VGPU_TYPES);
        return supported.contains(type) ? null : refused("VGPU_TYPE_NOT_SUPPORTED", type, supported);
    }

    private static XenApiException refused(String code, Ref<VGPUType> type, List<Ref<VGPUType>> others) {
        List<String> params = new ArrayList<>(List.of(type.value()));
        others.forEach(other -> params.add(other.value()));
        return new XenApiException(code, params);
    }

    /** The PCI devices of a VM's VGPUs: the GPU and the other functions of its card, in the order of their addresses. */
    static List<Ref<PCI>> devices(Snapshot snapshot, Row<VM> vm) {
        List<Ref<PCI>> all = new ArrayList<>();
        for (Ref<VGPU> vgpu : vm.get(VM.VGPUS)) {
            Ref<PCI> gpu = snapshot.get(vgpu, VGPU.PCI);
            if (snapshot.find(gpu).isPresent()) {
                List<Ref<PCI>> card = new ArrayList<>(List.of(gpu));
                card.addAll(snapshot.get(gpu, PCI.DEPENDENCIES));
                card.sort(Comparator.comparing(pci -> snapshot.get(pci, PCI.PCI_ID)));
                all.addAll(card);
            }
        }
        return all;
    }

    /** Writes down that the VM's domain has its GPUs. */
    public static void attached(Transaction tx, Ref<VM> vm) {
        for (Ref<VGPU> vgpu : tx.get(vm, VM.VGPUS)) {
            Ref<PGPU> scheduled = tx.get(vgpu, VGPU.SCHEDULED_TO_BE_RESIDENT_ON);
            if (!scheduled.isNull()) {
                tx.set(vgpu, VGPU.RESIDENT_ON, scheduled);
                tx.set(vgpu, VGPU.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
            }
            tx.set(vgpu, VGPU.CURRENTLY_ATTACHED, true);
        }
    }

    /** Writes down that the VM has no GPU any more, and is to get none. */
    public static void released(Transaction tx, Ref<VM> vm) {
        for (Ref<VGPU> vgpu : tx.get(vm, VM.VGPUS)) {
            tx.set(vgpu, VGPU.RESIDENT_ON, Ref.nil());
            tx.set(vgpu, VGPU.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
            tx.set(vgpu, VGPU.PCI, Ref.nil());
            tx.set(vgpu, VGPU.CURRENTLY_ATTACHED, false);
        }
    }
}
