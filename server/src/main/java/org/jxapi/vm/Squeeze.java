package org.jxapi.vm;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** Makes room for a VM by asking others to balloon down, as far as their memory_dynamic_min. */
final class Squeeze {
    private static final int WAIT_SECONDS = 30;

    private final Store store;
    private final Hypervisor hypervisor;

    Squeeze(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
    }

    /** A running VM and how many bytes it can give. */
    private record Giver(Ref<VM> vm, int domid, long has, long slack) {}

    /**
     * How many bytes a VM gets when it boots now: its memory_dynamic_max if the host has that, less if others cannot give
     * so much; never less than its memory_dynamic_min, which may then not fit.
     */
    long room(Row vm, long overhead) {
        long min = vm.get(VM.MEMORY_DYNAMIC_MIN);
        long max = vm.get(VM.MEMORY_DYNAMIC_MAX);
        if (free() < min + overhead) {
            take(min + overhead - free());
            hypervisor.memory().waitForFree((min + overhead) / 1024, WAIT_SECONDS);
        }
        return Math.max(min, Math.min(max, free() - overhead));
    }

    private long free() {
        return hypervisor.memory().free() * 1024;
    }

    /** Takes so many bytes from those that can give, from each in proportion to what it can. */
    private void take(long bytes) {
        List<Giver> givers = new ArrayList<>();
        for (Stored stored : store.snapshot().all(VM.XEN_CLASS)) {
            Row vm = stored.row();
            if (vm.get(VM.POWER_STATE) == VmPowerState.RUNNING && !vm.get(VM.IS_CONTROL_DOMAIN)) {
                int domid = (int) (long) vm.get(VM.DOMID);
                try {
                    long has = hypervisor.memory().target(domid) * 1024;
                    long slack = has - vm.get(VM.MEMORY_DYNAMIC_MIN);
                    if (slack > 0) {
                        givers.add(new Giver(Ref.of(stored.ref().value()), domid, has, slack));
                    }
                } catch (HypervisorException e) {
                    // It stops just now, and its memory becomes free.
                    continue;
                }
            }
        }
        long all = givers.stream().mapToLong(Giver::slack).sum();
        if (all < bytes) {
            return;
        }
        for (Giver giver : givers) {
            long target = giver.has() - (long) Math.ceil((double) bytes * giver.slack() / all / 1024) * 1024;
            hypervisor.memory().setTarget(giver.domid(), target / 1024, false, true);
            store.change(tx -> tx.set(giver.vm(), VM.MEMORY_TARGET, target));
        }
    }
}
