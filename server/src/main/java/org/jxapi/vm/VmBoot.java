package org.jxapi.vm;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.DomainKinds;
import org.jxapi.domain.GuestGpus;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmPowerState;

/** Whether a VM could boot on a host: XAPI's checks, in XAPI's order. */
public final class VmBoot {
    private VmBoot() {}

    /** Throws the error that keeps the VM from booting there. */
    static void check(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        checkAllButMemory(snapshot, vm, host);
        checkMemory(snapshot, vm, host);
        checkCpus(snapshot.row(vm), snapshot.row(host));
    }

    static void checkAllButMemory(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        Row<VM> row = snapshot.row(vm);
        Row<Host> hostRow = snapshot.row(host);
        checkSettings(row);
        boolean live = snapshot.find(hostRow.get(Host.METRICS))
                .map(m -> m.row().get(HostMetrics.LIVE))
                .orElse(false);
        if (!live) {
            throw Errors.hostNotLive();
        }
        boolean here = row.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && row.get(VM.RESIDENT_ON).equals(host);
        if (!hostRow.get(Host.ENABLED) && !row.get(VM.IS_CONTROL_DOMAIN) && !here) {
            throw Errors.hostDisabled(host.value());
        }
        List<Long> versions = hostRow.get(Host.VIRTUAL_HARDWARE_PLATFORM_VERSIONS);
        if (!versions.contains(row.get(VM.HARDWARE_PLATFORM_VERSION))) {
            throw Errors.vmHostIncompatibleVirtualHardwarePlatformVersion(
                    host.value(),
                    versions.stream().map(String::valueOf).collect(Collectors.joining("; ", "[", "]")),
                    vm.value(),
                    Long.toString(row.get(VM.HARDWARE_PLATFORM_VERSION)));
        }
        checkStorage(snapshot, vm, row, host);
        checkNetworks(snapshot, vm, row, host);
        GuestGpus.check(snapshot, vm, host);
        checkUsb(snapshot, row, host);
        if (DomainKinds.of(row) != DomainKind.PV
                && hostRow.get(Host.CAPABILITIES).stream().noneMatch(c -> c.startsWith("hvm"))) {
            throw Errors.vmHvmRequired(vm.value());
        }
    }

    private static void checkSettings(Row<VM> vm) {
        long max = vm.get(VM.VCPUS_MAX);
        long startup = vm.get(VM.VCPUS_AT_STARTUP);
        if (max < 1) {
            throw Errors.invalidValue("VCPUs_max", Long.toString(max));
        }
        if (startup < 1) {
            throw Errors.invalidValue("VCPUs-at-startup", Long.toString(startup));
        }
        if (startup > max) {
            throw Errors.valueNotSupported("VCPUs-at-startup", Long.toString(startup), "value greater than VCPUs-max");
        }
        if (vm.get(VM.MEMORY_STATIC_MIN) > vm.get(VM.MEMORY_STATIC_MAX)) {
            throw Errors.memoryConstraintViolation();
        }
        if (vm.get(VM.HVM_SHADOW_MULTIPLIER) < 1) {
            throw Errors.invalidValue("HVM_shadow_multiplier", Double.toString(vm.get(VM.HVM_SHADOW_MULTIPLIER)));
        }
        checkCrashAction(vm, vm.get(VM.ACTIONS_AFTER_CRASH));
    }

    static void checkCrashAction(Row<VM> vm, OnCrashBehaviour action) {
        if (action == OnCrashBehaviour.RENAME_RESTART) {
            throw Errors.valueNotSupported(
                    "VM.actions_after_crash",
                    "rename_restart",
                    "option would leak a domain; VMs and not domains are managed by this API");
        }
        boolean dumps =
                action == OnCrashBehaviour.COREDUMP_AND_DESTROY || action == OnCrashBehaviour.COREDUMP_AND_RESTART;
        if (dumps && DomainKinds.of(vm) != DomainKind.PV) {
            throw Errors.valueNotSupported(
                    "VM.actions_after_crash",
                    action.wire(),
                    "cannot invoke a coredump of an HVM, PVH or PV-in-PVH domain");
        }
    }

