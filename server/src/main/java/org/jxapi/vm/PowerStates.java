package org.jxapi.vm;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.hypervisor.Hypervisor;
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

    /** The VM has a domain now. */
    void started(Transaction tx, Ref<VM> vm, int domid, VmPowerState state, boolean booted) {
        Row row = tx.row(VM.XEN_CLASS, vm);
        Ref<Host> host = Ref.of(tx.all(Host.XEN_CLASS).iterator().next().ref().value());
        tx.set(vm, VM.DOMID, (long) domid);
        tx.set(vm, VM.RESIDENT_ON, host);
        tx.set(vm, VM.POWER_STATE, state);
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, true);
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            tx.set(vif, VIF.CURRENTLY_ATTACHED, true);
        }
        metrics(tx, vm, row, booted);
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
        tx.set(metrics, VMMetrics.VCPUS_NUMBER, vcpus);
        tx.set(metrics, VMMetrics.VCPUS_UTILISATION, utilisation);
        boolean hvm = DomainConfigs.type(row) == org.jxapi.hypervisor.DomainType.HVM;
        tx.set(metrics, VMMetrics.HVM, hvm);
        tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, hvm ? DomainType.HVM : row.get(VM.DOMAIN_TYPE));
    }

    /** The old domain is gone and a new one comes: the VM stays running, what its guest told is no longer true. */
    void between(Transaction tx, Ref<VM> vm) {
        forgetGuest(tx, vm);
    }

    /** The VM has no domain any more. */
    void halted(Transaction tx, Ref<VM> vm) {
        Row row = tx.row(VM.XEN_CLASS, vm);
        tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
        tx.set(vm, VM.DOMID, -1L);
        tx.set(vm, VM.RESIDENT_ON, Ref.nil());
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, false);
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            tx.set(vif, VIF.CURRENTLY_ATTACHED, false);
        }
        VmConsoles.destroy(tx, vm);
        forgetGuest(tx, vm);
    }

    private static void forgetGuest(Transaction tx, Ref<VM> vm) {
        Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
        if (tx.find(VMGuestMetrics.XEN_CLASS, metrics).isPresent()) {
            tx.destroy(VMGuestMetrics.XEN_CLASS, metrics);
        }
        tx.set(vm, VM.GUEST_METRICS, Ref.nil());
    }

    /** Reads what the guest's agent has written, if it has. */
    void guestMayHaveSpoken(Ref<VM> vm) {
        long domid = store.snapshot().get(vm, VM.DOMID);
        if (domid < 0) {
            return;
        }
        Map<String, String> data = hypervisor.xenstore().readTree(Xenstore.domainPath((int) domid));
        if (!data.containsKey("data/updated")) {
            return;
        }
        XenTime now = XenTime.of(clock.instant());
        store.change(tx -> {
            if (tx.find(VM.XEN_CLASS, vm).isEmpty() || tx.get(vm, VM.DOMID) != domid) {
                return;
            }
            Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
            if (tx.find(VMGuestMetrics.XEN_CLASS, metrics).isEmpty()) {
                metrics = tx.create(VMGuestMetrics.XEN_CLASS, Row.of(VMGuestMetrics.XEN_CLASS));
                tx.set(vm, VM.GUEST_METRICS, metrics);
            }
            tx.set(
                    metrics,
                    VMGuestMetrics.OS_VERSION,
                    taken(
                            data,
                            Map.of(
                                    "data/os_name", "name",
                                    "data/os_uname", "uname",
                                    "data/os_distro", "distro",
                                    "data/os_majorver", "major",
                                    "data/os_minorver", "minor")));
            tx.set(
                    metrics,
                    VMGuestMetrics.PV_DRIVERS_VERSION,
                    taken(
                            data,
                            Map.of(
                                    "attr/PVAddons/MajorVersion", "major",
                                    "attr/PVAddons/MinorVersion", "minor",
                                    "attr/PVAddons/MicroVersion", "micro",
                                    "attr/PVAddons/BuildVersion", "build")));
            tx.set(metrics, VMGuestMetrics.NETWORKS, networks(data));
            tx.set(metrics, VMGuestMetrics.OTHER, features(data));
            tx.set(metrics, VMGuestMetrics.PV_DRIVERS_DETECTED, true);
            tx.set(metrics, VMGuestMetrics.PV_DRIVERS_UP_TO_DATE, true);
            tx.set(metrics, VMGuestMetrics.LIVE, true);
            tx.set(metrics, VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.YES);
            tx.set(metrics, VMGuestMetrics.CAN_USE_HOTPLUG_VIF, TristateType.YES);
            tx.set(metrics, VMGuestMetrics.LAST_UPDATED, now);
        });
    }

    private static Map<String, String> taken(Map<String, String> data, Map<String, String> names) {
        Map<String, String> out = new java.util.TreeMap<>();
        names.forEach((key, name) -> {
            if (data.containsKey(key)) {
                out.put(name, data.get(key));
            }
        });
        return out;
    }

    /** {@code attr/vif/0/ipv4/0} is {@code 0/ipv4/0} in the XenAPI, and {@code 0/ip} for older clients. */
    private static Map<String, String> networks(Map<String, String> data) {
        Map<String, String> out = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            if (key.startsWith("attr/vif/")) {
                String rest = key.substring("attr/vif/".length());
                if (rest.endsWith("/ipv4/0")) {
                    out.put(rest.substring(0, rest.indexOf('/')) + "/ip", value);
                }
                out.put(rest, value);
            }
        });
        return out;
    }

    private static Map<String, String> features(Map<String, String> data) {
        Map<String, String> out = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            if (key.startsWith("control/feature-")) {
                out.put(key.substring("control/".length()), value);
            }
        });
        return out;
    }

    static List<VmPowerState> withDomain() {
        return List.of(VmPowerState.RUNNING, VmPowerState.PAUSED);
    }
}
