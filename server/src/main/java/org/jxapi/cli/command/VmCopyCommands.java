package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.datamodel.Ref;

/** The commands that copy VMs: clones, full copies, snapshots and checkpoints. */
final class VmCopyCommands {
    private static final Set<String> OWN =
            Set.of("new-name-label", "new-name-description", "ignore-vdi-uuids", "sr-uuid");
    private static final String NAMES = "new-name-description";

    private VmCopyCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-clone",
                "new-name-label",
                NAMES,
                "Clones a VM or template; copies its disks if the storage cannot clone them.",
                c -> copies(c, Scope.TEMPLATES, vm -> c.call("VM.clone", vm.ref(), name(c))),
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-copy",
                "new-name-label",
                NAMES + " sr-uuid",
                "Copies a VM or template with all its data; sr-uuid puts all disks on one SR.",
                c -> {
                    Ref<?> sr = c.refOrNull("SR", "sr-uuid");
                    copies(c, Scope.TEMPLATES_ONE, vm -> c.call("VM.copy", vm.ref(), name(c), sr));
                },
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-snapshot",
                "new-name-label",
                NAMES + " ignore-vdi-uuids",
                "Takes snapshots of VMs without the disks in ignore-vdi-uuids.",
                c -> {
                    List<Ref<?>> without = c.refs("VDI", "ignore-vdi-uuids");
                    copies(c, Scope.PLAIN, vm -> c.call("VM.snapshot", vm.ref(), name(c), without));
                },
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-snapshot-with-quiesce",
                "new-name-label",
                NAMES,
                "Takes snapshots of VMs after their guests have quiesced the disks.",
                c -> copies(c, Scope.PLAIN, vm -> c.call("VM.snapshot_with_quiesce", vm.ref(), name(c))),
                STANDARD,
                VM_SELECTORS);
        t.add(
                "vm-checkpoint",
                "new-name-label",
                NAMES,
                "Takes snapshots of VMs with their memory.",
                c -> copies(c, Scope.PLAIN, vm -> c.call("VM.checkpoint", vm.ref(), name(c))),
                STANDARD,
                VM_SELECTORS);
    }

    private static String name(Context c) {
        return c.need("new-name-label");
    }

    /** Copies a VM; returns the new VM. */
    private interface Copy {
        Object of(CliObject vm);
    }

    /** Copies the chosen VMs and prints the UUIDs of the copies, the last one first as XAPI does. */
    private static void copies(Context c, Scope scope, Copy copy) throws IOException {
        List<Object> made = new ArrayList<>();
        Selection.eachVm(c, scope, OWN, vm -> made.add(0, copy.of(vm)));
        if (c.has("new-name-description")) {
            c.call("VM.set_name_description", made.get(0), c.need("new-name-description"));
        }
        List<String> uuids = new ArrayList<>();
        made.forEach(vm -> uuids.add(c.api().uuid((Ref<?>) vm)));
        c.printer().values(uuids);
    }
}
