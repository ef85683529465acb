package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;

/** The checks of ocaml/xapi/xapi_host_helpers.ml, valid_operations. */
class HostRulesTest {
    @TempDir
    Path folder;

    private H2Store store;
    private Ref<Host> host;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        host = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS).with(Host.ENABLED, true)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void allows(HostAllowedOperations... operations) {
        for (HostAllowedOperations operation : operations) {
            assertThatCode(() -> HostRules.check(store.snapshot(), host, operation))
                    .as(operation.wire())
                    .doesNotThrowAnyException();
        }
    }

    private void refuses(HostAllowedOperations operation, String code, String... params) {
        assertThatThrownBy(() -> HostRules.check(store.snapshot(), host, operation))
                .as(operation.wire())
                .isInstanceOfSatisfying(XenApiException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.params()).containsExactly(params);
                });
    }

    private void begin(HostAllowedOperations operation) {
        store.change(tx -> tx.set(host, Host.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", operation)));
    }

    @Test
    void onlyADisabledHostGoesDown() {
        allows(HostAllowedOperations.EVACUATE, HostAllowedOperations.PROVISION, HostAllowedOperations.VM_START);
        for (HostAllowedOperations down : new HostAllowedOperations[] {
            HostAllowedOperations.REBOOT, HostAllowedOperations.SHUTDOWN, HostAllowedOperations.APPLY_UPDATES
        }) {
            refuses(down, "HOST_NOT_DISABLED");
        }
        store.change(tx -> tx.set(host, Host.ENABLED, false));
        allows(HostAllowedOperations.REBOOT, HostAllowedOperations.SHUTDOWN, HostAllowedOperations.APPLY_UPDATES);
    }

    @Test
    void noVmComesWhileTheHostIsEmptied() {
        begin(HostAllowedOperations.EVACUATE);
        for (HostAllowedOperations coming : new HostAllowedOperations[] {
            HostAllowedOperations.PROVISION, HostAllowedOperations.VM_RESUME, HostAllowedOperations.VM_MIGRATE
        }) {
            refuses(coming, "OTHER_OPERATION_IN_PROGRESS", "host", host.value(), "evacuate", "OpaqueRef:task");
        }
        begin(HostAllowedOperations.VM_MIGRATE);
        refuses(
                HostAllowedOperations.EVACUATE,
                "OTHER_OPERATION_IN_PROGRESS",
                "host",
                host.value(),
                "vm_migrate",
                "OpaqueRef:task");
        allows(HostAllowedOperations.VM_START, HostAllowedOperations.VM_RESUME);
    }

    @Test
    void aHostIsNotEnabledDuringAnUpdate() {
        begin(HostAllowedOperations.APPLY_UPDATES);
        refuses(
                HostAllowedOperations.ENABLE,
                "OTHER_OPERATION_IN_PROGRESS",
                "host",
                host.value(),
                "apply_updates",
                "OpaqueRef:task");
    }
}
