package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Event;
import com.xensource.xenapi.EventBatch;
import com.xensource.xenapi.Host;
import com.xensource.xenapi.Network;
import com.xensource.xenapi.Pool;
import com.xensource.xenapi.SR;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import com.xensource.xenapi.VM;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XenServer's official Java SDK against a real daemon. */
class JavaSdkTest {
    @TempDir
    Path folder;

    private DaemonProcess daemon;
    private Connection connection;

    @BeforeEach
    void login() throws Exception {
        daemon = DaemonProcess.start(folder);
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        Connection other = new Connection(daemon.http());
        assertThatThrownBy(() -> Session.loginWithPassword(other, "root", "wrong", "2.21", "test"))
                .isInstanceOf(Types.SessionAuthenticationFailed.class);
    }

    @Test
    void theFirstBootsObjectsAreThere() throws Exception {
        Map<Pool, Pool.Record> pools = Pool.getAllRecords(connection);
        assertThat(pools).hasSize(1);
        Pool.Record pool = pools.values().iterator().next();
        Host.Record host = pool.master.getRecord(connection);
        assertThat(host.enabled).isTrue();
        assertThat(host.controlDomain.getRecord(connection).isControlDomain).isTrue();
        assertThat(host.PIFs).isNotEmpty();
        assertThat(pool.defaultSR.getRecord(connection).PBDs).hasSize(1);
        assertThat(SR.getByNameLabel(connection, "ISO images")).hasSize(1);
        assertThat(VM.getByNameLabel(connection, "Other install media")).hasSize(1);
        assertThat(Network.getAllRecords(connection)).isNotEmpty();
    }

    @Test
    void whatWasSetIsThereAfterAKill() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Generic Linux BIOS").iterator().next();
        vm.setNameDescription(connection, "<b>& \"kept\" — é</b>");
        daemon.kill();
        daemon = DaemonProcess.start(folder);
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
        assertThat(vm.getNameDescription(connection)).isEqualTo("<b>& \"kept\" — é</b>");
    }

    @Test
    void aChangeReachesAWaitingClientWithItsSnapshot() throws Exception {
        EventBatch first = Event.from(connection, Set.of("vm"), "", 5.0);
        assertThat(first.events).hasSizeGreaterThan(3);
        VM vm = VM.getByNameLabel(connection, "Generic Linux BIOS").iterator().next();
        Connection other = new Connection(daemon.http());
        Session.loginWithPassword(other, "root", daemon.password(), "2.21", "test");
        vm.setNameLabel(other, "renamed");
        EventBatch next = Event.from(connection, Set.of("vm"), first.token, 30.0);
        assertThat(next.events).singleElement().satisfies(event -> {
            assertThat(event.operation).isEqualTo(Types.EventOperation.MOD);
            assertThat(((VM.Record) event.snapshot).nameLabel).isEqualTo("renamed");
        });
        assertThat(next.validRefCounts.toString()).contains("pool=1");
    }

    @Test
    void anUnknownReferenceIsNamedWithItsClass() {
        assertThatThrownBy(() -> Types.toVM("OpaqueRef:no-such").getNameLabel(connection))
                .isInstanceOfSatisfying(Types.HandleInvalid.class, e -> {
                    assertThat(e.errorDescription).containsExactly("HANDLE_INVALID", "VM", "OpaqueRef:no-such");
                });
    }
}
