package org.jxapi.neighbour;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Coerce;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.ForeignRules;
import org.jxapi.hypervisor.ActionOnShutdown;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.neighbour.guest.GuestActions;
import org.jxapi.neighbour.guest.GuestPlan;
import org.jxapi.neighbour.guest.Outcome;
import org.jxapi.neighbour.guest.PlannedDisk;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.neighbour.guest.XlGuest;
import org.jxapi.neighbour.guest.XlWriter;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.Client;
import org.jxapi.transfer.Undo;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/**
 * Takes over running domains of xl and libvirt, and gives them back, while their guests run on. Both tools leave libxl's
 * configuration of a domain with it, so the domain says itself how it was made.
 */
final class LiveDomains {
    private final Store store;
    private final Hosts hosts;
    private final Disks disks;
    private final Path devices;
    private final Watchers watchers;

    LiveDomains(Store store, Hosts hosts, Disks disks, Path devices, Watchers watchers) {
        this.store = store;
        this.hosts = hosts;
        this.disks = disks;
        this.devices = devices;
        this.watchers = watchers;
    }

    /**
     * Makes a VM of a domain of another tool, with its disks where they are. From now on jxapi does what the VM says when
     * its guest ends.
     *
     * @param force whether settings that a VM cannot have do not matter
     * @return the report
     */
    String adopt(Dispatcher dispatcher, String uuid, boolean force) {
        Ref<VM> vm = vm(uuid);
        Snapshot now = store.snapshot();
        requireIdle(now, vm);
        if (!ForeignRules.isForeign(now.row(vm))) {
            throw Errors.operationNotAllowed("The VM is no domain of another tool: there is nothing to adopt");
        }
        if (ForeignRules.isUnread(now.row(vm))) {
            throw Errors.operationNotAllowed(
                    "The configuration of the domain has not been read yet. Repeat this in a minute");
        }
        DomainConfig config = config(now.row(vm));
        GuestPlan plan = XlGuest.read(XlWriter.write(config, actions(config)), 0);
        Report report = plan.report();
        Map<Ref<VBD>, DiskPlacement.Placed> placed = place(now, vm, plan, report);
        if (report.refused() > 0 && !force) {
            throw Errors.operationNotAllowed(report.refused()
                    + " settings of the domain are refused; force=true adopts it without them:\n" + report.text());
        }
        Call call = new InternalCall("VM.adopt", store);
        Undo undo = new Undo();
        try (Client client = new Client(dispatcher)) {
            NewDisks made = new NewDisks(store, disks, client, undo, new NewDisks.Places(Ref.nil(), devices));
            Map<Ref<VBD>, Ref<VDI>> vdis = new TreeMap<>(java.util.Comparator.comparing(Ref::value));
            undo.ifItFails(() -> {
                placed.forEach((vbd, disk) -> vdis.put(vbd, made.make(call, plan.name(), disk)));
                store.change(tx -> become(tx, vm, plan, vdis));
                return vdis;
            });
        }
        for (long pid : watchers.end(store.snapshot().get(vm, VM.NAME_LABEL))) {
            report.add("xl", 0, Outcome.TRANSLATED, "process " + pid + ", which waited for the guest's end, has ended");
        }
        if (watchers.libvirt(store.snapshot().get(vm, VM.NAME_LABEL))) {
            report.add(
                    "libvirt",
                    0,
                    Outcome.IGNORED,
                    "it still has the domain, and acts when the guest ends: stop libvirtd and virtxend before that");
        }
        return report.text();
    }

    /** Leaves a running VM to other tools. When its domain ends, the VM disappears; its disks stay. */
    String release(String uuid) {
        Ref<VM> vm = vm(uuid);
        Report report = new Report();
        store.change(tx -> {
            requireIdle(tx, vm);
            if (ForeignRules.isForeign(tx.row(vm))) {
                throw Errors.operationNotAllowed("The VM is a domain of another tool already");
            }
            Map<String, String> config = new TreeMap<>(tx.get(vm, VM.OTHER_CONFIG));
            config.put(ForeignRules.MARK, "true");
            tx.set(vm, VM.OTHER_CONFIG, config);
        });
        report.add(
                "domain " + store.snapshot().get(vm, VM.DOMID),
                0,
                Outcome.TAKEN,
                "the guest runs on, and jxapi no longer acts when it ends: remove the domain then with xl destroy");
        report.add(
                "configuration",
                0,
                Outcome.TAKEN,
                "xe vm-export format=xl or format=libvirt writes it, for the next start by xl or virsh");
        return report.text();
    }

    private Ref<VM> vm(String uuid) {
        return store.snapshot()
                .byUuid(VM.XEN_CLASS, uuid)
                .map(Stored::ref)
                .orElseThrow(() -> Errors.uuidInvalid("VM", uuid));
    }

    private static void requireIdle(Snapshot now, Ref<VM> vm) {
        Row<VM> row = now.row(vm);
        VmPowerState power = row.get(VM.POWER_STATE);
        if (row.get(VM.IS_CONTROL_DOMAIN) || power != VmPowerState.RUNNING && power != VmPowerState.PAUSED) {
            throw Errors.vmBadPowerState(vm.value(), "Running", power.wire());
        }
        row.get(VM.CURRENT_OPERATIONS).entrySet().stream().findFirst().ifPresent(operation -> {
            throw Errors.otherOperationInProgress(
                    "VM", vm.value(), operation.getValue().wire(), operation.getKey());
        });
    }

