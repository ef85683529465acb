package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.VBD;

/** The commands about virtual block devices: the attachment of disks to VMs. */
final class VbdCommands {
    /** The key of a VBD's other_config that marks its disk as one of the VM's own. */
    static final String OWNER = "owner";

    private static final long POLL_MILLIS = 1000;

    private VbdCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vbd-create",
                "vm-uuid device",
                "vdi-uuid bootable type mode unpluggable",
                "Attaches a disk to a VM, or gives it an empty CD drive (type=CD, without vdi-uuid). device is one of"
                        + " the VM's allowed-VBD-devices.",
                VbdCommands::create);
        t.add(
                "vbd-destroy",
                "uuid",
                "",
                "Destroys a VBD but keeps the disk.",
                c -> c.call("VBD.destroy", c.ref("VBD")));
        t.add(
                "vbd-insert",
                "uuid vdi-uuid",
                "",
                "Inserts a CD into an empty drive.",
                c -> c.call("VBD.insert", c.ref("VBD"), c.ref("VDI", "vdi-uuid")));
        t.add("vbd-eject", "uuid", "", "Ejects the CD from a drive.", c -> c.call("VBD.eject", c.ref("VBD")));
        t.add("vbd-plug", "uuid", "", "Attaches a disk to a running VM.", c -> c.call("VBD.plug", c.ref("VBD")));
        t.add(
                "vbd-unplug",
                "uuid",
                "timeout force",
                "Detaches a disk from a running VM; waits up to timeout seconds if the guest refuses at first.",
                VbdCommands::unplug);
        t.add(
                "vbd-pause",
                "uuid",
                "",
                "Pauses the backend of a VBD; prints the token for vbd-unpause.",
                c -> c.print(c.call("VBD.pause", c.ref("VBD"))),
                HIDDEN);
        t.add(
                "vbd-unpause",
                "uuid token",
                "",
                "Resumes the backend of a VBD.",
                c -> c.call("VBD.unpause", c.ref("VBD"), c.need("token")),
                HIDDEN);
    }

    /** What VBD.create takes. */
    static Map<Object, Object> record(Ref<?> vm, Ref<?> vdi, String device, String mode, String type) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("VM", vm);
        record.put("VDI", vdi);
        record.put("userdevice", device);
        record.put("bootable", false);
        record.put("mode", mode);
        record.put("type", type);
        record.put("unpluggable", true);
        record.put("empty", vdi.isNull());
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        record.put("device", "");
        record.put("currently_attached", false);
        return record;
    }

    private static void create(Context c) throws IOException {
        Ref<?> vm = c.ref("VM", "vm-uuid");
        Ref<?> vdi = c.refOrNull("VDI", "vdi-uuid");
        String mode = c.get("mode", "rw").toUpperCase(Locale.ROOT);
        if (!mode.equals("RO") && !mode.equals("RW")) {
            throw new CliException("Unknown mode: " + mode.toLowerCase(Locale.ROOT) + " (should be \"ro\" or \"rw\"");
        }
        String type = switch (c.get("type", "disk").toLowerCase(Locale.ROOT)) {
            case "cd" -> "CD";
            case "disk" -> "Disk";
            case "floppy" -> "Floppy";
            default ->
                throw new CliException("Unknown type: " + c.need("type").toLowerCase(Locale.ROOT)
                        + " (should be \"cd\", \"disk\" or \"floppy\"");
        };
        if (type.equals("Disk") && vdi.isNull()) {
            throw new CliException("Empty VBDs can only be made for type=CD");
        }
        Map<Object, Object> record = record(vm, vdi, c.need("device"), mode, type);
        record.put("bootable", c.flag("bootable"));
        record.put("unpluggable", c.line().flag("unpluggable", true));
        c.printUuid(c.call("VBD.create", record));
    }

    private static void unplug(Context c) {
        Ref<?> vbd = c.ref("VBD");
        double timeout = c.has("timeout") ? c.decimal("timeout") : 0;
        long end = System.nanoTime() + (long) (timeout * 1e9);
        try {
            c.call(c.flag("force") ? "VBD.unplug_force" : "VBD.unplug", vbd);
        } catch (XenApiException e) {
            if (!e.code().equals("DEVICE_DETACH_REJECTED") || !detached(c, vbd, end)) {
                throw e;
            }
        }
    }

    /** Whether the guest lets go of the device in time. */
    private static boolean detached(Context c, Ref<?> vbd, long end) {
        while (System.nanoTime() < end) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (!c.api().get(VBD.CURRENTLY_ATTACHED, vbd)) {
                return true;
            }
        }
        return false;
    }
}
