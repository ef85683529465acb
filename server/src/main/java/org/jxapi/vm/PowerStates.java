package org.jxapi.vm;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.TristateType;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;

/** What else changes when a VM's power state does: devices, metrics, consoles, where it is resident. */
final class PowerStates {
    private final Store store;
    private final Hypervisor hypervisor;
    private final Clock clock;

    PowerStates(Store store, Hypervisor hypervisor, Clock clock) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
    }

    /**
     * The VM has a domain now.
     *
     * @param booted whether its guest began anew, instead of going on
     * @param vbds those that the domain has
     */
    void started(Transaction tx, Ref<VM> vm, int domid, VmPowerState state, boolean booted, Set<Ref<VBD>> vbds) {
        Row row = tx.row(VM.XEN_CLASS, vm);
        Ref<Host> host = Ref.of(tx.all(Host.XEN_CLASS).iterator().next().ref().value());
        tx.set(vm, VM.DOMID, (long) domid);
        tx.set(vm, VM.RESIDENT_ON, host);
        tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
        tx.set(vm, VM.POWER_STATE, state);
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, vbds.contains(vbd));
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            tx.set(vif, VIF.CURRENTLY_ATTACHED, true);
        }
        PciDevices.attached(tx, vm, host);
        metrics(tx, vm, row, booted);
        if (booted) {
            forgetGuest(tx, vm);
        }
        guestMetrics(tx, vm);
        VmConsoles.create(tx, vm);
    }

    private void metrics(Transaction tx, Ref<VM> vm, Row row, boolean booted) {
        XenTime now = XenTime.of(clock.instant());
        Ref<VMMetrics> metrics = row.get(VM.METRICS);
        if (tx.find(VMMetrics.XEN_CLASS, metrics).isEmpty()) {
            metrics = tx.create(VMMetrics.XEN_CLASS, Row.of(VMMetrics.XEN_CLASS));
            tx.set(vm, VM.METRICS, metrics);
        }
        long vcpus = row.get(VM.VCPUS_AT_STARTUP);
        Map<Long, Double> utilisation = new LinkedHashMap<>();
        for (long i = 0; i < vcpus; i++) {
            utilisation.put(i, 0.0);
        }
        if (booted) {
            tx.set(metrics, VMMetrics.START_TIME, now);
        }
        tx.set(metrics, VMMetrics.LAST_UPDATED, now);
        tx.set(metrics, VMMetrics.MEMORY_ACTUAL, row.get(VM.MEMORY_DYNAMIC_MAX));
        tx.set(vm, VM.MEMORY_TARGET, row.get(VM.MEMORY_DYNAMIC_MAX));
        tx.set(metrics, VMMetrics.VCPUS_NUMBER, vcpus);
        tx.set(metrics, VMMetrics.VCPUS_UTILISATION, utilisation);
        tx.set(metrics, VMMetrics.NESTED_VIRT, VmConstraints.isTrue(row.get(VM.PLATFORM), Platform.NESTED_VIRT));
        tx.set(metrics, VMMetrics.NOMIGRATE, VmConstraints.isTrue(row.get(VM.PLATFORM), "nomigrate"));
        boolean hvm = DomainConfigs.type(row) == org.jxapi.hypervisor.DomainType.HVM;
        tx.set(metrics, VMMetrics.HVM, hvm);
        tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, hvm ? DomainType.HVM : row.get(VM.DOMAIN_TYPE));
    }

    /**
     * The VM's domain is about to be replaced: the VM stays running, and what its guest told is no longer true. Should
     * this daemon be killed meanwhile, the next one sees by where the VM is scheduled that it has to get a domain.
     */
    void between(Transaction tx, Ref<VM> vm) {
        forgetGuest(tx, vm);
        tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, tx.get(vm, VM.RESIDENT_ON));
    }

    /** The VM has no domain any more, and its devices are free; what its guest told stays until the next boot. */
    void halted(Transaction tx, Ref<VM> vm) {
        Row row = tx.row(VM.XEN_CLASS, vm);
        tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
        gone(tx, vm);
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, false);
            tx.set(vbd, VBD.RESERVED, false);
            tx.set(vbd, VBD.CURRENT_OPERATIONS, Map.of());
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            tx.set(vif, VIF.CURRENTLY_ATTACHED, false);
            tx.set(vif, VIF.RESERVED, false);
            tx.set(vif, VIF.CURRENT_OPERATIONS, Map.of());
        }
        tx.set(vm, VM.REQUIRES_REBOOT, false);
        if (tx.find(VMMetrics.XEN_CLASS, row.get(VM.METRICS)).isPresent()) {
            tx.set(row.get(VM.METRICS), VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.UNSPECIFIED);
        }
    }

    /** The VM's memory is in its suspend image; its devices stay its own, for when it goes on. */
    void suspended(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.POWER_STATE, VmPowerState.SUSPENDED);
        gone(tx, vm);
    }

    private static void gone(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.DOMID, -1L);
        tx.set(vm, VM.RESIDENT_ON, Ref.nil());
        tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
        PciDevices.detached(tx, vm);
        VmConsoles.destroy(tx, vm);
        Ref<VMGuestMetrics> guest = tx.get(vm, VM.GUEST_METRICS);
        if (tx.find(VMGuestMetrics.XEN_CLASS, guest).isPresent()) {
            tx.set(guest, VMGuestMetrics.LIVE, false);
        }
    }

    /** Removes what an earlier boot's guest has told. */
    static void forgetGuest(Transaction tx, Ref<VM> vm) {
        Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
        if (tx.find(VMGuestMetrics.XEN_CLASS, metrics).isPresent()) {
            tx.destroy(VMGuestMetrics.XEN_CLASS, metrics);
        }
        tx.set(vm, VM.GUEST_METRICS, Ref.nil());
    }

    /** A running VM has the object even while its guest is silent. */
    private Ref<VMGuestMetrics> guestMetrics(Transaction tx, Ref<VM> vm) {
        Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
        if (tx.find(VMGuestMetrics.XEN_CLASS, metrics).isEmpty()) {
            Row silent = Row.of(VMGuestMetrics.XEN_CLASS)
                    .with(VMGuestMetrics.LIVE, true)
                    .with(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.UNSPECIFIED)
                    .with(VMGuestMetrics.CAN_USE_HOTPLUG_VIF, TristateType.UNSPECIFIED)
                    .with(VMGuestMetrics.LAST_UPDATED, XenTime.of(clock.instant()));
            metrics = tx.create(
                    VMGuestMetrics.XEN_CLASS,
                    GuestMetrics.told(silent, Map.of(), needsNoDrivers(tx.row(VM.XEN_CLASS, vm))));
            tx.set(vm, VM.GUEST_METRICS, metrics);
        }
        return metrics;
    }

    /** Reads what the VM's guest has written, if it has. */
    void guestMayHaveSpoken(Ref<VM> vm) {
        domid(vm).ifPresent(domid -> words(domid).ifPresent(words -> store.change(tx -> told(tx, vm, domid, words))));
    }

    /**
     * Reads what the VM's guest has written if an agent in it has said that it has told all it knows: to ask for that is
     * much less work than to read.
     */
    void agentMayHaveSpoken(Ref<VM> vm) {
        if (domid(vm).filter(this::agentHasSpoken).isPresent()) {
            guestMayHaveSpoken(vm);
        }
    }

    private boolean agentHasSpoken(int domid) {
        try {
            return hypervisor
                    .xenstore()
                    .read(Xenstore.domainPath(domid) + "/data/updated")
                    .isPresent();
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** The VM's domain; empty while it has none. */
    private Optional<Integer> domid(Ref<VM> vm) {
        return store.snapshot()
                .find(VM.XEN_CLASS, vm)
                .map(stored -> stored.row().get(VM.DOMID).intValue())
                .filter(domid -> domid > 0);
    }

    /** What a domain's guest has written, by path below the domain's directory; empty when the domain is gone. */
    private Optional<Map<String, String>> words(int domid) {
        Map<String, String> words = new LinkedHashMap<>();
        try {
            // Not the whole directory: most of it is of the devices, and xenstore tells one node at a time.
            for (String part : GuestMetrics.PARTS) {
                hypervisor
                        .xenstore()
                        .readTree(Xenstore.domainPath(domid) + "/" + part)
                        .forEach((path, value) -> words.put(path.isEmpty() ? part : part + "/" + path, value));
            }
        } catch (HypervisorException e) {
            return Optional.empty();
        }
        return Optional.of(words);
    }

    /** Writes down what a domain's guest has told, if that is the VM's domain still. */
    private void told(Transaction tx, Ref<VM> vm, long domid, Map<String, String> words) {
        if (tx.find(VM.XEN_CLASS, vm).isEmpty() || tx.get(vm, VM.DOMID) != domid) {
            return;
        }
        Ref<VMGuestMetrics> metrics = guestMetrics(tx, vm);
        Row before = tx.row(VMGuestMetrics.XEN_CLASS, metrics);
        Row after = GuestMetrics.told(before, words, needsNoDrivers(tx.row(VM.XEN_CLASS, vm)));
        if (after != before) {
            copy(tx, metrics, after.with(VMGuestMetrics.LAST_UPDATED, XenTime.of(clock.instant())));
        }
    }

    private static boolean needsNoDrivers(Row vm) {
        return DomainConfigs.type(vm) != org.jxapi.hypervisor.DomainType.HVM;
    }

    private static void copy(Transaction tx, Ref<VMGuestMetrics> metrics, Row told) {
        tx.set(metrics, VMGuestMetrics.OS_VERSION, told.get(VMGuestMetrics.OS_VERSION));
        tx.set(metrics, VMGuestMetrics.NETBIOS_NAME, told.get(VMGuestMetrics.NETBIOS_NAME));
        tx.set(metrics, VMGuestMetrics.PV_DRIVERS_VERSION, told.get(VMGuestMetrics.PV_DRIVERS_VERSION));
        tx.set(metrics, VMGuestMetrics.NETWORKS, told.get(VMGuestMetrics.NETWORKS));
        tx.set(metrics, VMGuestMetrics.OTHER, told.get(VMGuestMetrics.OTHER));
        tx.set(metrics, VMGuestMetrics.SERVICES, told.get(VMGuestMetrics.SERVICES));
        tx.set(metrics, VMGuestMetrics.PV_DRIVERS_DETECTED, told.get(VMGuestMetrics.PV_DRIVERS_DETECTED));
        tx.set(metrics, VMGuestMetrics.PV_DRIVERS_UP_TO_DATE, told.get(VMGuestMetrics.PV_DRIVERS_UP_TO_DATE));
        tx.set(metrics, VMGuestMetrics.LIVE, true);
        tx.set(metrics, VMGuestMetrics.CAN_USE_HOTPLUG_VBD, told.get(VMGuestMetrics.CAN_USE_HOTPLUG_VBD));
        tx.set(metrics, VMGuestMetrics.CAN_USE_HOTPLUG_VIF, told.get(VMGuestMetrics.CAN_USE_HOTPLUG_VIF));
        tx.set(metrics, VMGuestMetrics.LAST_UPDATED, told.get(VMGuestMetrics.LAST_UPDATED));
    }

    static List<VmPowerState> withDomain() {
        return List.of(VmPowerState.RUNNING, VmPowerState.PAUSED);
    }
}
