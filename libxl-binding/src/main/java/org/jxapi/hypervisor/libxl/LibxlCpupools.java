package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.CpupoolInfo;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Scheduler;

/** Cpupools through libxl. */
final class LibxlCpupools implements Cpupools {
    private final LibxlContexts contexts;

    LibxlCpupools(LibxlContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public List<CpupoolInfo> list() {
        return contexts.call(context -> {
            Pointer count = context.out();
            Pointer array = context.libxl().libxl_list_cpupool(context.pointer(), count);
            if (array == null) {
                throw context.failure(LibxlError.FAIL.value(), "the cpupools cannot be listed");
            }
            List<CpupoolInfo> pools =
                    context.takeList(StructType.CPUPOOLINFO, array, count.getInt(0), LibxlCpupools::read);
            pools.sort(Comparator.comparingInt(CpupoolInfo::poolid));
            return pools;
        });
    }

    private static CpupoolInfo read(ObjectNode json) {
        return RecordJson.read(json, CpupoolInfo.class);
    }

    @Override
    public CpupoolInfo info(int poolid) {
        return list().stream()
                .filter(pool -> pool.poolid() == poolid)
                .findFirst()
                .orElseThrow(() -> new HypervisorException(LibxlError.NOTFOUND, "there is no cpupool " + poolid));
    }

    @Override
    public Set<Integer> freeCpus() {
        return contexts.call(context -> {
            int cpus = context.check(context.libxl().libxl_get_max_cpus(context.pointer()), "CPUs are not known");
            try (Bitmap bitmap = new Bitmap(context, 0)) {
                context.check(
                        context.libxl().libxl_get_freecpus(context.pointer(), bitmap.pointer()),
                        "free CPUs are not known");
                return bitmap.bits(cpus);
            }
        });
    }

    @Override
    public int create(String name, Scheduler scheduler, Set<Integer> cpus) {
        return contexts.call(context -> {
            int most = context.check(context.libxl().libxl_get_max_cpus(context.pointer()), "CPUs are not known");
            try (Bitmap bitmap = new Bitmap(context, most)) {
                cpus.forEach(cpu -> context.libxl().libxl_bitmap_set(bitmap.pointer(), cpu));
                Pointer uuid = context.out();
                Pointer poolid = uuid.slice(32);
                poolid.putInt(0, -1);
                context.libxl().libxl_uuid_from_string(uuid, UUID.randomUUID().toString());
                context.check(
                        context.libxl()
                                .libxl_cpupool_create(
                                        context.pointer(),
                                        name,
                                        scheduler.value(),
                                        bitmap.word(0),
                                        bitmap.word(1),
                                        uuid,
                                        poolid),
                        "cpupool " + name + " cannot be created");
                return poolid.getInt(0);
            }
        });
    }

    @Override
    public void destroy(int poolid) {
        change(poolid, "cannot be destroyed", c -> c.libxl().libxl_cpupool_destroy(c.pointer(), poolid));
    }

    @Override
    public void rename(int poolid, String name) {
        change(poolid, "cannot be renamed", c -> c.libxl().libxl_cpupool_rename(c.pointer(), name, poolid));
    }

    @Override
    public void addCpu(int poolid, int cpu) {
        change(poolid, "cannot have CPU " + cpu, c -> c.libxl().libxl_cpupool_cpuadd(c.pointer(), poolid, cpu));
    }

    @Override
    public void removeCpu(int poolid, int cpu) {
        change(poolid, "needs CPU " + cpu, c -> c.libxl().libxl_cpupool_cpuremove(c.pointer(), poolid, cpu));
    }

    @Override
    public void moveDomain(int poolid, int domid) {
        info(poolid);
        contexts.call(context -> DomainCalls.check(
                context,
                domid,
                "cannot be moved to cpupool " + poolid,
                context.libxl().libxl_cpupool_movedomain(context.pointer(), poolid, domid)));
    }

    private void change(int poolid, String problem, ToIntFunction<LibxlContext> call) {
        info(poolid);
        contexts.call(context -> context.check(call.applyAsInt(context), "cpupool " + poolid + " " + problem));
    }
}
