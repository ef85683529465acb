package org.jxapi.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The commands that make disks, network interfaces and networks. */
final class Devices {
    private Devices() {}

    static void createVdi(CommandLine line, Commands.Context context) throws IOException {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", line.need("name-label"));
        record.put("name_description", "");
        record.put("SR", Commands.ref(context, "sr", line.need("sr-uuid")));
        record.put("virtual_size", size(line.need("virtual-size")));
        record.put("type", line.get("type", "user").toLowerCase(Locale.ROOT));
        record.put("sharable", line.flag("sharable"));
        record.put("read_only", line.flag("read-only"));
        record.put("other_config", Map.of());
        Commands.print(context, context.api().call("VDI.create", record));
    }

    static void createVbd(CommandLine line, Commands.Context context) throws IOException {
        boolean empty = !line.params().containsKey("vdi-uuid");
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("VM", Commands.ref(context, "vm", line.need("vm-uuid")));
        record.put("VDI", empty ? "OpaqueRef:NULL" : Commands.ref(context, "vdi", line.need("vdi-uuid")));
        record.put("userdevice", line.need("device"));
        record.put("bootable", line.get("bootable", "false").equals("true"));
        record.put("mode", line.get("mode", "RW").toUpperCase(Locale.ROOT));
        record.put("type", line.get("type", empty ? "CD" : "Disk"));
        record.put("unpluggable", true);
        record.put("empty", empty);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        Commands.print(context, context.api().call("VBD.create", record));
    }

    static void createVif(CommandLine line, Commands.Context context) throws IOException {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("VM", Commands.ref(context, "vm", line.need("vm-uuid")));
        record.put("network", Commands.ref(context, "network", line.need("network-uuid")));
        record.put("device", line.need("device"));
        String mac = line.get("mac", "");
        record.put("MAC", mac.equals("random") ? "" : mac);
        record.put("MTU", 0L);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        Commands.print(context, context.api().call("VIF.create", record));
    }

    static void createNetwork(CommandLine line, Commands.Context context) throws IOException {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", line.need("name-label"));
        record.put("name_description", line.get("name-description", ""));
        record.put("MTU", Long.parseLong(line.get("MTU", "1500")));
        record.put("other_config", Map.of());
        record.put("bridge", line.get("bridge", ""));
        record.put("managed", true);
        record.put("tags", List.of());
        Commands.print(context, context.api().call("network.create", record));
    }

    /** Bytes, or a number with KiB, MiB, GiB or TiB. */
    static long size(String text) {
        String unit = text.replaceAll("[0-9]", "").strip();
        int shift = switch (unit) {
            case "", "bytes" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default ->
                throw new CliException("Error: Failed to parse size '" + text + "': use bytes, KiB, MiB, GiB or TiB");
        };
        String number = text.replaceAll("[^0-9]", "");
        if (number.isEmpty() || number.length() > 15) {
            throw new CliException("Error: Failed to parse size '" + text + "'");
        }
        return Long.parseLong(number) << shift;
    }
}
