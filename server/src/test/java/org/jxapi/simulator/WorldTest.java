package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorClient;

/** A daemon that begins with a world of many VMs, by a seed. */
class WorldTest {
    @RegisterExtension
    static final RunningDaemon daemon =
            RunningDaemon.onSimulator("--simulator-world", "1000-vms", "--simulator-seed", "7");

    private static final Calls calls = daemon.calls();

    @Test
    void theWorldIsAsItsFileSays() throws Exception {
        JsonNode vms = calls.ok("VM.get_all_records");
        List<JsonNode> own = new ArrayList<>();
        vms.forEach(vm -> {
            if (!vm.get("is_a_template").asBoolean()
                    && !vm.get("is_control_domain").asBoolean()) {
                own.add(vm);
            }
        });
        assertThat(own).hasSize(1000);
        assertThat(own.stream().filter(vm -> vm.get("power_state").asText().equals("Running")))
                .hasSize(100);
        String vm = calls.first("VM.get_by_name_label", "web-100");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        Eventually.holds(
                () -> assertThat(calls.text("VM.get_guest_metrics", vm)).isNotEqualTo("OpaqueRef:NULL"));
        assertThat(calls.list("VM.get_VIFs", calls.first("VM.get_by_name_label", "app-400")))
                .hasSize(2);
        String sr = calls.first("SR.get_by_name_label", "Disks");
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isEqualTo(100L << 40);
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, 99L << 40))).startsWith("SR_BACKEND_FAILURE_44");
        assertThat(calls.text("host.get_name_label", calls.first("host.get_all")))
                .isEqualTo("large");
        assertThat(calls.list("PIF.get_all")).hasSize(2);

        String spare = calls.first("VM.get_by_name_label", "spare-1");
        calls.ok("VM.start", spare, false, false);
        calls.ok("VM.hard_shutdown", vm);
        SimulatorClient simulator = new SimulatorClient(daemon);
        long begin = System.nanoTime();
        simulator.post("/reset", "");
        System.out.println("A reset of 1,000 VMs took "
                + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.text("VM.get_power_state", spare)).isEqualTo("Halted");
        assertThat(simulator.get("").get("domains").asLong()).isEqualTo(100);
    }
}
