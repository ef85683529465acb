package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jxapi.GeneratedFile;

class RoleTableTest {
    @Test
    @Tag("generated")
    void thePageSaysWhoMayDoWhat() throws IOException {
        new GeneratedFile(RoleTable.FILE).mustHold(RoleTable.text());
    }

    @Test
    void thePageIsReadAsItIsWritten() throws IOException {
        Map<String, Set<String>> table = RoleTable.read();
        assertThat(table.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Permissions.all().stream().map(Permission::name).toList());
        Permissions.all()
                .forEach(permission -> assertThat(table.get(permission.name()))
                        .as(permission.name())
                        .containsExactlyInAnyOrderElementsOf(Permissions.holders(permission.label())));
    }

    /** datamodel_roles.ml, datamodel.ml: one of each kind. */
    @Test
    void rolesHoldWhatTheyHoldInXapi() throws IOException {
        Map<String, Set<String>> table = RoleTable.read();
        assertThat(table.get("VM.get_record")).containsExactlyInAnyOrderElementsOf(RoleTable.COLUMNS);
        assertThat(table.get("VM.start"))
                .containsExactlyInAnyOrder("pool-admin", "pool-operator", "vm-power-admin", "vm-admin", "vm-operator");
        assertThat(table.get("VM.create"))
                .containsExactlyInAnyOrder("pool-admin", "pool-operator", "vm-power-admin", "vm-admin");
        assertThat(table.get("VM.start_on"))
                .containsExactlyInAnyOrder("pool-admin", "pool-operator", "vm-power-admin", "client-cert");
        assertThat(table.get("secret.get_value")).containsExactlyInAnyOrder("pool-admin", "pool-operator");
        assertThat(table.get("subject.create")).containsExactly("pool-admin");
        assertThat(table.get("session.change_password")).isEmpty();
        assertThat(table.get("VM.add_to_other_config/key:pci")).containsExactly("pool-admin");
        assertThat(table.get("http/connect_console/host_console")).containsExactly("pool-admin");
        assertThat(table.get("http/get_updates"))
                .containsExactlyInAnyOrder("pool-admin", "pool-operator", "client-cert");
        assertThat(table.get("task.destroy/any")).containsExactlyInAnyOrder("pool-admin", "pool-operator");
    }

    /** The paths of docs/coverage.md, and who may use them. */
    @Test
    void everyHandlerOfXapiIsListed() throws IOException {
        try (InputStream in = RoleTableTest.class.getResourceAsStream("/org/jxapi/dispatch/xapi-http.txt")) {
            List<String> paths = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            assertThat(HttpAction.ALL.stream().map(action -> action.method() + " " + action.path()))
                    .containsExactlyInAnyOrderElementsOf(paths);
        }
    }
}
