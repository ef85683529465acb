package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;

/** The commands about virtual disks. */
final class VdiCommands {
    private static final List<String> TYPES = List.of("system", "user", "suspend", "crashdump");

    private VdiCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vdi-create",
                "sr-uuid name-label virtual-size",
                "sm-config: sharable tags: type",
                "Creates a disk; its type is user by default.",
                VdiCommands::create);
        t.add("vdi-destroy", "uuid", "", "Destroys a disk and its data.", c -> c.call("VDI.destroy", c.ref("VDI")));
        t.add(
                "vdi-forget",
                "uuid",
                "",
                "Removes a disk from the database but keeps its data.",
                c -> c.call("VDI.forget", c.ref("VDI")));
        t.add(
                "vdi-update",
                "uuid",
                "",
                "Reloads the properties of a disk from its storage.",
                c -> c.call("VDI.update", c.ref("VDI")));
        t.add(
                "vdi-introduce",
                "uuid sr-uuid type location",
                "name-description sharable read-only managed other-config: xenstore-data: sm-config: name-label",
                "Adds an existing disk to the database.",
                VdiCommands::introduce);
        t.add(
                "vdi-resize",
                "uuid disk-size",
                "online",
                "Enlarges a disk; use online=true while it is in use.",
                c -> c.call(
                        c.get("online", "").equals("true") ? "VDI.resize_online" : "VDI.resize",
                        c.ref("VDI"),
                        c.bytes("disk-size")));
        t.add(
                "vdi-generate-config",
                "host-uuid uuid",
                "",
                "Shows how a host accesses a disk.",
                c -> c.print(c.call("VDI.generate_config", c.ref("host", "host-uuid"), c.ref("VDI"))),
                HIDDEN);
        t.add(
                "vdi-copy",
                "uuid",
                "sr-uuid base-vdi-uuid into-vdi-uuid",
                "Copies a disk to a new one on sr-uuid, or into the disk into-vdi-uuid; base-vdi-uuid limits the"
                        + " copy to the differences from that disk.",
                VdiCommands::copy);
        t.add(
                "vdi-pool-migrate",
                "uuid sr-uuid",
                "dest-img-format",
                "Moves a disk to another SR, even while it is in use.",
                c -> {
                    Map<String, String> options = new LinkedHashMap<>();
                    c.line().find("dest-img-format").ifPresent(v -> options.put("dest-img-format", v));
                    c.printUuid(c.call("VDI.pool_migrate", c.ref("VDI"), c.ref("SR", "sr-uuid"), options));
                });
        t.add(
                "vdi-clone",
                "uuid",
                "driver-params- new-name-label new-name-description",
                "Creates a writable clone of a disk that shares unchanged data with it.",
                c -> {
                    Object made = c.call("VDI.clone", c.ref("VDI"), c.map("driver-params"));
                    c.line().find("new-name-label").ifPresent(v -> c.call("VDI.set_name_label", made, v));
                    c.line().find("new-name-description").ifPresent(v -> c.call("VDI.set_name_description", made, v));
                    c.printUuid(made);
                });
        t.add(
                "vdi-snapshot",
                "uuid",
                "driver-params-",
                "Takes a snapshot of a disk.",
                c -> c.printUuid(c.call("VDI.snapshot", c.ref("VDI"), c.map("driver-params"))));
        t.add(
                "vdi-unlock",
                "uuid",
                "force",
                "Breaks the lock of a disk after the failure of the host that held" + " it.",
                c -> {
                    Ref<?> vdi = c.ref("VDI");
                    c.needForce();
                    c.call("VDI.force_unlock", vdi);
                });
        t.add(
                "vdi-enable-cbt",
                "uuid",
                "",
                "Starts tracking the changed blocks of a disk.",
                c -> c.call("VDI.enable_cbt", c.ref("VDI")));
        t.add(
                "vdi-disable-cbt",
                "uuid",
                "",
                "Stops tracking the changed blocks of a disk.",
                c -> c.call("VDI.disable_cbt", c.ref("VDI")));
        t.add(
                "vdi-data-destroy",
                "uuid",
                "",
                "Destroys the data of a disk snapshot but keeps its list of changed blocks.",
                c -> c.call("VDI.data_destroy", c.ref("VDI")));
        t.add(
                "vdi-list-changed-blocks",
                "vdi-from-uuid vdi-to-uuid",
                "",
                "Shows the blocks that differ between two disks, as a bitmap in base64.",
                c -> c.say(String.valueOf(c.call(
                        "VDI.list_changed_blocks", c.ref("VDI", "vdi-from-uuid"), c.ref("VDI", "vdi-to-uuid")))));
    }

    private static String type(Context c) {
        String type = c.get("type", "user");
        if (!TYPES.contains(type)) {
            throw new CliException("Unknown vdi type: " + type);
        }
        return type;
    }

    /** What VDI.create takes for a plain disk. */
    static Map<Object, Object> record(String name, String description, Ref<?> sr, long size) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", name);
        record.put("name_description", description);
        record.put("SR", sr);
        record.put("virtual_size", size);
        record.put("type", "user");
        record.put("sharable", false);
        record.put("read_only", false);
        record.put("other_config", Map.of());
        record.put("xenstore_data", Map.of());
        record.put("sm_config", Map.of());
        record.put("tags", List.of());
        return record;
    }

    private static void create(Context c) throws IOException {
        Map<Object, Object> record = record(c.need("name-label"), "", c.ref("SR", "sr-uuid"), c.bytes("virtual-size"));
        record.put("type", type(c));
        record.put("sharable", c.flag("sharable"));
        record.put("sm_config", c.map("sm-config"));
        record.put("tags", List.copyOf(c.map("tags").keySet()));
        c.printUuid(c.call("VDI.create", record));
    }

    private static void introduce(Context c) throws IOException {
        c.printUuid(c.call(
                "VDI.introduce",
                c.need("uuid"),
                c.get("name-label", ""),
                c.get("name-description", ""),
                c.ref("SR", "sr-uuid"),
                type(c),
                c.flag("sharable"),
                c.flag("read-only"),
                c.map("other-config"),
                c.need("location"),
                c.map("xenstore-data"),
                c.map("sm-config"),
                c.flag("managed"),
                0L,
                0L,
                Ref.nil(),
                false,
                XenTime.NEVER.toString(),
                Ref.nil()));
    }

    private static void copy(Context c) throws IOException {
        if (c.has("sr-uuid") == c.has("into-vdi-uuid")) {
            throw new CliException("Please specify one but not both of: a destination sr-uuid, for a new disk there; or"
                    + " an into-vdi-uuid, the disk to write into");
        }
        c.printUuid(c.call(
                "VDI.copy",
                c.ref("VDI"),
                c.refOrNull("SR", "sr-uuid"),
                c.refOrNull("VDI", "base-vdi-uuid"),
                c.refOrNull("VDI", "into-vdi-uuid")));
    }
}
