package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The commands about snapshots that exist; each takes the snapshot as uuid or snapshot-uuid. */
final class SnapshotCommands {
    private static final String UUID = "uuid snapshot-uuid";

    private SnapshotCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "snapshot-revert",
                "",
                UUID,
                "Returns a VM to the state of a snapshot.",
                c -> c.call("VM.revert", snapshot(c)),
                STANDARD);
        t.add(
                "snapshot-clone",
                "new-name-label",
                "uuid new-name-description",
                "Creates a template from a snapshot; clones its disks if the storage supports it.",
                c -> copy(c, (Ref<?>) c.call("VM.clone", snapshot(c), c.need("new-name-label"))),
                STANDARD);
        t.add(
                "snapshot-copy",
                "new-name-label",
                "uuid new-name-description sr-uuid",
                "Creates a template from a snapshot, with full copies of its disks.",
                c -> {
                    Ref<?> sr = c.refOrNull("SR", "sr-uuid");
                    copy(c, (Ref<?>) c.call("VM.copy", snapshot(c), c.need("new-name-label"), sr));
                },
                STANDARD);
        t.add("snapshot-destroy", "", UUID, "Destroys a snapshot but keeps its disks.", c -> {
            Ref<?> snapshot = snapshot(c);
            if (c.api().get(VM.POWER_STATE, snapshot) != VmPowerState.HALTED) {
                c.call("VM.hard_shutdown", snapshot);
            }
            c.call("VM.destroy", snapshot);
        });
        t.add(
                "snapshot-disk-list",
                "",
                UUID + " vbd-params vdi-params",
                "Lists the disks of a snapshot.",
                c -> VmDiskCommands.list(c, CliObject.of(c.api(), RecordKinds.get("vm"), snapshot(c)), false),
                STANDARD,
                VM_SELECTORS);
        t.add(
                "snapshot-reset-powerstate",
                "",
                UUID + " force",
                "Marks a checkpoint as halted in the database; its saved memory is lost.",
                c -> {
                    c.needForce();
                    c.call("VM.power_state_reset", snapshot(c));
                },
                STANDARD,
                VM_SELECTORS);
    }

    /** The snapshot that the parameters name. */
    static Ref<?> snapshot(Context c) {
        String parameter = c.has("snapshot-uuid") ? "snapshot-uuid" : "uuid";
        if (!c.has(parameter)) {
            throw new CliException("Required parameter not found: snapshot-uuid or uuid.");
        }
        Ref<?> snapshot = c.ref("VM", parameter);
        if (!c.api().get(VM.IS_A_SNAPSHOT, snapshot)) {
            throw new CliException("This operation can only be performed on a VM snapshot. " + c.need(parameter)
                    + " is not a VM snapshot.");
        }
        return snapshot;
    }

    private static void copy(Context c, Ref<?> made) throws IOException {
        if (c.has("new-name-description")) {
            c.call("VM.set_name_description", made, c.need("new-name-description"));
        }
        c.printUuid(made);
    }
}
