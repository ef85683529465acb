package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.PlausibleCalls;
import org.jxapi.xenapi.XenModel;

/**
 * Some messages of docs/roles.md: as many of each set of roles, from all classes. {@link RoleWalkTest} sends all of them,
 * which takes long.
 */
final class RoleSample {
    /** Messages of each set. */
    private static final int EACH = 5;

    /** One for each of the six roles, and messages that are root's alone. */
    private static final int SETS = 7;

    private final Map<String, Set<String>> table;
    private final List<MessageModel> messages = new ArrayList<>();

    RoleSample() throws Exception {
        table = RoleTable.read();
        Map<String, List<MessageModel>> byRoles = new TreeMap<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                if (message.session()
                        && !message.lifecycle().removed()
                        && !message.poolInternal()
                        && !RoleWalkTest.ENDS.contains(message.fullName())) {
                    Set<String> users = new TreeSet<>(table.get(message.fullName()));
                    users.remove("client-cert");
                    byRoles.computeIfAbsent(users.toString(), r -> new ArrayList<>())
                            .add(message);
                }
            }
        }
        assertThat(byRoles).hasSize(SETS);
        for (List<MessageModel> all : byRoles.values()) {
            for (int i = 0; i < EACH; i++) {
                messages.add(all.get(i * all.size() / EACH));
            }
        }
    }

    /** Checks that a session may send exactly those that are for its role. */
    void check(JsonClient client, String session, String role) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (MessageModel message : messages) {
            String code = client.call(message.fullName(), PlausibleCalls.params(message, session, Map.of()))
                    .path("error")
                    .path("message")
                    .asText();
            if (code.equals("RBAC_PERMISSION_DENIED")
                    == table.get(message.fullName()).contains(role)) {
                wrong.add(message.fullName() + " as " + role + ": " + code);
            }
        }
        assertThat(wrong).isEmpty();
    }
}
