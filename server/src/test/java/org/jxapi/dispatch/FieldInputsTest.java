package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Values that must not reach programs of the control domain are refused by the calls that set them. */
class FieldInputsTest {
    private static final String EVIL = "tcp:127.0.0.1:19999,server=on,wait=off,logfile=/any/file";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static JsonClient json;
    private static String session;
    private static String vm;

    @BeforeAll
    static void start() throws Exception {
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
        String template = json.ok("VM.get_by_name_label", session, "Other install media")
                .get(0)
                .asText();
        vm = json.ok("VM.clone", session, template, "inputs").asText();
        json.ok("VM.provision", session, vm);
    }

    /** The error's code and parameters; empty for a success. */
    private static List<String> error(String method, Object... params) throws Exception {
        List<Object> all = new java.util.ArrayList<>(List.of(session));
        all.addAll(List.of(params));
        com.fasterxml.jackson.databind.JsonNode answer = json.call(method, all);
        List<String> error = new java.util.ArrayList<>();
        if (answer.has("error")) {
            error.add(answer.get("error").get("message").asText());
            answer.get("error").get("data").forEach(param -> error.add(param.asText()));
        }
        return error;
    }

    @Test
    void aSerialPortWithOptionsIsRefusedByEveryCallThatSetsIt() throws Exception {
        String[] refused = {"INVALID_VALUE", "platform:hvm_serial", EVIL};
        assertThat(error("VM.add_to_platform", vm, "hvm_serial", EVIL)).containsExactly(refused);
        assertThat(error("VM.set_platform", vm, Map.of("hvm_serial", EVIL))).containsExactly(refused);
        assertThat(error("VM.add_to_other_config", vm, "hvm_serial", EVIL))
                .containsExactly("INVALID_VALUE", "other_config:hvm_serial", EVIL);
        assertThat(error("VM.set_other_config", vm, Map.of("hvm_serial", EVIL)))
                .containsExactly("INVALID_VALUE", "other_config:hvm_serial", EVIL);
        Map<String, Object> record = JsonClient.JSON.convertValue(
                json.ok("VM.get_record", session, vm), new com.fasterxml.jackson.core.type.TypeReference<>() {});
        Map<String, Object> platform = new HashMap<>(Map.of("hvm_serial", EVIL));
        record.put("platform", platform);
        assertThat(error("VM.create", record)).containsExactly(refused);
        assertThat(json.ok("VM.get_platform", session, vm).has("hvm_serial")).isFalse();
        assertThat(error("VM.add_to_platform", vm, "hvm_serial", "tcp:192.0.2.1:7001,server,nowait"))
                .isEmpty();
        assertThat(error("VM.remove_from_platform", vm, "hvm_serial")).isEmpty();
    }

    @Test
    void aKeymapIsNoPath() throws Exception {
        assertThat(error("VM.add_to_platform", vm, "keymap", "../../../etc/shadow"))
                .containsExactly("INVALID_VALUE", "platform:keymap", "../../../etc/shadow");
    }

    @Test
    void aBridgeNameIsNoOptionOfIp() throws Exception {
        for (String bridge : List.of("a b", "../x", "..", "x;reboot", "x".repeat(16))) {
            Map<String, Object> network = new HashMap<>(Map.of(
                    "name_label",
                    "n",
                    "name_description",
                    "",
                    "MTU",
                    "1500",
                    "other_config",
                    Map.of(),
                    "bridge",
                    bridge,
                    "managed",
                    true,
                    "tags",
                    List.of()));
            assertThat(error("network.create", network)).containsExactly("INVALID_VALUE", "bridge", bridge);
            network.put("bridge", "");
            network.put("MTU", "1000000000000");
            assertThat(error("network.create", network)).containsExactly("INVALID_VALUE", "MTU", "1000000000000");
        }
    }

    @Test
    void aDisksLocationStaysInItsFolder() throws Exception {
        String sr =
                json.ok("SR.get_by_name_label", session, "Local storage").get(0).asText();
        for (String location : List.of("../../root-password", "/etc/passwd", "a/b", "..")) {
            assertThat(error(
                            "VDI.introduce",
                            "11111111-2222-3333-4444-555555555555",
                            "n",
                            "",
                            sr,
                            "user",
                            false,
                            true,
                            Map.of(),
                            location,
                            Map.of(),
                            Map.of()))
                    .as(location)
                    .isNotEmpty();
        }
        assertThat(json.ok("SR.get_VDIs", session, sr)).isEmpty();
    }
}
