package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorClient;
import org.jxapi.harness.Uploads;

/** A daemon that begins with a world of many VMs, by a seed. */
class WorldTest {
    private static final Instant BEGIN = Instant.parse("2031-05-01T12:00:00Z");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld(world(), "--simulator-seed", "7");

    private static final Calls calls = daemon.calls();

    private static final String BOND = "  - {name: Trunk, bond: [eth0, eth1], mode: lacp}\n";

    private static final String STORAGE = """
              - {name: Images, type: file, size: 3G}
              - {name: Export, type: nfs, size: 5G, speed: 4M, config: {server: nas, serverpath: /vms}}
              - {name: Lun, type: lvmoiscsi}
              - {name: Group, type: lvm, size: 1T}
            """;

    /** The large world, with more in it. */
    private static String world() {
        try {
            String large = WorldFile.read("1000-vms").text();
            return large.replace("networks:\n", STORAGE + "networks:\n" + BOND) + """
                    users:
                      - {name: alice, password: secret, role: vm-operator}
                    time: %s
                    """.formatted(BEGIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itsUsersLogInWithTheirRoles() throws Exception {
        JsonClient client = new JsonClient(daemon.http());
        JsonNode login = client.call("session.login_with_password", List.of("alice", "secret", "1.0", "test"));
        String session = login.path("result").asText();
        assertThat(session).as(login.toString()).startsWith("OpaqueRef:");
        String vm = calls.first("VM.get_by_name_label", "spare-2");
        assertThat(client.call("VM.start", List.of(session, vm, false, false)).has("error"))
                .isFalse();
        assertThat(client.call("VM.destroy", List.of(session, vm))
                        .path("error")
                        .path("message")
                        .asText())
                .isEqualTo("RBAC_PERMISSION_DENIED");
        assertThat(client.call("session.login_with_password", List.of("alice", "wrong", "1.0", "test"))
                        .path("error")
                        .path("message")
                        .asText())
                .isEqualTo("SESSION_AUTHENTICATION_FAILED");
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void itsClockGoesOnFromItsTime() throws Exception {
        Instant now = Instant.parse(
                new SimulatorClient(daemon).get("/clock").get("now").asText());
        assertThat(now).isBetween(BEGIN, BEGIN.plus(Duration.ofHours(1)));
        assertThat(calls.text("host.get_servertime", calls.first("host.get_all")))
                .startsWith("20310501T1");
    }

    @Test
    void anSrWithDataIsFullWhenItsDisksAre() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Images");
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isEqualTo(3L << 30);
        calls.ok("VDI.create", Calls.vdiRecord(sr, 2L << 30));
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, 2L << 30))).startsWith("SR_BACKEND_FAILURE_44");
    }

    @Test
    void srsOfServersAndDevicesAreSimulatedWithTheirData() throws Exception {
        for (String name : List.of("Lun", "Group")) {
            String sr = calls.first("SR.get_by_name_label", name);
            assertThat(calls.ok("SR.get_shared", sr).asBoolean()).isEqualTo(name.equals("Lun"));
            calls.ok("SR.scan", sr);
        }
        String sr = calls.first("SR.get_by_name_label", "Export");
        assertThat(calls.text("SR.get_type", sr)).isEqualTo("nfs");
        assertThat(calls.ok("SR.get_shared", sr).asBoolean()).isTrue();
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isEqualTo(5L << 30);
        String pbd = calls.list("SR.get_PBDs", sr).get(0);
        assertThat(calls.ok("PBD.get_device_config", pbd).toString())
                .isEqualTo("{\"server\":\"nas\",\"serverpath\":\"/vms\"}");

        byte[] data = new byte[8 << 20];
        new Random(1).nextBytes(data);
        String vdi = calls.vdi(sr, data.length);
        long begin = System.nanoTime();
        Uploads uploads = new Uploads(daemon, calls);
        assertThat(uploads.put("/import_raw_vdi?vdi=" + vdi, data).get("status").asText())
                .isEqualTo("success");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1900));
        calls.ok("PBD.unplug", pbd);
        calls.ok("PBD.plug", pbd);
        calls.ok("SR.scan", sr);
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(data);
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, 6L << 30))).startsWith("SR_BACKEND_FAILURE_44");
    }

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
        assertThat(calls.list("PIF.get_all")).hasSize(3);
        String bond = calls.first("Bond.get_all");
        assertThat(calls.list("Bond.get_slaves", bond)).hasSize(2);
        assertThat(calls.text("Bond.get_mode", bond)).isEqualTo("lacp");
        String trunk = calls.text("PIF.get_network", calls.text("Bond.get_master", bond));
        assertThat(calls.text("network.get_name_label", trunk)).isEqualTo("Trunk");
        assertThat(calls.list("network.get_VIFs", trunk)).hasSize(1000);

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
