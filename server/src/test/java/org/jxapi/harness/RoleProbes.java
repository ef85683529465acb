package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A message for each role, which that role may send and lesser ones may not. None changes anything. */
public final class RoleProbes {
    private static final String NONE = "OpaqueRef:none";

    /** The roles, the lowest first. */
    public static final List<String> ROLES =
            List.of("read-only", "vm-operator", "vm-admin", "vm-power-admin", "pool-operator", "pool-admin");

    private static final Map<String, List<Object>> MESSAGES = new LinkedHashMap<>();

    static {
        MESSAGES.put("VM.get_power_state", List.of(NONE));
        MESSAGES.put("VM.start", List.of(NONE, false, false));
        MESSAGES.put("VM.destroy", List.of(NONE));
        MESSAGES.put("VM.pool_migrate", List.of(NONE, NONE, Map.of()));
        MESSAGES.put("host.disable", List.of(NONE));
        MESSAGES.put("subject.destroy", List.of(NONE));
    }

    private RoleProbes() {}

    /** Checks that a session may do exactly what a role may do. */
    public static void check(JsonClient client, String session, String role) throws Exception {
        int rank = ROLES.indexOf(role);
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        int i = 0;
        for (Map.Entry<String, List<Object>> message : MESSAGES.entrySet()) {
            List<Object> params = new ArrayList<>(List.of(session));
            params.addAll(message.getValue());
            String code = client.call(message.getKey(), params)
                    .path("error")
                    .path("message")
                    .asText();
            found.add(message.getKey() + " " + (code.equals("RBAC_PERMISSION_DENIED") ? "denied" : code));
            expected.add(message.getKey() + " " + (i <= rank ? "HANDLE_INVALID" : "denied"));
            i++;
        }
        assertThat(found).as(role).isEqualTo(expected);
    }
}
