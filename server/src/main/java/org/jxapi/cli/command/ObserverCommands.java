package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;

/** The commands about tracing, and about who uses the API how much. */
final class ObserverCommands {
    private ObserverCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "observer-create",
                "name-label",
                "host-uuids name-description enabled attributes endpoints components",
                "Creates an observer that traces components of hosts.",
                ObserverCommands::createObserver);
        t.add(
                "observer-destroy",
                "uuid",
                "",
                "Removes an observer and stops its tracing.",
                c -> c.call("Observer.destroy", c.ref("Observer")));
        t.add(
                "caller-create",
                "",
                "name-label name-description user-agent client-ip",
                "Registers a client by its user agent or address, to count and limit its calls.",
                ObserverCommands::createCaller);
        t.add(
                "caller-destroy",
                "uuid",
                "",
                "Removes a registered client and its statistics.",
                c -> c.call("Caller.destroy", c.ref("Caller")));
        t.add(
                "caller-query-usage",
                "",
                "uuid group",
                "Shows the use of the API by a client or a group of clients.",
                ObserverCommands::usage);
        t.add("caller-list-usage", "", "", "Shows each client's use of the API.", ObserverCommands::allUsage);
        t.add(
                "rate-limit-create",
                "burst-size fill-rate",
                "name-label name-description caller-uuids",
                "Creates a rate limit for the calls of clients.",
                ObserverCommands::createLimit);
        t.add(
                "rate-limit-destroy",
                "uuid",
                "",
                "Removes a rate limit from its clients and destroys it.",
                c -> c.call("Rate_limit.destroy", c.ref("Rate_limit")));
        t.add(
                "rate-limit-add-caller",
                "uuid caller-uuid",
                "",
                "Applies a rate limit to a client.",
                c -> c.call("Rate_limit.add_caller", c.ref("Rate_limit"), c.ref("Caller", "caller-uuid")));
        t.add(
                "rate-limit-remove-caller",
                "uuid caller-uuid",
                "",
                "Removes a client from a rate limit.",
                c -> c.call("Rate_limit.remove_caller", c.ref("Rate_limit"), c.ref("Caller", "caller-uuid")));
    }

    private static Map<Object, Object> named(Context c) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", c.get("name-label", ""));
        record.put("name_description", c.get("name-description", ""));
        return record;
    }

    private static void createObserver(Context c) throws IOException {
        Map<Object, Object> record = named(c);
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String word : c.line().words("attributes")) {
            String[] pair = word.split(":", -1);
            if (pair.length == 2) {
                attributes.put(pair[0], pair[1]);
            }
        }
        record.put("hosts", c.refs("host", "host-uuids"));
        record.put("attributes", attributes);
        record.put("endpoints", c.has("endpoints") ? c.line().words("endpoints") : List.of("bugtool"));
        record.put("components", c.line().words("components"));
        record.put("enabled", c.flag("enabled"));
        c.printUuid(c.call("Observer.create", record));
    }

    private static void createCaller(Context c) throws IOException {
        if (c.get("user-agent", "").isEmpty() && c.get("client-ip", "").isEmpty()) {
            throw new CliException("Either user-agent or client-ip must be specified");
        }
        Map<Object, Object> record = named(c);
        record.put("user_agent", c.get("user-agent", ""));
        record.put("client_ip", c.get("client-ip", ""));
        c.message(c.api().uuid((Ref<?>) c.call("Caller.create", record)));
    }

    private static void usage(Context c) throws IOException {
        if (c.has("uuid") == c.has("group")) {
            throw new CliException("Specify exactly one of uuid= or group=" + (c.has("uuid") ? ", not both" : ""));
        }
        boolean one = c.has("uuid");
        Object who = one ? c.ref("Caller") : c.need("group");
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("tokens", c.call(one ? "Caller.query_token_usage" : "Caller.query_group_token_usage", who));
        shown.put("call_count", c.call(one ? "Caller.query_call_count" : "Caller.query_group_call_count", who));
        c.printMap(shown);
    }

    private static void allUsage(Context c) throws IOException {
        List<String> labels = List.of("uuid", "name-label", "tokens", "calls");
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        for (Object row : (List<?>) c.call("Caller.query_all_usage")) {
            List<Map.Entry<String, String>> record = new ArrayList<>();
            List<?> values = (List<?>) row;
            for (int i = 0; i < values.size(); i++) {
                record.add(Map.entry(
                        values.size() == labels.size() ? labels.get(i) : Integer.toString(i),
                        String.valueOf(values.get(i))));
            }
            records.add(record);
        }
        c.printer().records(records);
    }

    private static void createLimit(Context c) throws IOException {
        Map<Object, Object> record = named(c);
        record.put("burst_size", c.decimal("burst-size"));
        record.put("fill_rate", c.decimal("fill-rate"));
        Ref<?> limit = (Ref<?>) c.call("Rate_limit.create", record);
        for (String uuid : c.line().words("caller-uuids")) {
            if (!uuid.isBlank()) {
                c.call("Rate_limit.add_caller", limit, c.api().byUuid("Caller", uuid.strip()));
            }
        }
        c.message(c.api().uuid(limit));
    }
}
