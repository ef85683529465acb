package org.jxapi.hypervisor.libxl;

import java.util.List;
import java.util.Set;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.hypervisor.Vcpus;

/** Virtual CPUs of domains through libxl. */
final class LibxlVcpus implements Vcpus {
    private final LibxlContexts contexts;

    LibxlVcpus(LibxlContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public List<VcpuInfo> list(int domid) {
        return contexts.call(context -> {
            Pointer out = context.out();
            Pointer array = context.libxl().libxl_list_vcpu(context.pointer(), domid, out, out.slice(8));
            if (array == null) {
                DomainCalls.check(context, domid, "has no virtual CPUs", LibxlError.FAIL.value());
            }
            return context.takeList(
                    StructType.VCPUINFO, array, out.getInt(0), json -> RecordJson.read(json, VcpuInfo.class));
        });
    }

    @Override
    public void setOnline(int domid, Set<Integer> vcpus) {
        contexts.longCall(context -> {
            try (Bitmap bitmap = Bitmap.of(context, vcpus)) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot have virtual CPUs " + vcpus,
                        context.libxl().libxl_set_vcpuonline(context.pointer(), domid, bitmap.pointer(), null));
            }
        });
    }

    @Override
    public void setAffinity(int domid, int vcpuid, @Nullable Set<Integer> hard, @Nullable Set<Integer> soft) {
        contexts.call(context -> {
            try (Bitmap hardMap = hard == null ? null : Bitmap.of(context, hard);
                    Bitmap softMap = soft == null ? null : Bitmap.of(context, soft)) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot have that affinity for virtual CPU " + vcpuid,
                        context.libxl()
                                .libxl_set_vcpuaffinity(
                                        context.pointer(), domid, vcpuid, pointer(hardMap), pointer(softMap)));
            }
        });
    }

    private static @Nullable Pointer pointer(@Nullable Bitmap bitmap) {
        return bitmap == null ? null : bitmap.pointer();
    }

    @Override
    public Set<Integer> nodeAffinity(int domid) {
        return contexts.call(context -> {
            int nodes = context.check(context.libxl().libxl_get_max_nodes(context.pointer()), "nodes are not known");
            try (Bitmap bitmap = new Bitmap(context, nodes)) {
                DomainCalls.check(
                        context,
                        domid,
                        "has no node affinity",
                        context.libxl().libxl_domain_get_nodeaffinity(context.pointer(), domid, bitmap.pointer()));
                return bitmap.bits(nodes);
            }
        });
    }

    @Override
    public void setNodeAffinity(int domid, Set<Integer> nodes) {
        contexts.call(context -> {
            int most = context.check(context.libxl().libxl_get_max_nodes(context.pointer()), "nodes are not known");
            try (Bitmap bitmap = new Bitmap(context, most)) {
                nodes.forEach(node -> context.libxl().libxl_bitmap_set(bitmap.pointer(), node));
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot be on nodes " + nodes,
                        context.libxl().libxl_domain_set_nodeaffinity(context.pointer(), domid, bitmap.pointer()));
            }
        });
    }
}
