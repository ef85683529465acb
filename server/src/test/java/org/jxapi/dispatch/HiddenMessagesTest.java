package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** Messages that XAPI's documents hide ({@code ~hide_from_docs:true} in its datamodel), and that it answers all the same. */
class HiddenMessagesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    /** xapi_host.ml, xapi_pool.ml. */
    @Test
    void thePoolIsWell() throws Exception {
        assertThat(calls.ok("host.is_in_emergency_mode").asBoolean()).isFalse();
        assertThat(calls.ok("host.ha_xapi_healthcheck").asBoolean()).isTrue();
        assertThat(calls.ok("pool.is_slave", calls.first("host.get_all")).asBoolean())
                .isFalse();
        assertThat(calls.error("pool.is_slave", "OpaqueRef:none")).startsWith("HANDLE_INVALID");
    }

    /** xapi_diagnostics.ml. */
    @Test
    void theServerTellsOfItsHeapAndItsDatabase() throws Exception {
        String host = calls.first("host.get_all");
        JsonNode before = calls.ok("Diagnostics.gc_stats", host);
        calls.ok("Diagnostics.gc_compact", host);
        JsonNode after = calls.ok("Diagnostics.gc_stats", host);
        assertThat(after.get("major_collections").asLong())
                .isGreaterThan(before.get("major_collections").asLong());
        assertThat(after.get("live_words").asLong()).isPositive();
        assertThat(calls.error("Diagnostics.gc_stats", "OpaqueRef:none")).startsWith("HANDLE_INVALID");

        long n = calls.ok("Diagnostics.db_stats").get("n").asLong();
        calls.ok("pool.set_name_label", calls.first("pool.get_all"), "renamed");
        JsonNode stats = calls.ok("Diagnostics.db_stats");
        assertThat(stats.get("n").asLong()).isGreaterThan(n);
        assertThat(stats.get("avgtime").asText()).matches("\\d+\\.\\d{6}");
        assertThat(stats.get("min").asDouble())
                .isLessThanOrEqualTo(stats.get("max").asDouble());
        assertThat(calls.error("Diagnostics.network_stats", host, Map.of())).startsWith("NOT_IMPLEMENTED");
    }

    /** ocaml/database/stats.ml. */
    @Test
    void theServerTellsHowLongCallsTake() throws Exception {
        String host = calls.first("host.get_all");
        calls.error("x".repeat(100));
        JsonNode times = calls.ok("host.get_diagnostic_timing_stats", host);
        assertThat(times.get("host.get_all").asText()).matches("\\d+\\.\\d{6} \\[sd = \\d+\\.\\d{6}]");
        assertThat(times.has("VM.start")).isFalse();
        assertThat(times.has("x".repeat(100))).isFalse();
        JsonNode counted = calls.ok("host.get_diagnostic_timing_stats", host, true);
        assertThat(counted.get("host.get_diagnostic_timing_stats").asText())
                .matches("\\d+\\.\\d{6} \\[sd = 0\\.000000, n=1]");
        assertThat(calls.error("host.get_diagnostic_timing_stats", "OpaqueRef:none"))
                .containsExactly("HANDLE_INVALID", "host", "OpaqueRef:none");
    }

    /** xapi_secret.ml introduce. */
    @Test
    void aSecretIsIntroducedUnderItsUuid() throws Exception {
        String uuid = UUID.randomUUID().toString();
        String secret = calls.text("secret.introduce", uuid, "geheim", Map.of("a", "b"));
        assertThat(calls.text("secret.get_by_uuid", uuid)).isEqualTo(secret);
        assertThat(calls.text("secret.get_value", secret)).isEqualTo("geheim");
        assertThat(calls.ok("secret.get_other_config", secret)).hasSize(1);
        assertThat(calls.error("secret.introduce", uuid, "again", Map.of()))
                .containsExactly("UUID_INVALID", "secret", uuid);
        assertThat(calls.error("secret.introduce", "../x", "v", Map.of()))
                .containsExactly("UUID_INVALID", "secret", "../x");
    }

    /** xapi_vm.ml csvm: a clone of a suspended VM. */
    @Test
    void aSuspendedVmIsClonedWithItsMemory() throws Exception {
        String vm = calls.vm("sleeper");
        assertThat(calls.error("VM.csvm", vm)).containsExactly("VM_BAD_POWER_STATE", vm, "suspended", "halted");
        calls.ok("VM.start", vm, false, false);
        SimulatorOrders.eventually(() -> calls.outcome("VM.suspend", vm).equals("ok"));
        String twin = calls.text("VM.csvm", vm);
        assertThat(calls.text("VM.get_name_label", twin)).isEqualTo("sleeper-cloned-suspended");
        assertThat(calls.text("VM.get_power_state", twin)).isEqualTo("Suspended");
        calls.ok("VM.resume", twin, false, false);
        calls.ok("VM.hard_shutdown", twin);
        calls.ok("VM.hard_shutdown", vm);
    }

    /** xapi_network.ml create, attach_internal, attach_for_vm: an unmanaged bridge is looked for when it is used. */
    @Test
    void theBridgeOfAnUnmanagedNetworkMustBeThereWhenItIsUsed() throws Exception {
        Map<String, Object> record = Map.of(
                "name_label", "theirs", "bridge", "br-ext", "managed", false, "MTU", 1500, "other_config", Map.of());
        String network = calls.text("network.create", record);
        assertThat(calls.text("network.get_bridge", network)).isEqualTo("br-ext");
        String host = calls.first("host.get_all");
        assertThat(calls.error("network.attach", network, host)).containsExactly("BRIDGE_NOT_AVAILABLE", "br-ext");
        String vm = calls.vm("connected");
        Map<String, Object> vif = Map.of(
                "device",
                "0",
                "network",
                network,
                "VM",
                vm,
                "MAC",
                "",
                "MTU",
                1500,
                "other_config",
                Map.of(),
                "qos_algorithm_type",
                "",
                "qos_algorithm_params",
                Map.of());
        calls.ok("VIF.create", vif);
        assertThat(calls.error("network.attach_for_vm", host, vm)).containsExactly("BRIDGE_NOT_AVAILABLE", "br-ext");
        calls.ok("network.detach_for_vm", host, vm);
        assertThat(calls.error("VM.start", vm, false, false)).containsExactly("BRIDGE_NOT_AVAILABLE", "br-ext");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
        calls.ok("VIF.destroy", calls.first("VM.get_VIFs", vm));
        calls.ok("VM.start", vm, false, false);
        SimulatorOrders.eventually(
                () -> calls.list("VM.get_allowed_operations", vm).contains("suspend"));
        String late = calls.text("VIF.create", vif);
        assertThat(calls.error("VIF.plug", late)).containsExactly("BRIDGE_NOT_AVAILABLE", "br-ext");
        calls.ok("VM.hard_shutdown", vm);

        String unnamed = calls.text("network.create", Calls.with(record, "bridge", ""));
        assertThat(calls.text("network.get_bridge", unnamed)).startsWith("xapi");
    }

    /** xapi_subject.ml create: a known subject comes first, then the directory is asked, which is not there. */
    @Test
    void aSubjectNeedsADirectory() throws Exception {
        assertThat(calls.error("subject.create", Map.of("subject_identifier", "S-9", "other_config", Map.of())))
                .containsExactly("AUTH_IS_DISABLED");
        assertThat(calls.list("subject.get_all")).isEqualTo(List.of());
    }
}
