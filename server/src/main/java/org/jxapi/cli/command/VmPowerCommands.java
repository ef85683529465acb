package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Host;

/** The commands that change a VM's power state. */
final class VmPowerCommands {
    private VmPowerCommands() {}

    static void declare(CommandTable t) {
        t.vms(
                "vm-start",
                "",
                "force on paused",
                "Starts VMs; on=HOST chooses the host.",
                Scope.CONTROL,
                VmPowerCommands::start,
                STANDARD);
        t.vms(
                "vm-suspend",
                "",
                "",
                "Suspends VMs to disk.",
                Scope.PLAIN,
                (c, vm) -> wait(c, "VM.suspend", vm),
                STANDARD);
        t.vms(
                "vm-resume",
                "",
                "force on",
                "Resumes suspended VMs; on=HOST chooses the host.",
                Scope.PLAIN,
                VmPowerCommands::resume,
                STANDARD);
        t.vms(
                "vm-shutdown",
                "",
                "force",
                "Asks the guests to shut down; --force powers the VMs off.",
                Scope.PLAIN,
                (c, vm) -> wait(c, c.flag("force") ? "VM.hard_shutdown" : "VM.clean_shutdown", vm),
                STANDARD);
        t.vms(
                "vm-reboot",
                "",
                "force",
                "Asks the guests to reboot; --force resets the VMs.",
                Scope.PLAIN,
                (c, vm) -> c.call(c.flag("force") ? "VM.hard_reboot" : "VM.clean_reboot", vm.ref()),
                STANDARD);
        t.add(
                "vm-reset-powerstate",
                "",
                "force",
                "Marks VMs as halted in the database, after a failure of their host. It does not stop them: if a VM"
                        + " still runs and you start it again, it loses data.",
                c -> {
                    c.needForce();
                    Selection.eachVm(c, Scope.PLAIN, Set.of("force"), vm -> c.call("VM.power_state_reset", vm.ref()));
                },
                STANDARD,
                VM_SELECTORS);
        t.vms(
                "vm-pause",
                "",
                "",
                "Pauses running VMs.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.pause", vm.ref()),
                STANDARD);
        t.vms(
                "vm-unpause",
                "",
                "",
                "Resumes paused VMs.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.unpause", vm.ref()),
                STANDARD);
        t.vms(
                "vm-restart-device-models",
                "",
                "",
                "Restarts the device models of running HVM VMs.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.restart_device_models", vm.ref()),
                STANDARD);
    }

    private static void wait(Context c, String message, CliObject vm) throws IOException {
        TaskWait.run(c, message, vm.ref());
    }

    private static void start(Context c, CliObject vm) throws IOException {
        boolean paused = c.flag("paused");
        boolean force = c.flag("force");
        explained(c, vm, () -> {
            if (c.has("on")) {
                TaskWait.run(c, "VM.start_on", vm.ref(), host(c.api(), c.need("on")), paused, force);
            } else {
                TaskWait.run(c, "VM.start", vm.ref(), paused, force);
            }
        });
    }

    private static void resume(Context c, CliObject vm) throws IOException {
        boolean force = c.flag("force");
        if (c.has("on")) {
            TaskWait.run(c, "VM.resume_on", vm.ref(), host(c.api(), c.need("on")), false, force);
        } else {
            explained(c, vm, () -> TaskWait.run(c, "VM.resume", vm.ref(), false, force));
        }
    }

    /** The host of that name or uuid. */
    static Ref<?> host(Api api, String name) {
        return api.records(Host.XEN_CLASS).entrySet().stream()
                .filter(e -> e.getValue().get(Host.NAME_LABEL).equals(name)
                        || e.getValue().get(Host.UUID).equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new CliException("Host " + name + " not found", Selection.question(api, "host", name)))
                .getKey();
    }

    private interface Start {
        void run() throws IOException;
    }

    /** Starts a VM; if no host can run it, prints the reason for each host. */
    private static void explained(Context c, CliObject vm, Start start) throws IOException {
        try {
            start.run();
        } catch (XenApiException e) {
            if (e.code().equals("NO_HOSTS_AVAILABLE")) {
                c.print(
                        "There are no suitable hosts to start this VM on.",
                        "The following table provides per-host reasons for why the VM could not be started:",
                        "");
                printHosts(c, vm.ref());
            }
            throw e;
        }
    }

    /** A record with an entry for each host: whether the VM can start there. */
    static void printHosts(Context c, Ref<?> vm) throws IOException {
        List<Map.Entry<String, String>> hosts = new ArrayList<>();
        for (var host : c.api().records(Host.XEN_CLASS).entrySet()) {
            String verdict;
            try {
                c.call("VM.assert_can_boot_here", vm, host.getKey());
                verdict = "OK";
            } catch (XenApiException e) {
                verdict = "Cannot start here [" + reason(c.api(), e) + "]";
            }
            hosts.add(Map.entry(host.getValue().get(Host.NAME_LABEL), verdict));
        }
        c.printer().records(List.of(hosts));
    }

    /** Why a VM cannot start, in few words. */
    static String reason(Api api, XenApiException e) {
        List<String> params = e.params();
        Map<String, String> known = new LinkedHashMap<>();
        known.put("HOST_DISABLED", "Host disabled (use 'xe host-enable' to re-enable)");
        known.put("HOST_DISABLED_INDEFINITELY", "Host disabled indefinitely (use 'xe host-enable' to re-enable)");
        known.put("HOST_NOT_LIVE", "Host down");
        known.put("HOST_NOT_ENOUGH_FREE_MEMORY", "Not enough free memory");
        known.put("VM_HVM_REQUIRED", "HVM not supported");
        return switch (e.code()) {
            case "VM_REQUIRES_SR" -> "VM requires access to SR: " + second(api, params);
            case "VM_REQUIRES_NETWORK" -> "VM requires access to network: " + second(api, params);
            case "HOST_CANNOT_ATTACH_NETWORK" -> "Host cannot attach to network: " + second(api, params);
            case "HOST_NOT_ENOUGH_PCPUS" ->
                "Not enough CPUs (VM needs %s, but host has %s)"
                        .formatted(params.isEmpty() ? "?" : params.get(0), params.size() < 2 ? "?" : params.get(1));
            case "INVALID_VALUE" -> "Field has invalid value: " + String.join(" = ", params);
            case "HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED" ->
                "the SR is not shared by all hosts: " + api.shown(params.isEmpty() ? "?" : params.get(0));
            case "HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED" ->
                "the network is not on all hosts: " + api.shown(params.isEmpty() ? "?" : params.get(0));
            default ->
                known.getOrDefault(e.code(), "Server_error(" + e.code() + ", [ " + String.join("; ", params) + " ])");
        };
    }

    private static String second(Api api, List<String> params) {
        return params.size() < 2 ? "<server did not provide reference>" : api.shown(params.get(1));
    }
}
