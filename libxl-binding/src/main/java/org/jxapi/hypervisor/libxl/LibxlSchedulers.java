package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.VcpuSchedParams;

/** Parameters of the CPU schedulers through libxl. */
final class LibxlSchedulers implements Schedulers {
    private final LibxlContexts contexts;

    LibxlSchedulers(LibxlContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public Scheduler scheduler() {
        return contexts.call(context -> {
            int value =
                    context.check(context.libxl().libxl_get_scheduler(context.pointer()), "the scheduler is not known");
            return of(value);
        });
    }

    private static Scheduler of(int value) {
        for (Scheduler scheduler : Scheduler.values()) {
            if (scheduler.value() == value) {
                return scheduler;
            }
        }
        return Scheduler.UNKNOWN;
    }

    @Override
    public DomainSchedParams params(int domid) {
        return contexts.call(context -> {
            try (Struct params = context.struct(StructType.DOMAIN_SCHED_PARAMS)) {
                DomainCalls.check(
                        context,
                        domid,
                        "has no scheduler parameters",
                        context.libxl().libxl_domain_sched_params_get(context.pointer(), domid, params.pointer()));
                return readParams(params.json(context.pointer()));
            }
        });
    }

    /** libxl leaves out what is 0, and -1 is what this scheduler has not. */
    private static DomainSchedParams readParams(ObjectNode json) {
        return RecordJson.read(json, DomainSchedParams.class);
    }

    @Override
    public void setParams(int domid, DomainSchedParams params) {
        contexts.call(context -> {
            try (Struct struct = Struct.of(
                    context.libraries(), context.pointer(), StructType.DOMAIN_SCHED_PARAMS, RecordJson.write(params))) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot have scheduler parameters " + params,
                        context.libxl().libxl_domain_sched_params_set(context.pointer(), domid, struct.pointer()));
            }
        });
    }

    @Override
    public List<VcpuSchedParams> vcpuParams(int domid) {
        return contexts.call(context -> {
            try (Struct struct = context.struct(StructType.VCPU_SCHED_PARAMS)) {
                DomainCalls.check(
                        context,
                        domid,
                        "has no scheduler parameters of virtual CPUs",
                        context.libxl().libxl_vcpu_sched_params_get_all(context.pointer(), domid, struct.pointer()));
                List<VcpuSchedParams> all = new ArrayList<>();
                for (JsonNode vcpu : struct.json(context.pointer()).path("vcpus")) {
                    all.add(RecordJson.read((ObjectNode) vcpu, VcpuSchedParams.class));
                }
                return all;
            }
        });
    }

    @Override
    public void setVcpuParams(int domid, List<VcpuSchedParams> params) {
        ObjectNode json = Struct.JSON.createObjectNode();
        ArrayNode vcpus = json.putArray("vcpus");
        params.forEach(vcpu -> vcpus.add(RecordJson.write(vcpu)));
        contexts.call(context -> {
            try (Struct struct =
                    Struct.of(context.libraries(), context.pointer(), StructType.VCPU_SCHED_PARAMS, json)) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot have those scheduler parameters",
                        context.libxl().libxl_vcpu_sched_params_set(context.pointer(), domid, struct.pointer()));
            }
        });
    }
}
