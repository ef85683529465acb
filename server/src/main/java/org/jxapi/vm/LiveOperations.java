package org.jxapi.vm;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;

/** Operations on the domain of a running VM: its VCPUs, keys and triggers. */
final class LiveOperations {
    /** The most that Xen gives any guest: MAX_VIRT_CPUS of its public headers. {@code VCPUs_max} may be any number. */
    private static final long MOST_VCPUS = 8192;

    private final Store store;
    private final VmLifecycle lifecycle;

    LiveOperations(Store store, VmLifecycle lifecycle) {
        this.store = store;
        this.lifecycle = lifecycle;
    }

    /** Sets the number of VCPUs online; INVALID_VALUE with XAPI's text and VCPUs_max beyond that, or beyond any guest's. */
    void vcpus(Call call, Ref<VM> self, long nvcpu) {
        lifecycle.live(
                call,
                self,
                VmOperations.CHANGING_VCPUS_LIVE,
                domain -> {
                    long most = Math.min(MOST_VCPUS, store.snapshot().get(self, VM.VCPUS_MAX));
                    if (nvcpu < 1 || nvcpu > most) {
                        throw Errors.invalidValue(
                                "VCPU values must satisfy: 0 < VCPUs ≤ VCPUs_max", Long.toString(most));
                    }
                    Set<Integer> online = new TreeSet<>();
                    IntStream.range(0, (int) nvcpu).forEach(online::add);
                    domain.hypervisor().vcpus().setOnline(domain.domid(), online);
                },
                tx -> {
                    tx.set(self, VM.VCPUS_AT_STARTUP, nvcpu);
                    tx.set(tx.get(self, VM.METRICS), VMMetrics.VCPUS_NUMBER, nvcpu);
                });
    }

    /** Sends a magic SysRq key; INVALID_VALUE for more than one character. */
    void sysrq(Call call, Ref<VM> vm, String key) {
        if (key.length() != 1) {
            throw Errors.invalidValue("key", key);
        }
        lifecycle.live(
                call,
                vm,
                VmOperations.SEND_SYSRQ,
                domain -> domain.hypervisor().domains().sysrq(domain.domid(), key.charAt(0)),
                tx -> {});
    }

    /** Sends a trigger of Xen, in any case; INVALID_VALUE for an unknown one. */
    void trigger(Call call, Ref<VM> vm, String trigger) {
        Trigger known;
        try {
            known = Trigger.valueOf(trigger.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Errors.invalidValue("trigger", trigger).causedBy(e);
        }
        lifecycle.live(
                call,
                vm,
                VmOperations.SEND_TRIGGER,
                domain -> domain.hypervisor().domains().trigger(domain.domid(), known, 0),
                tx -> {});
    }
}
