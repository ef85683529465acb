package org.jxapi.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.XenTime;

/** The commands about messages (alerts) and tasks. */
final class MessageCommands {
    private static final Map<String, String> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("vm-uuid", "VM");
        CLASSES.put("pool-uuid", "Pool");
        CLASSES.put("sr-uuid", "SR");
        CLASSES.put("host-uuid", "Host");
    }

    private MessageCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "message-create",
                "name priority body",
                "vm-uuid host-uuid sr-uuid pool-uuid",
                "Creates a message about a VM, a host, an SR or the pool.",
                MessageCommands::create);
        t.add("message-destroy", "", "uuid uuids", "Destroys one or more messages.", MessageCommands::destroy);
        t.add(
                "message-destroy-all",
                "",
                "before after priority",
                "Destroys all messages, or only those of a time span or a priority.",
                MessageCommands::destroyAll);
        t.add("task-cancel", "uuid", "", "Asks a task to stop.", c -> c.call("task.cancel", c.ref("task")));
    }

    private static void create(Context c) {
        long priority;
        try {
            priority = Long.decode(c.need("priority"));
        } catch (NumberFormatException e) {
            throw new CliException("Priority field should be an integer");
        }
        Map.Entry<String, String> about = CLASSES.entrySet().stream()
                .filter(entry -> c.has(entry.getKey()))
                .findFirst()
                .orElseThrow(() -> new CliException("Need one of: vm-uuid, host-uuid, sr-uuid or pool-uuid"));
        c.call("message.create", c.need("name"), priority, about.getValue(), c.need(about.getKey()), c.need("body"));
    }

    private static void destroy(Context c) {
        if (c.has("uuid") == c.has("uuids")) {
            throw new CliException(
                    c.has("uuid") ? "Ambiguous arguments; need one of uuid, uuids" : "Need one of uuid, uuids");
        }
        List<Object> messages = new ArrayList<>();
        for (String uuid : c.has("uuid") ? List.of(c.need("uuid")) : c.line().words("uuids")) {
            messages.add(c.api().byUuid("message", uuid));
        }
        c.call("message.destroy_many", messages);
    }

    private static void destroyAll(Context c) {
        Map<String, String> filters = new LinkedHashMap<>();
        for (String bound : List.of("before", "after")) {
            if (c.has(bound)) {
                try {
                    filters.put(bound, XenTime.parse(c.need(bound)).toString());
                } catch (IllegalArgumentException e) {
                    throw new CliException("Invalid timestamp format for '" + bound
                            + "' (expected RFC3339, for example, 2025-01-01T00:00:00Z)");
                }
            }
        }
        if (c.has("priority")) {
            if (!c.need("priority").strip().matches("\\d{1,18}")) {
                throw new CliException("Invalid priority format (expected positive integer)");
            }
            filters.put("priority", c.need("priority").strip());
        }
        c.call("message.destroy_all", filters);
    }
}
