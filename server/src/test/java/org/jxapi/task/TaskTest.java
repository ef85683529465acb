package org.jxapi.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.SimulatorOrders.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** Operations on tasks, and their fields. */
class TaskTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final SimulatorOrders simulator = new SimulatorOrders(daemon);

    /** A running VM whose guest does not shut down when it is asked to. */
    private static String slow(String name) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VM.start", vm, false, false);
        simulator.guest(calls.ok("VM.get_domid", vm).asLong(), "hang");
        return vm;
    }

    private static void cancellable(String task) throws Exception {
        eventually(() -> calls.list("task.get_allowed_operations", task).equals(List.of("cancel")));
    }

    @Test
    void aWaitingTaskAllowsToBeCancelledAndThenEndsCancelled() throws Exception {
        String vm = slow("cancelled");
        String task = calls.text("Async.VM.clean_shutdown", vm);
        cancellable(task);
        calls.ok("task.cancel", task);
        JsonNode asked = calls.ok("task.get_current_operations", task);
        assertThat(asked.fieldNames().next()).startsWith("DummyRef:|").endsWith("|task.cancel");
        assertThat(asked.elements().next().asText()).isEqualTo("cancel");
        eventually(() -> !calls.text("task.get_status", task).equals("pending"));
        JsonNode record = calls.ok("task.get_record", task);
        assertThat(record.get("status").asText()).isEqualTo("cancelled");
        assertThat(record.get("error_info")).extracting(JsonNode::asText).containsExactly("TASK_CANCELLED", task);
        assertThat(record.get("allowed_operations")).isEmpty();
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
    }

    @Test
    void aCallThatWaitsForAnotherOperationCanBeCancelled() throws Exception {
        String vm = slow("waits");
        String first = calls.text("Async.VM.clean_shutdown", vm);
        cancellable(first);
        String second = calls.text("Async.VM.pause", vm);
        cancellable(second);
        calls.ok("task.cancel", second);
        eventually(() -> calls.text("task.get_status", second).equals("cancelled"));
        assertThat(calls.text("task.get_status", first)).isEqualTo("pending");
        calls.ok("task.cancel", first);
        eventually(() -> calls.text("task.get_status", first).equals("cancelled"));
    }

    @Test
    void aTaskThatIsDestroyedWhileItRunsGoesWhenItEnds() throws Exception {
        String task = calls.text("Async.VM.clean_shutdown", slow("destroyed"));
        cancellable(task);
        calls.ok("task.destroy", task);
        assertThat(calls.text("task.get_status", task)).isEqualTo("pending");
        assertThat(calls.ok("task.get_current_operations", task).get("task").asText())
                .isEqualTo("destroy");
        calls.ok("task.cancel", task);
        eventually(() -> calls.outcome("task.get_uuid", task).equals("HANDLE_INVALID"));
    }

    @Test
    void aClientsOwnTaskShowsWhatTheClientSets() throws Exception {
        String task = calls.text("task.create", "mine", "by hand");
        assertThat(calls.list("task.get_allowed_operations", task)).isEmpty();
        calls.ok("task.set_progress", task, 0.25);
        calls.ok("task.set_result", task, "<value>done</value>");
        calls.ok("task.set_error_info", task, List.of("NO", "matter"));
        calls.ok("task.set_other_config", task, Map.of("XenCenterUUID", "x"));
        calls.ok("task.set_status", task, "success");
        JsonNode record = calls.ok("task.get_record", task);
        assertThat(record.get("progress").asDouble()).isEqualTo(0.25);
        assertThat(record.get("result").asText()).isEqualTo("<value>done</value>");
        assertThat(record.get("error_info")).extracting(JsonNode::asText).containsExactly("NO", "matter");
        assertThat(record.get("other_config").get("XenCenterUUID").asText()).isEqualTo("x");
        assertThat(record.get("status").asText()).isEqualTo("success");
        calls.ok("task.destroy", task);
        assertThat(calls.error("task.get_record", task)).containsExactly("HANDLE_INVALID", "task", task);
    }
}
