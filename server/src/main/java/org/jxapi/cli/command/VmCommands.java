package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;
import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.BiosStringsParameter;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.ExitException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.Crashdump;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmUefiMode;

/** Commands about VMs that fit nowhere else. */
final class VmCommands {
    private static final long MIB = 1L << 20;

    private VmCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-create",
                "name-label",
                "name-description",
                "Creates a VM without disks or network interfaces.",
                c -> c.printUuid(c.call("VM.create", record(c.need("name-label"), c.get("name-description", "")))),
                HIDDEN);
        t.add(
                "vm-vif-list",
                "",
                "",
                "Lists the virtual network interfaces of VMs.",
                c -> Selection.eachVm(
                        new Context(
                                c.line().with("multiple", "true"),
                                c.api(),
                                c.printer(),
                                c.wire(),
                                c.paths(),
                                c.drives()),
                        Scope.PLAIN,
                        Set.of("params"),
                        vm -> vifs(c, vm)),
                STANDARD,
                VM_SELECTORS);
        t.vms("vm-crashdump-list", "", "", "Lists the crash dumps of VMs.", Scope.PLAIN, VmCommands::crashDumps);
        t.vms(
                "vm-query-services",
                "",
                "",
                "Shows the services that VMs offer.",
                Scope.PLAIN,
                (c, vm) -> {
                    Map<Object, Object> services = new LinkedHashMap<>();
                    services.put("Type", "Name");
                    services.putAll((Map<?, ?>) c.call("VM.query_services", vm.ref()));
                    c.printMap(services);
                },
                STANDARD,
                HIDDEN);
        t.vms(
                "vm-copy-bios-strings",
                "host-uuid",
                "",
                "Copies the BIOS strings of a host to VMs that have none yet.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.copy_bios_strings", vm.ref(), c.ref("host", "host-uuid")));
        t.vms(
                "vm-is-bios-customized",
                "",
                "",
                "Shows whether VMs have customized BIOS strings.",
                Scope.PLAIN,
                VmCommands::bios);
        t.add(
                "console",
                "",
                "",
                "Connects the terminal to a VM's text console; press Ctrl-] to disconnect.",
                VmCommands::console,
                VM_SELECTORS);
        t.add(
                "vm-call-plugin",
                "vm-uuid plugin fn",
                "args:",
                "Calls a function of a plugin inside a VM.",
                c -> c.print(c.call(
                        "VM.call_plugin", c.ref("VM", "vm-uuid"), c.need("plugin"), c.need("fn"), c.pluginArgs())));
        t.add(
                "vm-call-host-plugin",
                "vm-uuid plugin fn",
                "args:",
                "Calls a function of a plugin on the host where a VM runs.",
                c -> c.print(c.call(
                        "VM.call_host_plugin",
                        c.ref("VM", "vm-uuid"),
                        c.need("plugin"),
                        c.need("fn"),
                        c.pluginArgs())));
        t.vms(
                "vm-retrieve-wlb-recommendations",
                "",
                "",
                "Shows how the workload balancer rates each host for a VM.",
                Scope.ONE,
                VmCommands::recommendations);
        t.add(
                "vm-set-uefi-mode",
                "uuid mode",
                "",
                "Sets the secure boot mode of a VM: setup or user.",
                c -> c.message(
                        c.call("VM.set_uefi_mode", c.ref("VM"), EnumNames.parse(VmUefiMode.TYPE, c.need("mode")))));
        t.add(
                "vm-get-secureboot-readiness",
                "uuid",
                "",
                "Shows whether a VM is ready for secure boot.",
                c -> c.message(c.call("VM.get_secureboot_readiness", c.ref("VM"))));
        t.vms(
                "vm-update-secureboot-certificates-on-boot",
                "mark",
                "",
                "Sets whether VMs update their secure boot certificates from the pool at their next boot.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.update_secureboot_certificates_on_boot", vm.ref(), c.flag("mark")));
        t.vms(
                "vm-sysprep",
                "filename",
                "timeout",
                "Runs sysprep in Windows VMs with an answer file.",
                Scope.PLAIN,
                (c, vm) -> c.call(
                        "VM.sysprep",
                        vm.ref(),
                        c.file("filename", "file."),
                        c.has("timeout") ? Math.max(0, c.decimal("timeout")) : 180.0));
    }

    private static void console(Context c) throws IOException {
        List<CliObject> vms = Selection.vms(c.api(), c.line(), Scope.CONTROL, Set.of());
        if (vms.size() != 1) {
            refuse(c, vms.isEmpty() ? "No VM found" : "Multiple VMs found: please narrow your request to one VM.");
        }
        for (Ref<?> ref : vms.get(0).get(VM.CONSOLES)) {
            Row<Console> console = c.api().record(Console.XEN_CLASS, ref);
            if (console.get(Console.PROTOCOL) == ConsoleProtocol.VT100) {
                c.say("Connecting to console on VM " + vms.get(0).text("name-label") + ". Press Ctrl + ']' to quit.");
                // A bare path leads to the server that the client has reached already, whatever its address there.
                URI location = URI.create(console.get(Console.LOCATION));
                if (!c.wire()
                        .connect(location.getRawPath() + "?" + location.getRawQuery() + "&session_id="
                                + c.api().session())) {
                    throw new CliException("Failure");
                }
                return;
            }
        }
        refuse(c, "No text console available");
    }

    private static void refuse(Context c, String why) throws IOException {
        c.wire().printStderr(why + "\n");
        throw new ExitException(1);
    }

    private static void vifs(Context c, CliObject vm) throws IOException {
        List<CliObject> vifs = new ArrayList<>();
        vm.get(VM.VIFS).forEach(vif -> vifs.add(CliObject.of(c.api(), RecordKinds.get("vif"), vif)));
        GenericCommands.printFull(
                c,
                vifs,
                List.of("uuid", "device", "MAC", "network-uuid", "network-name-label", "vm-name-label"),
                "params");
    }

    private static void crashDumps(Context c, CliObject vm) throws IOException {
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        for (Ref<?> dump : vm.get(VM.CRASH_DUMPS)) {
            var row = c.api().record(Crashdump.XEN_CLASS, dump);
            records.add(List.of(
                    Map.entry("uuid ( RO)", String.valueOf(Api.value(row, "uuid"))),
                    Map.entry("vm-uuid ( RO)", vm.uuid()),
                    Map.entry("vm-name-label ( RO)", vm.text("name-label")),
                    Map.entry("vdi-uuid ( RO)", c.api().uuid((Ref<?>) Api.value(row, "VDI")))));
        }
        c.printer().records(records);
    }

    private static void bios(Context c, CliObject vm) throws IOException {
        Map<String, String> strings = vm.get(VM.BIOS_STRINGS);
        if (strings.isEmpty()) {
            c.message("The BIOS strings of this VM have not yet been set.");
        } else {
            c.message(
                    BiosStringsParameter.generic(strings) ? "This VM is BIOS-generic." : "This VM is BIOS-customized.");
        }
    }

    private static void recommendations(Context c, CliObject vm) throws IOException {
        Map<Object, Object> table = new LinkedHashMap<>();
        table.put("Host(Uuid)", "Stars, RecID, ZeroScoreReason");
        ((Map<?, ?>) c.call("VM.retrieve_wlb_recommendations", vm.ref()))
                .forEach((host, words) -> table.put(
                        c.api().get(Host.NAME_LABEL, (Ref<?>) host) + "("
                                + c.api().uuid((Ref<?>) host) + ")",
                        String.join(
                                " ",
                                ((List<?>) words).stream().map(String::valueOf).toList())));
        c.printMap(table);
    }

    private static Map<Object, Object> record(String name, String description) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", name);
        record.put("name_description", description);
        record.put("user_version", 0L);
        record.put("is_a_template", false);
        record.put("affinity", Ref.nil());
        record.put("memory_target", 256 * MIB);
        record.put("memory_static_max", 256 * MIB);
        record.put("memory_dynamic_max", 256 * MIB);
        record.put("memory_dynamic_min", 128 * MIB);
        record.put("memory_static_min", 128 * MIB);
        record.put("VCPUs_params", Map.of());
        record.put("VCPUs_max", 1L);
        record.put("VCPUs_at_startup", 1L);
        record.put("actions_after_softreboot", "soft_reboot");
        record.put("actions_after_shutdown", "destroy");
        record.put("actions_after_reboot", "restart");
        record.put("actions_after_crash", "destroy");
        for (String text : List.of(
                "PV_bootloader",
                "PV_kernel",
                "PV_ramdisk",
                "PV_args",
                "PV_bootloader_args",
                "PV_legacy_args",
                "HVM_boot_policy",
                "PCI_bus",
                "recommendations",
                "ha_restart_priority")) {
            record.put(text, "");
        }
        record.put("HVM_boot_params", Map.of());
        record.put("HVM_shadow_multiplier", 1.0);
        record.put("platform", Map.of());
        record.put("other_config", Map.of());
        record.put("xenstore_data", Map.of());
        record.put("ha_always_run", false);
        record.put("tags", List.of());
        return record;
    }
}
