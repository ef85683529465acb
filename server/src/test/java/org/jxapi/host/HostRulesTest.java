package org.jxapi.host;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;

/** The checks of ocaml/xapi/xapi_host_helpers.ml, valid_operations. */
class HostRulesTest extends RulesTest<HostAllowedOperations> {
    private Ref<Host> host;

    @BeforeEach
    void create() {
        host = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS).with(Host.ENABLED, true)));
    }

    @Override
    protected void check(HostAllowedOperations operation) {
        HostRules.check(store.snapshot(), host, operation);
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
