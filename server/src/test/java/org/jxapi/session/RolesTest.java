package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xensource.xenapi.Auth;
import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Role;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.RunningDaemon;

/** The roles and their permissions, as clients read them. */
class RolesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static Connection connection;

    @BeforeAll
    static void login() throws Exception {
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
    }

    private static Role role(String name) throws Exception {
        return Role.getByNameLabel(connection, name).iterator().next();
    }

    @Test
    void eachRoleHoldsWhatTheLesserOnesHold() throws Exception {
        Role admin = role("pool-admin");
        assertThat(admin.getUuid(connection)).isEqualTo("0165f154-ba3e-034e-6b27-5d271af109ba");
        int before = Integer.MAX_VALUE;
        for (String name :
                new String[] {"pool-admin", "pool-operator", "vm-power-admin", "vm-admin", "vm-operator", "read-only"
                }) {
            int held = role(name).getSubroles(connection).size();
            assertThat(held).as(name).isPositive().isLessThan(before);
            before = held;
        }
        assertThat(role("vm-operator").getPermissionsNameLabel(connection))
                .contains("vm.start", "vm.get_record")
                .doesNotContain("vm.destroy", "pool.join");
        assertThat(role("pool-operator").getPermissionsNameLabel(connection)).contains("task.destroy/any");
    }

    @Test
    void aPermissionTellsWhoHoldsIt() throws Exception {
        assertThat(Role.getByPermissionNameLabel(connection, "vm.start"))
                .contains(role("pool-admin"), role("vm-operator"))
                .doesNotContain(role("read-only"));
        Role permission = role("vm.start");
        assertThat(permission.getSubroles(connection)).isEmpty();
        assertThat(permission.getPermissions(connection)).containsExactly(permission);
        Map<Role, Role.Record> all = Role.getAllRecords(connection);
        assertThat(all).hasSizeGreaterThan(1500).containsKey(permission);
        assertThatThrownBy(() -> Role.getByUuid(connection, "none")).isInstanceOf(Types.UuidInvalid.class);
    }

    @Test
    void thereIsNoDirectoryToAsk() {
        assertThatThrownBy(() -> Auth.getSubjectIdentifier(connection, "somebody"))
                .isInstanceOf(Types.AuthIsDisabled.class);
    }
}
