package org.jxapi.vm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.PlacementPolicy;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGroup;
import org.jxapi.xenapi.VmPowerState;

/** Chooses the host on which a VM starts. */
public final class Placement {
    private Placement() {}

    /**
     * The host where the VM starts when its caller does not say: its affinity, else a host with the fewest VMs of its
     * anti-affinity group, else a member with the most memory left, else the coordinator, unless the pool has no
     * coordinator_bias. NO_HOSTS_AVAILABLE when none is fit, memory not counted, HOST_NOT_ENOUGH_FREE_MEMORY when only that is
     * missing.
     */
    public static Ref<Host> choose(Snapshot snapshot, Ref<VM> vm) {
        return choose(snapshot, vm, host -> true);
    }

    /**
     * The same among the hosts that calls reach: a host that has failed counts as live for some minutes.
     *
     * @param connected whether calls reach a host now
     */
    static Ref<Host> choose(Snapshot snapshot, Ref<VM> vm, Predicate<Ref<Host>> connected) {
        List<Ref<Host>> fit = new ArrayList<>();
        for (Stored<Host> stored : snapshot.all(Host.XEN_CLASS)) {
            Map<String, HostAllowedOperations> operations = stored.row().get(Host.CURRENT_OPERATIONS);
            if (!operations.containsValue(HostAllowedOperations.EVACUATE)
                    && connected.test(stored.ref())
                    && fits(snapshot, vm, stored.ref())) {
                fit.add(stored.ref());
            }
        }
        if (fit.isEmpty()) {
            throw Errors.noHostsAvailable();
        }
        if (fit.size() > 1) {
            fit.sort(preference(snapshot, vm));
        }
        for (Ref<Host> host : fit) {
            if (hasMemory(snapshot, vm, host)) {
                return host;
            }
        }
        VmBoot.checkMemory(snapshot, vm, fit.get(0));
        return fit.get(0);
    }

    private static Comparator<Ref<Host>> preference(Snapshot snapshot, Ref<VM> vm) {
        Ref<Host> affinity = snapshot.get(vm, VM.AFFINITY);
        Row<Pool> pool = ThisPool.row(snapshot);
        boolean bias = pool.get(Pool.COORDINATOR_BIAS);
        Map<Ref<Host>, Long> room = new HashMap<>();
        Comparator<Ref<Host>> byAffinity = Comparator.comparing(host -> !host.equals(affinity));
        Map<Ref<Host>, Long> company = company(snapshot, vm);
        return byAffinity
                .thenComparing(host -> company.getOrDefault(host, 0L))
                .thenComparing(host -> bias && host.equals(pool.get(Pool.MASTER)))
                .thenComparing(host -> -room.computeIfAbsent(host, h -> HostFreeMemory.available(snapshot, h, vm)));
    }

    /** How many running VMs of the VM's anti-affinity group each host has; a migrating one counts at its destination. */
    private static Map<Ref<Host>, Long> company(Snapshot snapshot, Ref<VM> vm) {
        Map<Ref<Host>, Long> counts = new HashMap<>();
        for (Ref<VMGroup> group : snapshot.get(vm, VM.GROUPS)) {
            if (snapshot.get(group, VMGroup.PLACEMENT) == PlacementPolicy.ANTI_AFFINITY) {
                for (Ref<VM> other : snapshot.get(group, VMGroup.VMS)) {
                    Ref<Host> host = place(snapshot.row(other));
                    if (!host.isNull()) {
                        counts.merge(host, 1L, Long::sum);
                    }
                }
            }
        }
        return counts;
    }

    private static Ref<Host> place(Row<VM> vm) {
        Ref<Host> scheduled = vm.get(VM.SCHEDULED_TO_BE_RESIDENT_ON);
        if (!scheduled.isNull() || vm.get(VM.POWER_STATE) != VmPowerState.RUNNING) {
            return scheduled;
        }
        return vm.get(VM.RESIDENT_ON);
    }

    private static boolean hasMemory(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        try {
            VmBoot.checkMemory(snapshot, vm, host);
            return true;
        } catch (XenApiException e) {
            return false;
        }
    }

    private static boolean fits(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        try {
            VmBoot.checkAllButMemory(snapshot, vm, host);
            VmBoot.checkCpus(snapshot.row(vm), snapshot.row(host));
            return true;
        } catch (XenApiException e) {
            return false;
        }
    }
}
