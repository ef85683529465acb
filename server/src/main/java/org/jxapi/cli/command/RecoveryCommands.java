package org.jxapi.cli.command;

import org.jxapi.cli.record.Api;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Session;

/** The commands that recover VMs from the copy of another pool's database. */
final class RecoveryCommands {
    private RecoveryCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-recover",
                "uuid",
                "database: force",
                "Recovers a VM from a pool database on a disk, which database:vdi-uuid names.",
                c -> recover(c, "VM"));
        t.add(
                "vm-assert-can-be-recovered",
                "uuid",
                "database:",
                "Checks that the storage needed to recover a VM is available.",
                c -> check(c, "VM"));
        t.add(
                "appliance-recover",
                "uuid",
                "database: force",
                "Recovers an appliance from a pool database on a disk, which database:vdi-uuid names.",
                c -> recover(c, "VM_appliance"));
        t.add(
                "appliance-assert-can-be-recovered",
                "uuid",
                "database:",
                "Checks that the storage needed to recover an appliance is available.",
                c -> check(c, "VM_appliance"));
    }

    private static void recover(Context c, String kind) {
        try (Api database = open(c)) {
            database.call(kind + ".recover", database.byUuid(kind, c.need("uuid")), session(c), c.flag("force"));
        }
    }

    private static void check(Context c, String kind) {
        try (Api database = open(c)) {
            database.call(kind + ".assert_can_be_recovered", database.byUuid(kind, c.need("uuid")), session(c));
        }
    }

    private static Ref<Session> session(Context c) {
        return Session.XEN_CLASS.ref(c.api().session());
    }

    private static Api open(Context c) {
        String vdi = c.map("database").get("vdi-uuid");
        if (vdi == null) {
            throw new CliException(
                    "A parameter of the form 'database:vdi-uuid=<uuid>' must be specified to run this command.");
        }
        return c.api().with((Ref<?>) c.call("VDI.open_database", c.api().byUuid("VDI", vdi)));
    }
}
