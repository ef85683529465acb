package org.jxapi.vm;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.domain.DomainKinds;
import org.jxapi.domain.GuestConsoles;
import org.jxapi.domain.GuestGpus;
import org.jxapi.domain.PciDevices;
import org.jxapi.domain.Platform;
import org.jxapi.guest.GuestReports;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmPowerState;

/** Changes that go with a VM's power state: devices, metrics, consoles, its host. */
public final class PowerStates {
    private final Clock clock;
    private final GuestReports reports;

    public PowerStates(Store store, Hosts hosts, Clock clock) {
        this.clock = clock;
        this.reports = new GuestReports(store, hosts, clock);
    }

    /** The reports of guests. */
    public GuestReports reports() {
        return reports;
    }

    /**
     * The VM has a domain now.
     *
     * @param booted whether its guest booted, instead of resuming
     * @param vbds those that the domain has
     */
    public void started(
            Transaction tx, Ref<VM> vm, VmDomain domain, VmPowerState state, boolean booted, Set<Ref<VBD>> vbds) {
        Row<VM> row = tx.row(vm);
        Ref<Host> host = domain.host();
        tx.set(vm, VM.DOMID, (long) domain.domid());
        tx.set(vm, VM.RESIDENT_ON, host);
        tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
        tx.set(vm, VM.POWER_STATE, state);
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, vbds.contains(vbd));
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            tx.set(vif, VIF.CURRENTLY_ATTACHED, true);
        }
        if (row.get(VM.POWER_STATE) == VmPowerState.HALTED) {
            row.get(VM.VUSBS).forEach(vusb -> tx.set(vusb, VUSB.CURRENTLY_ATTACHED, true));
        }
        PciDevices.attached(tx, vm, host);
        GuestGpus.attached(tx, vm);
        metrics(tx, vm, row, booted);
        if (booted) {
            forgetGuest(tx, vm);
        }
        reports.record(tx, vm);
        GuestConsoles.create(tx, vm);
    }

    private void metrics(Transaction tx, Ref<VM> vm, Row<VM> row, boolean booted) {
        XenTime now = XenTime.of(clock.instant());
        Ref<VMMetrics> metrics = row.get(VM.METRICS);
        if (tx.find(metrics).isEmpty()) {
            metrics = tx.create(Row.of(VMMetrics.XEN_CLASS));
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
        if (booted || tx.get(metrics, VMMetrics.CURRENT_DOMAIN_TYPE) == DomainType.UNSPECIFIED) {
            boolean hvm = DomainKinds.of(row) == org.jxapi.hypervisor.DomainKind.HVM;
            tx.set(metrics, VMMetrics.HVM, hvm);
            tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, hvm ? DomainType.HVM : row.get(VM.DOMAIN_TYPE));
        }
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
    public void halted(Transaction tx, Ref<VM> vm) {
        Row<VM> row = tx.row(vm);
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
        for (Ref<VUSB> vusb : row.get(VM.VUSBS)) {
            tx.set(vusb, VUSB.CURRENTLY_ATTACHED, false);
            tx.set(vusb, VUSB.CURRENT_OPERATIONS, Map.of());
        }
        tx.set(vm, VM.REQUIRES_REBOOT, false);
        if (tx.find(row.get(VM.METRICS)).isPresent()) {
            tx.set(row.get(VM.METRICS), VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.UNSPECIFIED);
        }
    }

    /** The VM's memory is in its suspend image; its devices stay its own, for when it goes on. */
    public void suspended(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.POWER_STATE, VmPowerState.SUSPENDED);
        gone(tx, vm);
    }

    private static void gone(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.DOMID, -1L);
        tx.set(vm, VM.RESIDENT_ON, Ref.nil());
        tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
        PciDevices.detached(tx, vm);
        GuestGpus.released(tx, vm);
        GuestConsoles.destroy(tx, vm);
        Ref<VMGuestMetrics> guest = tx.get(vm, VM.GUEST_METRICS);
        tx.update(guest, VMGuestMetrics.LIVE, false);
    }

    /** Removes what an earlier boot's guest has told. */
    static void forgetGuest(Transaction tx, Ref<VM> vm) {
        Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
        tx.destroyIfThere(metrics);
        tx.set(vm, VM.GUEST_METRICS, Ref.nil());
    }

    public static List<VmPowerState> withDomain() {
        return List.of(VmPowerState.RUNNING, VmPowerState.PAUSED);
    }
}