    private DomainConfig config(Row<VM> vm) {
        VmDomain domain = hosts.domain(vm);
        try {
            return domain.hypervisor().domains().config(domain.domid());
        } catch (HypervisorException e) {
            throw new XenApiException(
                    "INTERNAL_ERROR", List.of("The configuration of the domain cannot be read: " + e.getMessage()));
        }
    }

    private static GuestActions actions(DomainConfig config) {
        boolean restart = config.onPoweroff() == ActionOnShutdown.RESTART;
        boolean stays = config.onReboot() == ActionOnShutdown.DESTROY;
        String crash = switch (config.onCrash()) {
            case RESTART -> "restart";
            case PRESERVE -> "preserve";
            case RESTART_RENAME -> "rename_restart";
            case COREDUMP_DESTROY -> "coredump_and_destroy";
            case COREDUMP_RESTART -> "coredump_and_restart";
            default -> "destroy";
        };
        return new GuestActions(restart ? "restart" : "destroy", stays ? "destroy" : "restart", crash);
    }

    /** The places of the domain's disks that are in no repository. */
    private Map<Ref<VBD>, DiskPlacement.Placed> place(Snapshot now, Ref<VM> vm, GuestPlan plan, Report report) {
        DiskPlacement placement = new DiskPlacement(store, disks, DiskPlacement.How.ADOPT, Ref.nil(), report);
        Map<Ref<VBD>, DiskPlacement.Placed> placed = new TreeMap<>(java.util.Comparator.comparing(Ref::value));
        for (Ref<VBD> vbd : now.get(vm, VM.VBDS)) {
            if (!now.get(vbd, VBD.OTHER_CONFIG).containsKey("path")) {
                continue;
            }
            Optional<PlannedDisk> planned = plan.disks().stream()
                    .filter(disk -> disk.device().equals(now.get(vbd, VBD.USERDEVICE)))
                    .findFirst();
            List<PlannedDisk> one = new ArrayList<>();
            planned.ifPresent(one::add);
            placement.look(one).stream().findFirst().ifPresent(disk -> placed.put(vbd, disk));
        }
        return placed;
    }

    /** The VM is one of jxapi's in one step, with its disks and the settings of its domain. */
    private static void become(Transaction tx, Ref<VM> vm, GuestPlan plan, Map<Ref<VBD>, Ref<VDI>> vdis) {
        requireIdle(tx, vm);
        vdis.forEach((vbd, vdi) -> {
            if (!vdi.isNull()) {
                tx.set(vbd, VBD.VDI, vdi);
                tx.set(vbd, VBD.EMPTY, false);
            }
            Map<String, String> config = new TreeMap<>(tx.get(vbd, VBD.OTHER_CONFIG));
            config.remove("path");
            tx.set(vbd, VBD.OTHER_CONFIG, config);
        });
        for (Ref<VBD> vbd : tx.get(vm, VM.VBDS)) {
            String device = tx.get(vbd, VBD.USERDEVICE);
            boolean boots = plan.disks().stream().anyMatch(disk -> disk.device().equals(device) && disk.bootable());
            tx.set(vbd, VBD.BOOTABLE, boots);
        }
        Row<VM> made = Coerce.whole(VM.XEN_CLASS, plan.record());
        tx.set(vm, VM.NAME_DESCRIPTION, "");
        tx.set(vm, VM.PLATFORM, made.get(VM.PLATFORM));
        tx.set(vm, VM.HVM_BOOT_PARAMS, made.get(VM.HVM_BOOT_PARAMS));
        tx.set(vm, VM.VCPUS_PARAMS, made.get(VM.VCPUS_PARAMS));
        tx.set(vm, VM.PV_BOOTLOADER, made.get(VM.PV_BOOTLOADER));
        tx.set(vm, VM.PV_BOOTLOADER_ARGS, made.get(VM.PV_BOOTLOADER_ARGS));
        tx.set(vm, VM.PV_KERNEL, made.get(VM.PV_KERNEL));
        tx.set(vm, VM.PV_RAMDISK, made.get(VM.PV_RAMDISK));
        tx.set(vm, VM.PV_ARGS, made.get(VM.PV_ARGS));
        tx.set(vm, VM.HAS_VENDOR_DEVICE, made.get(VM.HAS_VENDOR_DEVICE));
        tx.set(vm, VM.ACTIONS_AFTER_SHUTDOWN, made.get(VM.ACTIONS_AFTER_SHUTDOWN));
        tx.set(vm, VM.ACTIONS_AFTER_REBOOT, made.get(VM.ACTIONS_AFTER_REBOOT));
        tx.set(vm, VM.ACTIONS_AFTER_CRASH, made.get(VM.ACTIONS_AFTER_CRASH));
        Map<String, String> config = new TreeMap<>(tx.get(vm, VM.OTHER_CONFIG));
        config.remove(ForeignRules.MARK);
        config.putAll(made.get(VM.OTHER_CONFIG));
        config.putIfAbsent("mac_seed", java.util.UUID.randomUUID().toString());
        tx.set(vm, VM.OTHER_CONFIG, config);
    }
}
