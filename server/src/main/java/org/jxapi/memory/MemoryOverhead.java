package org.jxapi.memory;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.DomainKinds;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VM;

/**
 * The memory that Xen and the toolstack need for a VM in addition to its own, in bytes: XAPI's estimate of page tables,
 * shadow memory and the cost of each virtual CPU. It is in VM.memory_overhead and follows the VM's settings.
 */
public final class MemoryOverhead implements Derivation {
    private static final long MIB = 1L << 20;
    private static final long PAGES_PER_MIB = 256;
    /** Shadow pages for each virtual CPU. */
    private static final long SHADOW_PAGES_PER_VCPU = 256;
    /** What Xen itself uses for each virtual CPU, in pages. */
    private static final long XEN_PAGES_PER_VCPU = 38;

    /** The overhead of a VM with these settings. */
    public static long of(Row<VM> vm) {
        return of(vm, vm.get(VM.MEMORY_STATIC_MAX), vm.get(VM.VCPUS_MAX));
    }

    public static long of(Row<VM> vm, long staticMax, long vcpus) {
        DomainKind type = DomainKinds.of(vm);
        long mib = up(staticMax, MIB);
        boolean inPvh = vm.get(VM.DOMAIN_TYPE) == org.jxapi.xenapi.DomainType.PV_IN_PVH;
        boolean translated = type != DomainKind.PV || inPvh;
        long internal = translated ? 1 : 0;
        long shim = inPvh ? 23 + mib / 90 : 0;
        double multiplier = translated ? vm.get(VM.HVM_SHADOW_MULTIPLIER) : 1;
        return MIB
                * (internal
                        + 1
                        + shadow(mib, vcpus, multiplier)
                        + up(XEN_PAGES_PER_VCPU * vcpus, PAGES_PER_MIB)
                        + shim);
    }

    /** In MiB: two pages for each MiB of the guest, for its physical map and its page tables, and some for each CPU. */
    private static long shadow(long mib, long vcpus, double multiplier) {
        return Math.max(1, (long) (up(SHADOW_PAGES_PER_VCPU * vcpus + 2 * mib, PAGES_PER_MIB) * multiplier));
    }

    private static long up(long value, long unit) {
        return (value + unit - 1) / unit;
    }

    /** The free memory that a host needs for a VM with {@code guest} bytes of its own. */
    public static long withOverhead(Row<VM> vm, long guest) {
        return up(guest, MIB) * MIB + of(vm);
    }

    /** The largest static maximum, in whole MiB, with which a VM fits into {@code total} bytes. */
    public static long largest(Row<VM> vm, long total, long vcpus) {
        long low = 0;
        long high = Math.max(0, total / MIB);
        while (low < high) {
            long middle = (low + high + 1) / 2;
            if (middle * MIB + of(vm, middle * MIB, vcpus) <= total) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low * MIB;
    }

    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VM>> vms = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.model() == VM.XEN_CLASS && change.kind() != ChangeLog.Kind.DEL) {
                vms.add(VM.XEN_CLASS.cast(change.ref()));
            }
        }
        for (Ref<VM> vm : vms) {
            tx.find(vm).ifPresent(stored -> tx.set(vm, VM.MEMORY_OVERHEAD, of(stored.row())));
        }
    }
}
