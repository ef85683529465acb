package org.jxapi.memory;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.ForeignRules;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.local.Hosts;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running guests that can balloon, which is what squeezed looks for too: those that announce a balloon driver. */
public final class Balloons {
    /** How far a guest may be from its target: some pages are not its balloon's to give. */
    static final long TOLERANCE_KIB = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Balloons.class);
    /** What Xen counts for a domain beyond its target, such as its video memory, is less. */
    private static final long MOST_OFFSET_KIB = 128 * 1024;
    /** During these, a guest's memory is saved or freed, or gets other limits. */
    private static final Set<VmOperations> NOT_DURING = EnumSet.of(
            VmOperations.CHANGING_DYNAMIC_RANGE,
            VmOperations.SUSPEND,
            VmOperations.CHECKPOINT,
            VmOperations.POOL_MIGRATE,
            VmOperations.CLEAN_SHUTDOWN,
            VmOperations.HARD_SHUTDOWN,
            VmOperations.SHUTDOWN,
            VmOperations.CLEAN_REBOOT,
            VmOperations.HARD_REBOOT);

    private final Store store;
    private final Hosts hosts;
    private final Hypervisor hypervisor;

    Balloons(Store store, Hosts hosts, Hypervisor hypervisor) {
        this.store = store;
        this.hosts = hosts;
        this.hypervisor = hypervisor;
    }

    /**
     * A guest with a balloon, in KiB.
     *
     * @param target what it is asked to have
     * @param actual what it has
     */
    record Balloon(Ref<VM> vm, int domid, long min, long max, long target, long actual) {
        long range() {
            return Math.max(0, max - min);
        }

        /** The part of its target that it can give. */
        long slack() {
            return Math.max(0, target - min);
        }

        /** The part of its target that it has not taken yet. */
        long promised() {
            return Math.max(0, target - actual);
        }

        boolean settled() {
            return Math.abs(target - actual) <= TOLERANCE_KIB;
        }

        /** The same guest, as if it had been asked to have what it has. */
        Balloon holding() {
            return new Balloon(vm, domid, min, max, Math.max(min, actual), actual);
        }
    }

    List<Balloon> all() {
        List<Balloon> all = new ArrayList<>();
        store.snapshot().all(VM.XEN_CLASS).forEach(stored -> {
            Row<VM> vm = stored.row();
            if (vm.get(VM.POWER_STATE) == VmPowerState.RUNNING
                    && hosts.has(hypervisor, vm)
                    && !vm.get(VM.IS_CONTROL_DOMAIN)
                    && !ForeignRules.isForeign(vm)
                    && vm.get(VM.CURRENT_OPERATIONS).values().stream().noneMatch(NOT_DURING::contains)) {
                of(stored.ref(), vm).ifPresent(all::add);
            }
        });
        return all;
    }

    private Optional<Balloon> of(Ref<VM> ref, Row<VM> vm) {
        int domid = vm.get(VM.DOMID).intValue();
        String home = Xenstore.domainPath(domid);
        try {
            if (hypervisor.xenstore().read(home + "/control/feature-balloon").isEmpty()) {
                return Optional.empty();
            }
            long target = targetKib(hypervisor, domid);
            long has = hypervisor.domains().info(domid).currentMemkb();
            return Optional.of(new Balloon(
                    ref,
                    domid,
                    vm.get(VM.MEMORY_DYNAMIC_MIN) / 1024,
                    vm.get(VM.MEMORY_DYNAMIC_MAX) / 1024,
                    target,
                    has - offset(home, has - target)));
        } catch (HypervisorException e) {
            LOG.debug("Domain {} stops just now, and its memory becomes free", domid);
            return Optional.empty();
        }
    }

    /** The target of a domain. libxl subtracts the memory of an emulated screen from the value that it stores. */
    public static long targetKib(Hypervisor hypervisor, int domid) {
        long screen = hypervisor
                .xenstore()
                .read(Xenstore.domainPath(domid) + "/memory/videoram")
                .filter(kib -> kib.matches("\\d{1,9}"))
                .map(Long::valueOf)
                .orElse(0L);
        return hypervisor.memory().target(domid) + screen;
    }

    /**
     * What Xen counts for the domain beyond its target. As in squeezed, it is what was seen when the guest announced its
     * balloon, before it was asked anything, and xenstore keeps it.
     */
    private long offset(String home, long seen) {
        String path = home + "/memory/memory-offset";
        Optional<String> known = hypervisor.xenstore().read(path).filter(text -> text.matches("-?\\d{1,15}"));
        if (known.isPresent()) {
            return Long.parseLong(known.get());
        }
        if (Math.abs(seen) > MOST_OFFSET_KIB) {
            return 0;
        }
        hypervisor.xenstore().write(path, Long.toString(seen));
        return seen;
    }

    /** Asks a guest to have so many KiB, and keeps it from having more. */
    void ask(Balloon balloon, long kib) {
        try {
            hypervisor.memory().setTarget(balloon.domid(), kib, false, true);
        } catch (HypervisorException e) {
            LOG.warn("Domain {}: target of {} KiB cannot be set: {}", balloon.domid(), kib, e.getMessage());
            return;
        }
        store.change(tx -> {
            boolean same = tx.find(balloon.vm())
                    .map(Stored::row)
                    .filter(vm -> hosts.has(hypervisor, vm) && vm.get(VM.DOMID) == balloon.domid())
                    .isPresent();
            if (same) {
                tx.set(balloon.vm(), VM.MEMORY_TARGET, kib * 1024);
            }
        });
    }
}
