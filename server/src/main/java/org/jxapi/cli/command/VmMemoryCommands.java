package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.DEPRECATED;
import static org.jxapi.cli.command.Command.Flag.HIDDEN;
import static org.jxapi.cli.command.Command.Flag.STANDARD;

import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;

/** The commands about a VM's memory and virtual CPUs. Sizes take KiB, MiB, GiB and TiB. */
final class VmMemoryCommands {
    private VmMemoryCommands() {}

    static void declare(CommandTable t) {
        t.vms(
                "vm-compute-memory-overhead",
                "",
                "",
                "Shows a VM's memory overhead in bytes.",
                Scope.CONTROL,
                (c, vm) -> c.message(c.call("VM.compute_memory_overhead", vm.ref())));
        t.vms(
                "vm-compute-maximum-memory",
                "total",
                "approximate",
                "Shows the most memory that a VM can have within a total amount.",
                Scope.PLAIN,
                (c, vm) -> c.print(c.call("VM.maximise_memory", vm.ref(), c.bytes("total"), c.flag("approximate"))),
                STANDARD);
        t.vms(
                "vm-memory-balloon",
                "target",
                "",
                "Sets the memory target.",
                Scope.CONTROL,
                VmMemoryCommands::target,
                DEPRECATED,
                HIDDEN);
        t.vms("vm-memory-target-set", "target", "", "Sets the memory target.", Scope.CONTROL, VmMemoryCommands::target);
        t.vms(
                "vm-memory-target-wait",
                "",
                "",
                "Waits until running VMs have reached their memory targets.",
                Scope.CONTROL,
                (c, vm) -> c.call("VM.wait_memory_target_live", vm.ref()),
                HIDDEN);
        t.vms(
                "vm-memory-dynamic-range-set",
                "min max",
                "",
                "Sets the range within which a running VM's memory can vary.",
                Scope.ALL,
                (c, vm) -> c.call("VM.set_memory_dynamic_range", vm.ref(), c.bytes("min"), c.bytes("max")));
        t.vms(
                "vm-memory-static-range-set",
                "min max",
                "",
                "Sets the bounds of the dynamic range; for halted VMs.",
                Scope.ALL,
                (c, vm) -> c.call("VM.set_memory_static_range", vm.ref(), c.bytes("min"), c.bytes("max")));
        t.vms(
                "vm-memory-limits-set",
                "static-min static-max dynamic-min dynamic-max",
                "",
                "Sets all four memory limits at once.",
                Scope.ALL,
                (c, vm) -> c.call(
                        "VM.set_memory_limits",
                        vm.ref(),
                        c.bytes("static-min"),
                        c.bytes("static-max"),
                        c.bytes("dynamic-min"),
                        c.bytes("dynamic-max")));
        t.vms(
                "vm-memory-set",
                "memory",
                "",
                "Gives VMs a fixed amount of memory.",
                Scope.ALL,
                (c, vm) -> c.call("VM.set_memory", vm.ref(), c.bytes("memory")));
        t.vms(
                "vm-memory-shadow-multiplier-set",
                "multiplier",
                "",
                "Sets the shadow memory multiplier, also of running VMs.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.set_shadow_multiplier_live", vm.ref(), c.decimal("multiplier")));
        t.vms(
                "vm-vcpu-hotplug",
                "new-vcpus",
                "",
                "Gives running VMs more virtual CPUs, up to VCPUs-max.",
                Scope.PLAIN,
                (c, vm) -> c.call("VM.set_VCPUs_number_live", vm.ref(), c.integer("new-vcpus")));
    }

    private static void target(Context c, CliObject vm) {
        long target = c.bytes("target");
        c.call("VM.set_memory_dynamic_range", vm.ref(), target, target);
    }
}
