package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorClient;

/** Orders, faults, clock and snapshots of the simulator over HTTP, as clients meet them. */
class SimulatorControlTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final SimulatorClient simulator = new SimulatorClient(daemon);

    @AfterEach
    void reset() throws Exception {
        simulator.post("/reset", "");
        calls.forget();
    }

    private static String running(String name) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VM.start", vm, false, false);
        return vm;
    }

    private static String uuid(String vm) throws Exception {
        return calls.text("VM.get_uuid", vm);
    }

    private static void state(String vm, String state) throws Exception {
        Eventually.holds(() -> assertThat(calls.text("VM.get_power_state", vm)).isEqualTo(state));
    }

    @Test
    void onlyTheOwnerOfTheTokenGivesOrders() throws Exception {
        assertThat(simulator.send("GET", "", "", "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(simulator.send("POST", "/reset", "", "Basic cm9vdDp4").statusCode())
                .isEqualTo(401);
        assertThat(simulator.send("GET", "/openapi.json", "", "none").statusCode())
                .isEqualTo(200);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(daemon.data().resolve("simulator-token"))))
                .isEqualTo("rw-------");
        assertThat(simulator.refusal("GET", "/nothing", "")).startsWith("404 there is no /simulator/nothing");
        assertThat(simulator.refusal("POST", "/faults/x", "")).startsWith("404 ");
        assertThat(simulator.refusal("DELETE", "/clock", "")).isEqualTo("405 /simulator/clock has no DELETE");
        assertThat(simulator.send("POST", "/orders", "x".repeat(2 << 20)).statusCode())
                .isEqualTo(400);
    }

    /** The devices of the simulated host, which a reset of the world leaves as they are. */
    private static JsonNode devices() throws Exception {
        return simulator.get("").path("network").path(calls.text("host.get_uuid", calls.first("host.get_all")));
    }

    @Test
    void settingsOfInterfacesReachTheirDevices() throws Exception {
        String eth0 = calls.first("PIF.get_all");
        String network = calls.text("PIF.get_network", eth0);
        calls.ok("PIF.add_to_other_config", eth0, "ethtool-speed", "1000");
        calls.ok("PIF.add_to_other_config", eth0, "ethtool-duplex", "none");
        calls.ok("PIF.add_to_other_config", eth0, "ethtool-tso", "false");
        calls.ok("PIF.add_to_other_config", eth0, "mtu", "9000");
        calls.ok("network.add_to_other_config", network, "ethtool-rx", "off");
        calls.ok("network.add_to_other_config", network, "static-routes", "10.9.0.0/16/10.0.0.1");
        assertThat(devices().has("eth0")).as("before the plug").isFalse();
        calls.ok("PIF.plug", eth0);
        assertThat(devices().path("eth0")).hasToString("{\"mtu\":\"9000\",\"speed\":\"1000\",\"tso\":\"off\"}");
        assertThat(devices().path(calls.text("network.get_bridge", network)))
                .hasToString("{\"10.9.0.0/16\":\"10.0.0.1\",\"rx\":\"off\"}");
        assertThat(calls.text("PIF.get_MTU", eth0)).isEqualTo("9000");

        assertThat(calls.error("PIF.set_property", eth0, "gro", "true"))
                .containsExactly("INVALID_VALUE", "properties", "gro = true");
        calls.ok("PIF.set_property", eth0, "gro", "off");
        assertThat(devices().path("eth0").path("gro").asText()).isEqualTo("off");
        calls.ok("PIF.set_property", eth0, "gro", "on");
        assertThat(devices().path("eth0").path("gro").asText()).isEqualTo("on");
    }

    @Test
    void settingsOfGuestsInterfacesReachTheHostsEnd() throws Exception {
        String vm = calls.vm("tuned");
        String network =
                calls.text("network.create", Map.of("name_label", "n", "MTU", "1500", "other_config", Map.of()));
        Map<String, Object> first = Calls.vifRecord(vm, network);
        first.put("device", "0");
        first.put("other_config", Map.of("ethtool-gso", "off", "promiscuous", "on", "ethtool-gro", "off"));
        calls.ok("VIF.create", first);
        calls.ok("VM.start", vm, false, false);
        String end = "vif" + calls.text("VM.get_domid", vm);
        assertThat(devices().path(end + ".0")).hasToString("{\"gso\":\"off\",\"promiscuous\":\"on\"}");
        Map<String, Object> second = Calls.vifRecord(vm, network);
        second.put("device", "1");
        second.put("other_config", Map.of("ethtool-tx", "off"));
        calls.ok("VIF.plug", calls.text("VIF.create", second));
        assertThat(devices().path(end + ".1")).hasToString("{\"tx\":\"off\"}");
    }

    @Test
    void anOrderThatIsNotUnderstoodIsRefusedWithTheReason() throws Exception {
        assertThat(simulator.refusal("POST", "/orders", "{")).startsWith("400 it is not JSON: ");
        assertThat(simulator.refusal("POST", "/orders", "[]")).isEqualTo("400 it is not a JSON object");
        assertThat(simulator.refusal("POST", "/orders", "{\"domain\": 3, \"guest\": \"sleep\"}"))
                .isEqualTo(
                        "400 unknown action of a guest sleep; known are power-off, reboot, crash, hang, unload-drivers");
        assertThat(simulator.refusal("POST", "/orders", "{\"domain\": 3, \"guest\": \"hang\"}"))
                .startsWith("409 there is no domain 3");
        assertThat(simulator.refusal("POST", "/orders", "{\"link\": \"eth9\", \"carrier\": true}"))
                .isEqualTo("400 unknown interface eth9; known are eth0");
        assertThat(simulator.refusal("POST", "/faults", "{\"api\": \"VM.begin\", \"fault\": \"drop-after\"}"))
                .startsWith("400 unknown message VM.begin");
        assertThat(simulator.refusal("POST", "/faults", "{\"api\": \"*\", \"fault\": \"error\", \"error\": [\"NO\"]}"))
                .startsWith("400 unknown error NO");
        assertThat(simulator.refusal(
                        "POST", "/faults", "{\"api\": \"*\", \"fault\": \"error\", \"error\": [\"HOST_IS_SLAVE\"]}"))
                .startsWith("400 HOST_IS_SLAVE has 1 parameters");
        assertThat(simulator.refusal("POST", "/faults", "{\"storage\": \"full\", \"times\": 0}"))
                .isEqualTo("400 times must be from 1 to 1000000, not 0");
        assertThat(simulator.refusal("POST", "/faults", "{\"storage\": \"full\", \"probability\": 2}"))
                .startsWith("400 probability must be a number");
        assertThat(simulator.refusal("POST", "/faults", "{\"storage\": \"full\", \"vdi\": 2}"))
                .startsWith("400 unknown key vdi");
        assertThat(simulator.refusal("POST", "/clock", "{\"advance\": -5}")).startsWith("400 advance must be from 1");
        assertThat(simulator.refusal("POST", "/snapshots/.hidden", "")).startsWith("400 the name of a snapshot");
        assertThat(simulator.refusal("POST", "/reset", "{\"snapshot\": \"none\"}"))
                .startsWith("404 there is no snapshot none");
        assertThat(simulator.get("/faults")).isEmpty();
    }

    @Test
    void guestsActOnTheirOwn() throws Exception {
        String vm = running("guest");
        simulator.post(
                "/orders", "{\"vm\": \"" + uuid(vm) + "\", \"xenstore\": {\"attr/vif/0/ipv4/0\": \"10.9.8.7\"}}");
        Eventually.holds(() -> assertThat(
                        calls.ok("VM_guest_metrics.get_networks", calls.text("VM.get_guest_metrics", vm))
                                .path("0/ip")
                                .asText())
                .isEqualTo("10.9.8.7"));
        simulator.post("/orders", "{\"vm\": \"" + uuid(vm) + "\", \"guest\": \"power-off\"}");
        state(vm, "Halted");
        assertThat(simulator.refusal("POST", "/orders", "{\"vm\": \"" + uuid(vm) + "\", \"guest\": \"crash\"}"))
                .startsWith("409 there is no domain of the VM");
    }

    @Test
    void anInterfaceLosesItsConnection() throws Exception {
        String metrics = calls.text("PIF.get_metrics", calls.first("PIF.get_all"));
        simulator.post("/orders", "{\"link\": \"eth0\", \"carrier\": false}");
        assertThat(calls.ok("PIF_metrics.get_carrier", metrics).asBoolean()).isFalse();
        simulator.post("/orders", "{\"link\": \"eth0\", \"carrier\": true}");
        assertThat(calls.ok("PIF_metrics.get_carrier", metrics).asBoolean()).isTrue();
    }

    @Test
    void anOperationFailsForOneVmAndSoManyTimes() throws Exception {
        String vm = calls.vm("unlucky");
        String other = calls.vm("lucky");
        simulator.post(
                "/faults",
                "{\"operation\": \"create\", \"fault\": \"fail\", \"error\": \"NOMEM\", \"times\": 2, \"vm\": \""
                        + uuid(vm) + "\"}");
        calls.ok("VM.start", other, false, false);
        assertThat(calls.error("VM.start", vm, false, false)).first().isEqualTo("HOST_NOT_ENOUGH_FREE_MEMORY");
        assertThat(simulator.get("/faults").get(0).get("times").asLong()).isEqualTo(1);
        assertThat(calls.error("VM.start", vm, false, false)).first().isEqualTo("HOST_NOT_ENOUGH_FREE_MEMORY");
        calls.ok("VM.start", vm, false, false);
    }

    @Test
    void anOperationIsSlowWithAChanceUntilTheFaultIsCleared() throws Exception {
        String vm = running("slow");
        simulator.post(
                "/faults",
                "{\"operation\": \"pause\", \"fault\": \"slow\", \"delay_ms\": 300, \"times\": \"always\", \"probability\": 1}");
        long begin = System.nanoTime();
        calls.ok("VM.pause", vm);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(290));
        assertThat(simulator.get("/faults")).hasSize(1);
        simulator.ok("DELETE", "/faults", "");
        assertThat(simulator.get("/faults")).isEmpty();
    }

    @Test
    void anAnswerIsLostBeforeOrAfterTheEffect() throws Exception {
        String vm = calls.vm("lost");
        simulator.post("/faults", "{\"api\": \"VM.start\", \"fault\": \"drop-before\", \"object\": \"" + vm + "\"}");
        assertThatThrownBy(() -> calls.answer("VM.start", vm, false, false)).isInstanceOf(IOException.class);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
        simulator.post("/faults", "{\"api\": \"VM.*\", \"fault\": \"drop-after\", \"object\": \"" + vm + "\"}");
        assertThatThrownBy(() -> calls.answer("VM.start", vm, false, false)).isInstanceOf(IOException.class);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
    }

    @Test
    void callsFailWithErrorsOfTheApi() throws Exception {
        simulator.post(
                "/faults", "{\"api\": \"pool.*\", \"fault\": \"error\", \"error\": [\"HOST_IS_SLAVE\", \"10.0.0.1\"]}");
        assertThat(calls.error("pool.get_all")).containsExactly("HOST_IS_SLAVE", "10.0.0.1");
        calls.ok("pool.get_all");
        simulator.post("/faults", "{\"api\": \"event.from\", \"fault\": \"error\", \"error\": [\"EVENTS_LOST\"]}");
        assertThat(calls.error("event.from", List.of("*"), "", 0.0)).containsExactly("EVENTS_LOST");
        calls.ok("event.from", List.of("*"), "", 0.0);
        simulator.post("/faults", "{\"api\": \"VM.get_all\", \"fault\": \"error\", \"error\": [\"SESSION_INVALID\"]}");
        assertThat(calls.error("VM.get_all")).containsExactly("SESSION_INVALID", calls.session());
        simulator.post("/faults", "{\"api\": \"*\", \"fault\": \"slow\", \"delay_ms\": 200}");
        long begin = System.nanoTime();
        calls.ok("VM.get_all");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(190));
    }

    @Test
    void storageIsFullOrBrokenOrGone() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        String uuid = calls.text("SR.get_uuid", sr);
        simulator.post("/faults", "{\"storage\": \"full\", \"sr\": \"" + uuid + "\"}");
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, MIB))).startsWith("SR_BACKEND_FAILURE_44");
        String vdi = calls.vdi(sr, MIB);
        simulator.post("/faults", "{\"storage\": \"io-error\"}");
        assertThat(calls.error("VDI.resize", vdi, Long.toString(2 * MIB)))
                .first()
                .asString()
                .startsWith("SR_BACKEND_FAILURE_");
        simulator.post("/faults", "{\"storage\": \"gone\", \"times\": \"always\"}");
        assertThat(calls.error("SR.scan", sr)).startsWith("SR_BACKEND_FAILURE_47");
        simulator.ok("DELETE", "/faults", "");
        calls.ok("SR.scan", sr);
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
    }

    @Test
    void aFaultOfStorageMeetsTheSnapshotOfAVmWithSeveralDisks() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        String vm = calls.vm("of two disks");
        for (String device : List.of("0", "1")) {
            var vbd = Calls.vbdRecord(vm, calls.vdi(sr, MIB));
            vbd.put("userdevice", device);
            calls.text("VBD.create", vbd);
        }
        int disks = calls.list("SR.get_VDIs", sr).size();
        simulator.post("/faults", "{\"storage\": \"full\"}");
        assertThat(calls.error("VM.snapshot", vm, "none")).startsWith("SR_BACKEND_FAILURE_44");
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(disks);
        calls.ok("VM.snapshot", vm, "one");
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(disks + 2);
    }

    @Test
    void storageThatFailsKeepsDisksAndVmsFromStarting() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        String fault = "\", \"sr\": \"" + calls.text("SR.get_uuid", sr) + "\"}";
        String vdi = calls.vdi(sr, MIB);
        String vm = calls.vm("diskful");
        calls.text("VBD.create", Calls.vbdRecord(vm, vdi));
        for (String kind : List.of("io-error", "gone")) {
            String code = kind.equals("gone") ? "SR_BACKEND_FAILURE_47" : "SR_BACKEND_FAILURE_200";
            simulator.post("/faults", "{\"storage\": \"" + kind + fault);
            assertThat(calls.error("VM.start", vm, false, false)).startsWith(code);
        }
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);
        simulator.post("/faults", "{\"storage\": \"io-error" + fault);
        assertThat(calls.error("VDI.destroy", vdi)).startsWith("SR_BACKEND_FAILURE_80");
        calls.ok("VDI.destroy", vdi);
    }

    /** The daemon asks for the space of an SR by itself, and would use up a fault that is for a call. */
    @Test
    void aLookAtTheSpaceMeetsOnlyAFaultThatLasts() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        simulator.post("/faults", "{\"storage\": \"gone\"}");
        calls.ok("SR.update", sr);
        assertThat(calls.error("SR.scan", sr)).startsWith("SR_BACKEND_FAILURE_47");
        simulator.post("/faults", "{\"storage\": \"gone\", \"times\": \"always\"}");
        assertThat(calls.error("SR.update", sr)).startsWith("SR_BACKEND_FAILURE_47");
    }

    @Test
    void aClockThatPassesTheTimeOfAScheduleTakesItsSnapshot() throws Exception {
        String vm = calls.vm("scheduled");
        String schedule = calls.text(
                "VMSS.create",
                Map.of(
                        "name_label",
                        "hourly",
                        "name_description",
                        "",
                        "enabled",
                        true,
                        "type",
                        "snapshot",
                        "retained_snapshots",
                        3,
                        "frequency",
                        "hourly",
                        "schedule",
                        Map.of("min", "0")));
        calls.ok("VM.set_snapshot_schedule", vm, schedule);
        simulator.post("/clock", "{\"advance\": 3600}");
        Eventually.holds(() -> assertThat(calls.list("VM.get_snapshots", vm)).hasSize(1));
    }

    @Test
    void aSessionEndsAtOnceOrByItsAge() throws Exception {
        String session = calls.session();
        assertThat(simulator.post("/sessions/end", "").get("ended").asLong()).isPositive();
        assertThat(calls.error("VM.get_all")).containsExactly("SESSION_INVALID", session);
        calls.forget();
        JsonNode before = simulator.get("/clock");
        String later = calls.session();
        JsonNode after = simulator.post("/clock", "{\"advance\": 90000}");
        assertThat(after.get("ahead").asLong() - before.get("ahead").asLong()).isEqualTo(90_000);
        assertThat(calls.error("VM.get_all")).containsExactly("SESSION_INVALID", later);
    }

    @Test
    void theWholeWorldReturnsToASnapshot() throws Exception {
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        String vm = running("kept");
        String vdi = calls.vdi(sr, MIB);
        String vbd = calls.text("VBD.create", Calls.vbdRecord(vm, vdi));
        simulator.post("/snapshots/before", "");
        assertThat(simulator.get("/snapshots").toString()).isEqualTo("[\"start\",\"before\"]");
        JsonNode record = calls.ok("VM.get_record", vm);
        JsonNode network = calls.ok("network.get_all_records");
        long domid = calls.ok("VM.get_domid", vm).asLong();

        calls.ok("VM.hard_shutdown", vm);
        calls.ok("VM.destroy", vm);
        calls.ok("VDI.destroy", vdi);
        String later = running("later");
        calls.ok(
                "network.create",
                Map.of(
                        "name_label",
                        "later",
                        "name_description",
                        "",
                        "MTU",
                        1500,
                        "other_config",
                        Map.of(),
                        "tags",
                        List.of()));
        calls.vdi(sr, MIB);
        String token =
                calls.ok("event.from", List.of("VM"), "", 0.0).get("token").asText();
        simulator.post("/faults", "{\"operation\": \"create\", \"fault\": \"hang\"}");

        long begin = System.nanoTime();
        simulator.post("/reset", "{\"snapshot\": \"before\"}");
        System.out.println(
                "A reset took " + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
        assertThat(calls.ok("VM.get_record", vm)).isEqualTo(record);
        assertThat(calls.ok("network.get_all_records")).isEqualTo(network);
        assertThat(calls.ok("VM.get_domid", vm).asLong()).isEqualTo(domid);
        assertThat(calls.text("VBD.get_VDI", vbd)).isEqualTo(vdi);
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
        assertThat(calls.error("VM.get_record", later)).startsWith("HANDLE_INVALID");
        JsonNode events = calls.ok("event.from", List.of("VM"), token, 5.0).get("events");
        assertThat(events.findValuesAsText("ref")).contains(vm, later);
        // The guest lives, and so do its disk and the rest of the daemon.
        simulator.post("/orders", "{\"vm\": \"" + uuid(vm) + "\", \"guest\": \"power-off\"}");
        state(vm, "Halted");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VDI.snapshot", vdi, Map.of());
        calls.ok("SR.scan", sr);

        simulator.post("/reset", "");
        assertThat(calls.outcome("VM.get_record", vm)).isEqualTo("HANDLE_INVALID");
        assertThat(simulator.get("").get("domains").asLong()).isZero();
        simulator.ok("DELETE", "/snapshots/before", "");
        assertThat(simulator.refusal("DELETE", "/snapshots/before", "")).startsWith("404 ");
    }

    @Test
    void aResetWithASeedReplays() throws Exception {
        List<List<String>> rounds = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            simulator.post("/reset", "{\"seed\": 7}");
            calls.forget();
            simulator.post(
                    "/faults",
                    "{\"api\": \"VM.get_by_uuid\", \"fault\": \"error\", \"error\": [\"NOT_IMPLEMENTED\", \"x\"], \"probability\": 0.5,"
                            + " \"times\": \"always\", \"delay_ms\": [0, 3]}");
            assertThat(simulator.get("/faults").get(0).get("delay_ms").toString())
                    .isEqualTo("[0,3]");
            String vm = calls.vm("replayed");
            List<String> round = new ArrayList<>(List.of(vm, uuid(vm)));
            for (int j = 0; j < 20; j++) {
                round.add(calls.outcome("VM.get_by_uuid", uuid(vm)));
            }
            rounds.add(round);
        }
        assertThat(rounds.get(1)).isEqualTo(rounds.get(0)).contains("NOT_IMPLEMENTED", "ok");
        simulator.ok("DELETE", "/faults", "");
        assertThat(simulator.refusal("POST", "/faults", "{\"api\": \"*\", \"fault\": \"slow\", \"delay_ms\": [5, 1]}"))
                .contains("delay_ms must be a number, or a list");
    }

    /** The description and the requests are the same, and each of its examples is understood. */
    @Test
    void theDescriptionIsTrue() throws Exception {
        JsonNode document = JsonClient.JSON.readTree(
                simulator.send("GET", "/openapi.json", "", "none").body());
        String vm = uuid(running("example"));
        int examples = 0;
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                for (JsonNode example : operation.getValue().findPath("examples")) {
                    String body = example.get("value").toString().replaceAll("[0-9a-f-]{35}1\"", vm + "\"");
                    simulator.ok(
                            operation.getKey().toUpperCase(java.util.Locale.ROOT),
                            path.getKey().substring("/simulator".length()),
                            body);
                    simulator.ok("DELETE", "/faults", "");
                    calls.forget();
                    examples++;
                }
            }
        }
        assertThat(examples).isEqualTo(18);
    }
}
