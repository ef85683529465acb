package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The commands that destroy VMs, templates and snapshots together with their disks. */
final class VmUninstallCommands {
    private VmUninstallCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-uninstall",
                "",
                "force",
                "Destroys VMs with their snapshots and disks; asks for confirmation unless --force is given.",
                c -> {
                    List<Ref<?>> vms = new ArrayList<>();
                    Selection.eachVm(c, Scope.PLAIN, Set.of(), vm -> vms.add(vm.ref()));
                    for (Ref<?> vm : List.copyOf(vms)) {
                        vms.addAll(c.api().get(VM.SNAPSHOTS, vm));
                    }
                    uninstall(c, vms);
                },
                STANDARD,
                VM_SELECTORS);
        t.add(
                "template-uninstall",
                "template-uuid",
                "force",
                "Destroys a custom template and its disks.",
                c -> {
                    Ref<?> template = c.ref("VM", "template-uuid");
                    if (!c.api().get(VM.IS_A_TEMPLATE, template)) {
                        throw new CliException("This operation can only be performed on a VM template. "
                                + c.need("template-uuid") + " is not a VM template.");
                    }
                    uninstall(c, List.of(template));
                },
                STANDARD);
        t.add(
                "snapshot-uninstall",
                "",
                "uuid snapshot-uuid force",
                "Destroys a snapshot and its disks.",
                c -> uninstall(c, List.of(SnapshotCommands.snapshot(c))),
                STANDARD);
        t.add("vm-destroy", "uuid", "", "Destroys a VM but keeps its disks.", c -> {
            Ref<?> vm = c.ref("VM");
            if (c.api().get(VM.IS_CONTROL_DOMAIN, vm)) {
                throw new XenApiException(
                        "OPERATION_NOT_ALLOWED", List.of("You cannot destroy a control domain via the CLI"));
            }
            c.call("VM.destroy", vm);
        });
    }

    /** A VM to destroy, with the disks to destroy with it. */
    private record Doomed(Ref<?> vm, List<Ref<?>> disks, Ref<?> suspendImage) {}

    private static void uninstall(Context c, List<Ref<?>> vms) throws IOException {
        List<Doomed> doomed = new ArrayList<>();
        for (Ref<?> vm : vms) {
            doomed.add(new Doomed(vm, ownDisks(c, vm), c.api().get(VM.SUSPEND_VDI, vm)));
        }
        c.say("The following items are about to be destroyed");
        for (Doomed one : doomed) {
            c.say("VM : " + c.api().uuid(one.vm()) + " (" + c.api().name(one.vm()) + ")");
            for (Ref<?> disk : one.disks()) {
                c.say(line(c, disk));
            }
            if (exists(c, one.suspendImage())) {
                c.say(line(c, one.suspendImage()));
            }
        }
        if (c.flag("force") || c.confirmed()) {
            doomed.forEach(one -> destroy(c, one));
            c.say("All objects destroyed");
        }
    }

    private static List<Ref<?>> ownDisks(Context c, Ref<?> vm) {
        List<Ref<?>> disks = new ArrayList<>();
        for (Ref<VBD> vbd : c.api().get(VM.VBDS, vm)) {
            c.api()
                    .neighbour(vbd)
                    .filter(row -> row.get(VBD.OTHER_CONFIG).containsKey(VbdCommands.OWNER))
                    .map(row -> row.get(VBD.VDI))
                    .filter(disk -> exists(c, disk))
                    .ifPresent(disks::add);
        }
        return disks;
    }

    private static boolean exists(Context c, Ref<?> ref) {
        return c.api().neighbour(ref).isPresent();
    }

    private static String line(Context c, Ref<?> disk) {
        Row<VDI> row = c.api().record(VDI.XEN_CLASS, disk);
        String shared = row.get(VDI.VBDS).size() > 1 ? " ** WARNING: disk is shared by other VMs" : "";
        return "VDI: " + row.get(VDI.UUID) + " (" + row.get(VDI.NAME_LABEL) + ") " + shared;
    }

    private static void destroy(Context c, Doomed one) {
        if (c.api().get(VM.POWER_STATE, one.vm()) != VmPowerState.HALTED) {
            c.call("VM.hard_shutdown", one.vm());
        }
        c.call("VM.destroy", one.vm());
        one.disks().forEach(disk -> c.call("VDI.destroy", disk));
        if (exists(c, one.suspendImage())) {
            try {
                c.call("VDI.destroy", one.suspendImage());
            } catch (XenApiException e) {
                // the VM is destroyed; the next scan of the SR removes its image
            }
        }
    }
}
