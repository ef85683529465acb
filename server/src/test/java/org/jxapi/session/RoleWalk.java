package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.PlausibleCalls;
import org.jxapi.xenapi.XenModel;

/**
 * Sends every message and protected key of docs/roles.md. A session without a permission gets RBAC_PERMISSION_DENIED with
 * XAPI's text, whatever else is wrong with the call; no other does.
 */
final class RoleWalk {
    /** Where they are allowed, they would end the session or the daemon, or wait. */
    private static final Set<String> ENDS =
            Set.of("session.logout", "session.local_logout", "host.shutdown_agent", "event.next");

    private final JsonClient json;
    private final Map<String, Set<String>> table;
    private final List<String> wrong = new ArrayList<>();

    RoleWalk(JsonClient json) throws IOException {
        this.json = json;
        this.table = RoleTable.read();
    }

    /**
     * Checks all permissions of messages.
     *
     * @param sessions by the role of their user
     * @return the permissions that were checked
     */
    Set<String> check(Map<String, String> sessions) throws Exception {
        Set<String> sent = new HashSet<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                sent.add(message.fullName());
                if (!message.session()) {
                    // A message without a session has no rights to check.
                    continue;
                }
                send(sessions, message, message.fullName(), null);
                for (String pattern : message.keyRoles().keySet()) {
                    String permission = message.fullName() + "/key:" + pattern;
                    sent.add(permission);
                    send(sessions, message, permission, pattern.replace("*", "x"));
                }
            }
        }
        assertThat(wrong).isEmpty();
        return sent;
    }

    private void send(Map<String, String> sessions, MessageModel message, String permission, String key)
            throws Exception {
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            boolean allowed = table.get(permission).contains(session.getKey());
            if (allowed && ENDS.contains(message.fullName())) {
                continue;
            }
            List<Object> params = PlausibleCalls.params(message, session.getValue(), Map.of());
            if (key != null) {
                params.set(2, key);
            }
            JsonNode error = json.call(message.fullName(), params).path("error");
            String code = error.path("message").asText();
            boolean earlier = message.lifecycle().removed() || message.poolInternal();
            String expected = allowed || earlier ? "" : denied(permission);
            String got =
                    code.equals("RBAC_PERMISSION_DENIED") ? error.path("data").toString() : "";
            if (!got.equals(expected)) {
                wrong.add(message.fullName() + " as " + session.getKey() + ": " + error + ", not " + expected);
            }
        }
    }

    /** The parameters of the error, in JSON. The order of the roles is that of XAPI's generated rbac_static.ml. */
    private String denied(String permission) {
        List<String> holders = new ArrayList<>(List.of(
                "vm-power-admin",
                "vm-admin",
                "vm-operator",
                "read-only",
                "client-cert",
                "pool-admin",
                "pool-operator"));
        holders.retainAll(table.get(permission));
        return "[\"" + permission.toLowerCase(Locale.ROOT)
                + "\",\"No permission in user session. (Roles with this permission: " + String.join(", ", holders)
                + ")\"]";
    }
}
