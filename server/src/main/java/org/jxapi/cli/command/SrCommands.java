package org.jxapi.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.cli.record.Amounts;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;

/** The commands about storage repositories, and PBDs, which connect hosts to them. */
final class SrCommands {
    private static final String FILE = "-filename";

    private SrCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "sr-create",
                "name-label type",
                "name-description host-uuid device-config: shared physical-size content-type sm-config:",
                "Creates an SR and connects the host to it (all hosts with shared=true). Existing data on the device"
                        + " is lost. device-config:key-filename=FILE takes the value from a file.",
                SrCommands::create);
        t.add(
                "sr-scan",
                "uuid",
                "",
                "Scans an SR for disks and updates its size.",
                c -> c.call("SR.scan", c.ref("SR")));
        t.add(
                "sr-introduce",
                "name-label type uuid",
                "name-description shared content-type",
                "Adds an existing SR to the database; pbd-create and pbd-plug then connect hosts to it.",
                c -> {
                    c.call(
                            "SR.introduce",
                            c.need("uuid"),
                            c.need("name-label"),
                            c.get("name-description", ""),
                            c.need("type"),
                            c.get("content-type", ""),
                            c.flag("shared"),
                            c.map("sm-config"));
                    c.print(c.need("uuid"));
                });
        t.add("sr-destroy", "uuid", "", "Destroys an SR and all data on it.", c -> c.call("SR.destroy", c.ref("SR")));
        t.add(
                "sr-forget",
                "uuid",
                "",
                "Removes an SR from the database but keeps its data.",
                c -> c.call("SR.forget", c.ref("SR")));
        t.add(
                "sr-update",
                "uuid",
                "",
                "Reloads the properties of an SR from its storage.",
                c -> c.call("SR.update", c.ref("SR")));
        t.add(
                "sr-enable-database-replication",
                "uuid",
                "",
                "Keeps a replica of the pool's database on an SR.",
                c -> c.call("SR.enable_database_replication", c.ref("SR")));
        t.add(
                "sr-disable-database-replication",
                "uuid",
                "",
                "Stops keeping a replica of the pool's database on an SR.",
                c -> c.call("SR.disable_database_replication", c.ref("SR")));
        t.add(
                "pbd-create",
                "host-uuid sr-uuid",
                "device-config:",
                "Creates a PBD, which describes a host's connection to an SR; pbd-plug then connects the host.",
                SrCommands::createPbd);
        t.add(
                "pbd-destroy",
                "uuid",
                "",
                "Removes a host's connection to an SR.",
                c -> c.call("PBD.destroy", c.ref("PBD")));
        t.add("pbd-plug", "uuid", "", "Connects a host to an SR.", c -> c.call("PBD.plug", c.ref("PBD")));
        t.add("pbd-unplug", "uuid", "", "Disconnects a host from an SR.", c -> c.call("PBD.unplug", c.ref("PBD")));
    }

    /** The host that {@code host-uuid} names, else the coordinator where that is clear. */
    static Ref<?> host(Context c, boolean anyHost) {
        if (c.has("host-uuid")) {
            return c.ref("host", "host-uuid");
        }
        if (!anyHost && c.api().records(Host.XEN_CLASS).size() > 1) {
            throw new CliException("Required parameter not found: host-uuid");
        }
        return (Ref<?>) c.call("pool.get_master", c.api().pool());
    }

    private static void create(Context c) throws IOException {
        boolean shared = c.flag("shared");
        long size = c.has("physical-size") ? size(c.need("physical-size")) : 0;
        Object sr = c.call(
                "SR.create",
                host(c, shared),
                deviceConfig(c),
                size,
                c.need("name-label"),
                c.get("name-description", ""),
                c.need("type"),
                c.get("content-type", ""),
                shared,
                c.map("sm-config"));
        c.say(c.api().uuid((Ref<?>) sr));
    }

    /** XAPI takes a size that it cannot read for none. */
    private static long size(String text) {
        try {
            return Amounts.bytes("physical-size", text);
        } catch (CliException e) {
            return 0;
        }
    }

    private static Map<String, String> deviceConfig(Context c) throws IOException {
        Map<String, String> config = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : c.map("device-config").entrySet()) {
            String key = entry.getKey();
            String value = entry.getValue();
            if (key.endsWith(FILE)) {
                key = key.substring(0, key.length() - FILE.length());
                var bytes = c.wire().load(value);
                if (bytes.isEmpty()) {
                    c.wire().printStderr("File not found: " + value + "\n");
                    throw new CliException("File not found");
                }
                value = new String(bytes.get(), StandardCharsets.UTF_8);
            }
            config.put(key, value);
        }
        return config;
    }

    private static void createPbd(Context c) throws IOException {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("host", c.ref("host", "host-uuid"));
        record.put("SR", c.ref("SR", "sr-uuid"));
        record.put("device_config", c.map("device-config"));
        record.put("other_config", Map.of());
        c.printUuid(c.call("PBD.create", record));
    }
}
