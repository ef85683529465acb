package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Walks at random through a VM's life: what allowed_operations holds succeeds, what it does not hold fails and changes nothing. */
class VmModelTest {
    private static final List<String> OPERATIONS = List.of(
            "start",
            "pause",
            "unpause",
            "suspend",
            "resume",
            "clean_shutdown",
            "hard_shutdown",
            "clean_reboot",
            "hard_reboot",
            "snapshot",
            "checkpoint",
            "clone",
            "provision",
            "revert",
            "pool_migrate");
    private static final int STEPS = 60;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static JsonClient json;
    private static String session;
    private static String host;

    @BeforeAll
    static void login() throws Exception {
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
        host = json.ok("host.get_all", session).get(0).asText();
    }

    private static List<Object> params(String operation, String vm) {
        List<Object> params = new ArrayList<>(List.of(session, vm));
        switch (operation) {
            case "start", "resume" -> params.addAll(List.of(false, false));
            case "snapshot", "checkpoint", "clone" -> params.add("made by the walk");
            case "pool_migrate" -> params.addAll(List.of(host, Map.of()));
            default -> {
                // Nothing but the VM.
            }
        }
        return params;
    }

    private static JsonNode record(String vm) throws Exception {
        return json.ok("VM.get_record", session, vm);
    }

    @Test
    void allowedOperationsSucceedAndOthersChangeNothing() throws Exception {
        String template = json.ok("VM.get_by_name_label", session, "Debian Bookworm 12")
                .get(0)
                .asText();
        String vm = json.ok("VM.clone", session, template, "walker").asText();
        json.ok("VM.provision", session, vm);
        Random random = new Random(20261124);
        List<String> walked = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            JsonNode before = record(vm);
            List<String> allowed = new ArrayList<>();
            before.get("allowed_operations").forEach(op -> allowed.add(op.asText()));
            boolean legal = random.nextInt(4) > 0;
            List<String> choices = OPERATIONS.stream()
                    .filter(op -> allowed.contains(op) == legal)
                    .toList();
            String operation = choices.get(random.nextInt(choices.size()));
            walked.add((legal ? "" : "!") + operation);
            JsonNode answer = json.call("VM." + operation, params(operation, vm));
            if (legal) {
                assertThat(answer.has("error")).as(walked + ": " + answer).isFalse();
                assertThat(record(vm).get("current_operations")).isEmpty();
                remove(operation, answer.get("result").asText());
            } else {
                assertThat(answer.has("error")).as(walked + ": " + answer).isTrue();
                assertThat(record(vm)).as(walked.toString()).isEqualTo(before);
            }
        }
        assertThat(walked).contains("start", "suspend", "hard_shutdown", "checkpoint", "!start");
    }

    /** Removes the objects of the walk. */
    private static void remove(String operation, String made) throws Exception {
        if (List.of("snapshot", "checkpoint", "clone").contains(operation)) {
            json.ok("VM.destroy", session, made);
        }
    }
}