    /** All repositories of its disks must be plugged into the host. */
    private static void checkStorage(Snapshot snapshot, Ref<VM> ref, Row<VM> vm, Ref<Host> host) {
        Set<Ref<SR>> seen = snapshot.get(host, Host.PBDS).stream()
                .map(pbd -> snapshot.row(pbd))
                .filter(pbd -> pbd.get(PBD.CURRENTLY_ATTACHED))
                .map(pbd -> pbd.get(PBD.SR))
                .collect(Collectors.toSet());
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            Row<VBD> row = snapshot.row(vbd);
            if (!row.get(VBD.EMPTY)) {
                checkDisk(snapshot, ref, row.get(VBD.VDI), seen);
            }
        }
        if (vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED
                && !vm.get(VM.SUSPEND_VDI).isNull()) {
            checkDisk(snapshot, ref, vm.get(VM.SUSPEND_VDI), seen);
        }
    }

    private static void checkDisk(Snapshot snapshot, Ref<VM> vm, Ref<VDI> vdi, Set<Ref<SR>> seen) {
        Ref<SR> sr = snapshot.get(vdi, VDI.SR);
        if (!seen.contains(sr)) {
            throw Errors.vmRequiresSr(vm.value(), sr.value());
        }
    }

    /** VM_REQUIRES_NETWORK when the host has no way to one of its networks. */
    private static void checkNetworks(Snapshot snapshot, Ref<VM> ref, Row<VM> vm, Ref<Host> host) {
        for (Ref<VIF> vif : vm.get(VM.VIFS)) {
            Ref<Network> network = snapshot.get(vif, VIF.NETWORK);
            if (!reaches(snapshot, host, snapshot.row(network))) {
                throw Errors.vmRequiresNetwork(ref.value(), network.value());
            }
        }
    }

    /** A managed network without interfaces is inside one host: that of the running VMs which are in it. */
    private static boolean reaches(Snapshot snapshot, Ref<Host> host, Row<Network> network) {
        List<Ref<PIF>> pifs = network.get(Network.PIFS);
        if (!pifs.isEmpty()) {
            return pifs.stream().anyMatch(pif -> snapshot.get(pif, PIF.HOST).equals(host));
        }
        boolean shared = "true".equals(network.get(Network.OTHER_CONFIG).get("assume_network_is_shared"));
        if (shared || !network.get(Network.MANAGED)) {
            return true;
        }
        Set<Ref<Host>> pinned = network.get(Network.VIFS).stream()
                .map(vif -> snapshot.row(snapshot.get(vif, VIF.VM)))
                .filter(vm -> vm.get(VM.POWER_STATE) == VmPowerState.RUNNING)
                .map(vm -> vm.get(VM.RESIDENT_ON))
                .collect(Collectors.toSet());
        return pinned.isEmpty() || pinned.contains(host);
    }

    /** The devices of all VUSBs must be in that host. */
    private static void checkUsb(Snapshot snapshot, Row<VM> vm, Ref<Host> host) {
        for (Ref<VUSB> vusb : vm.get(VM.VUSBS)) {
            boolean there = snapshot.find(snapshot.get(vusb, VUSB.USB_GROUP)).stream()
                    .flatMap(group -> group.row().get(USBGroup.PUSBS).stream())
                    .findFirst()
                    .filter(pusb -> snapshot.get(pusb, PUSB.HOST).equals(host))
                    .isPresent();
            if (!there) {
                throw Errors.operationNotAllowed("VUSB " + vusb.value() + " is not available on Host " + host.value());
            }
        }
    }

    /** HOST_NOT_ENOUGH_FREE_MEMORY with bytes: what the VM needs at least, and what the host could have free. */
    static void checkMemory(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        Row<VM> row = snapshot.row(vm);
        long guest = row.get(VM.DOMAIN_TYPE) == org.jxapi.xenapi.DomainType.PV_IN_PVH
                ? row.get(VM.MEMORY_STATIC_MAX)
                : row.get(VM.MEMORY_DYNAMIC_MIN);
        long needed = MemoryOverhead.withOverhead(row, guest);
        long available = HostFreeMemory.available(snapshot, host, vm);
        if (needed > available) {
            throw Errors.hostNotEnoughFreeMemory(Long.toString(needed), Long.toString(available));
        }
    }

    static void checkCpus(Row<VM> vm, Row<Host> host) {
        long vcpus = vm.get(VM.VCPUS_MAX);
        long pcpus = Long.parseLong(host.get(Host.CPU_INFO).getOrDefault("cpu_count", "0"));
        if (vcpus > pcpus && !VmConstraints.isTrue(vm.get(VM.PLATFORM), "vcpu-unrestricted")) {
            throw Errors.hostNotEnoughPcpus(Long.toString(vcpus), Long.toString(pcpus));
        }
    }

    /** The hosts where it could boot now. */
    public static List<Ref<Host>> possible(Snapshot snapshot, Ref<VM> vm) {
        Ref<Host> scheduled = snapshot.get(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON);
        if (!scheduled.isNull()) {
            return List.of(scheduled);
        }
        return snapshot.all(Host.XEN_CLASS).stream()
                .<Ref<Host>>map(Stored::ref)
                .filter(host -> {
                    try {
                        check(snapshot, vm, host);
                        return true;
                    } catch (XenApiException e) {
                        return false;
                    }
                })
                .toList();
    }
}
