package org.jxapi.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VM;

/**
 * XenAPI errors for failures of the hypervisor. libxl's codes are coarse, and often only its log lines show which of
 * XAPI's errors applies. Other failures are INTERNAL_ERROR with these lines.
 */
public final class HypervisorErrors {
    private static final Pattern NO_BRIDGE = Pattern.compile("Could not find bridge device (\\S+)");
    private static final Pattern NO_MEMORY = Pattern.compile(
            "(?i)out of memory|cannot allocate memory|can't allocate|not enough (free )?memory|failed to claim");
    /** Complaints of libxl's boot loader code. At debug level it also logs when it has nothing to do. */
    private static final Pattern BOOTLOADER = Pattern.compile(
            "(error|critical): .*(libxl_bootloader\\.c|bootloader \\[\\d+\\]|bootloader (failed|lookup))");

    private static final int LINES = 20;

    private HypervisorErrors() {}

    /** The error of an operation on a VM's domain or its devices. */
    public static XenApiException of(Snapshot snapshot, Ref<VM> vm, HypervisorException e) {
        if (e.error() == LibxlError.DOMAIN_NOTFOUND) {
            return Errors.vmHalted(vm.value()).causedBy(e);
        }
        if (e.error() == LibxlError.NOPARAVIRT) {
            return Errors.vmMissingPvDrivers(vm.value()).causedBy(e);
        }
        if (e.error() == LibxlError.GUEST_TIMEDOUT) {
            // libxl says this of guests that are asked to suspend
            return Errors.vmFailedSuspendAcknowledgment(vm.value()).causedBy(e);
        }
        Matcher bridge = NO_BRIDGE.matcher(String.join("\n", e.log()) + "\n" + e.getMessage());
        if (bridge.find()) {
            return noBridge(snapshot, vm, bridge.group(1)).causedBy(e);
        }
        if (e.log().stream().anyMatch(line -> BOOTLOADER.matcher(line).find())) {
            return Errors.bootloaderFailed(vm.value(), said(e)).causedBy(e);
        }
        return internal(e);
    }

    /** The error of unplugging a device: DEVICE_DETACH_TIMEOUT when the guest does not let it go. */
    public static XenApiException ofUnplug(
            Snapshot snapshot, Ref<VM> vm, String deviceClass, String device, HypervisorException e) {
        if (e.error() == LibxlError.TIMEDOUT || e.error() == LibxlError.GUEST_TIMEDOUT) {
            return Errors.deviceDetachTimeout(deviceClass, device).causedBy(e);
        }
        return of(snapshot, vm, e);
    }

    /** Whether memory is what is missing. */
    public static boolean noMemory(HypervisorException e) {
        return e.error() == LibxlError.NOMEM
                || e.log().stream().anyMatch(line -> NO_MEMORY.matcher(line).find());
    }

    /** INTERNAL_ERROR with all that libxl said. */
    public static XenApiException internal(HypervisorException e) {
        return Errors.internalError("xenopsd error: " + said(e)).causedBy(e);
    }

    private static XenApiException noBridge(Snapshot snapshot, Ref<VM> vm, String bridge) {
        String network = snapshot.all(Network.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(Network.BRIDGE).equals(bridge))
                .map(stored -> stored.ref().value())
                .findFirst()
                .orElse(bridge);
        Ref<Host> host = snapshot.find(vm)
                .map(found -> DomainConfigs.host(snapshot, found.row()))
                .orElseGet(() -> ThisHost.ref(snapshot));
        return Errors.hostCannotAttachNetwork(host.value(), network);
    }

    private static String said(HypervisorException e) {
        List<String> said = new ArrayList<>(List.of(String.valueOf(e.getMessage())));
        List<String> log = e.log();
        said.addAll(log.subList(Math.max(0, log.size() - LINES), log.size()));
        return String.join("; ", said);
    }
}
