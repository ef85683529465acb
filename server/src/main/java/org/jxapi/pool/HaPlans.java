package org.jxapi.pool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;

/** The HA plans that clients ask for before they enable HA, in a pool that restarts no VMs. */
final class HaPlans {
    static final Set<String> PRIORITIES = Set.of("restart", "best-effort", "");
    private static final String PROTECTED = "restart";

    private final Store store;

    HaPlans(Store store) {
        this.store = store;
    }

    boolean exists(long failures) {
        return survives(protectedVms(), failures);
    }

    long most() {
        return most(protectedVms());
    }

    long most(Map<Ref<VM>, String> priorities) {
        priorities.values().forEach(HaPlans::checkPriority);
        return most(priorities.entrySet().stream()
                .filter(e -> e.getValue().equals(PROTECTED))
                .map(Map.Entry::getKey)
                .toList());
    }

    private long most(List<Ref<VM>> vms) {
        long hosts = store.snapshot().count(Host.XEN_CLASS);
        long n = 0;
        while (n < hosts && survives(vms, n + 1)) {
            n++;
        }
        return survives(vms, n) ? n : 0;
    }

    static void checkPriority(String priority) {
        if (!PRIORITIES.contains(priority)) {
            throw Errors.invalidValue("ha_restart_priority", priority);
        }
    }

    private List<Ref<VM>> protectedVms() {
        return store.snapshot().all(VM.XEN_CLASS).stream()
                .filter(s -> s.row().get(VM.HA_ALWAYS_RUN)
                        && s.row().get(VM.HA_RESTART_PRIORITY).equals(PROTECTED))
                .<Ref<VM>>map(Stored::ref)
                .toList();
    }

    /** Whether those VMs find a host when so many are gone; VMs that run on the only host have none then. */
    private boolean survives(List<Ref<VM>> vms, long failures) {
        Snapshot snapshot = store.snapshot();
        if (failures > snapshot.count(Host.XEN_CLASS)) {
            return false;
        }
        return vms.isEmpty()
                || failures < snapshot.count(Host.XEN_CLASS)
                        && vms.stream().allMatch(vm -> notShared(snapshot, vm).isEmpty());
    }

    /** For each VM the host where it would start again, or the error that keeps it from that. */
    Map<Ref<VM>, Map<String, String>> failover(List<Ref<Host>> failed, List<Ref<VM>> vms) {
        Snapshot snapshot = store.snapshot();
        Map<Ref<VM>, Map<String, String>> plan = new LinkedHashMap<>();
        Map<Ref<Host>, Long> free = new LinkedHashMap<>();
        for (Stored<Host> host : snapshot.all(Host.XEN_CLASS)) {
            Ref<Host> ref = host.ref();
            if (!failed.contains(ref)) {
                free.put(ref, HostFreeMemory.available(snapshot, ref, Ref.nil()));
            }
        }
        for (Ref<VM> vm : vms) {
            Row<VM> row = snapshot.row(vm);
            List<Ref<SR>> local = notShared(snapshot, vm);
            long needed = row.get(VM.MEMORY_STATIC_MAX) + row.get(VM.MEMORY_OVERHEAD);
            Map.Entry<Ref<Host>, Long> room = free.entrySet().stream()
                    .filter(h -> h.getValue() >= needed)
                    .findFirst()
                    .orElse(null);
            if (!local.isEmpty()) {
                plan.put(
                        vm,
                        Map.of(
                                "error_code",
                                Errors.haConstraintViolationSrNotShared("").code()));
            } else if (room == null) {
                plan.put(
                        vm,
                        Map.of(
                                "error_code",
                                Errors.hostNotEnoughFreeMemory("", "").code()));
            } else {
                room.setValue(room.getValue() - needed);
                plan.put(vm, Map.of("host", room.getKey().value()));
            }
        }
        return plan;
    }

    /** The repositories of a VM's disks that only one host sees. */
    private static List<Ref<SR>> notShared(Snapshot snapshot, Ref<VM> vm) {
        return snapshot.get(vm, VM.VBDS).stream()
                .map(vbd -> snapshot.row(vbd))
                .filter(vbd -> vbd.get(VBD.TYPE) == VbdType.DISK)
                .filter(vbd -> snapshot.find(vbd.get(VBD.VDI)).isPresent())
                .map(vbd -> snapshot.get(vbd.get(VBD.VDI), VDI.SR))
                .filter(sr -> !snapshot.get(sr, SR.SHARED))
                .toList();
    }

    void setFailuresToTolerate(Ref<Pool> pool, long value) {
        if (value < 0) {
            throw Errors.invalidValue("ha_host_failures_to_tolerate", Long.toString(value));
        }
        store.change(tx -> tx.set(pool, Pool.HA_HOST_FAILURES_TO_TOLERATE, value));
    }
}
