package org.jxapi.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The commands about API tokens. XAPI has no tokens: they call jxapi's own plug-in of host.call_plugin. */
final class TokenCommands {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "token-create",
                "",
                "user role name days",
                "Makes an API token, which programs use in the place of a user's password, and prints it once (jxapi's own"
                        + " command).",
                c -> {
                    Map<String, String> args = new TreeMap<>();
                    for (String key : List.of("user", "role", "name", "days")) {
                        if (c.has(key)) {
                            args.put(key, c.need(key));
                        }
                    }
                    c.say(String.valueOf(plugin(c, "create", args)));
                });
        t.add(
                "token-list",
                "",
                "",
                "Lists API tokens, without the tokens themselves (jxapi's own command).",
                c -> list(c, String.valueOf(plugin(c, "list", Map.of()))));
        t.add(
                "token-revoke",
                "id",
                "",
                "Ends an API token, and the sessions that began with it (jxapi's own command).",
                c -> plugin(c, "revoke", Map.of("id", c.need("id"))));
    }

    private static Object plugin(Context c, String function, Map<String, String> args) {
        return c.call("host.call_plugin", c.hostOrThis("host-uuid"), "jxapi-token", function, args);
    }

    private static void list(Context c, String json) throws IOException {
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        try {
            for (JsonNode token : JSON.readTree(json)) {
                List<Map.Entry<String, String>> record = new ArrayList<>();
                token.fields()
                        .forEachRemaining(field -> record.add(Map.entry(
                                field.getKey() + " ( RO)", field.getValue().asText())));
                records.add(record);
            }
        } catch (JsonProcessingException e) {
            throw new IOException("the list of tokens is no JSON", e);
        }
        c.printer().records(records);
    }
}
