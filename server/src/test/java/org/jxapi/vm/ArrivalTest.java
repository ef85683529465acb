package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** Between the domain that is there and the guest that runs: what is written, and what a fault or a kill leaves. */
class ArrivalTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private final SimulatorOrders simulator = new SimulatorOrders(daemon);

    private String state(String vm) throws Exception {
        return calls.text("VM.get_power_state", vm);
    }

    /** Starts a call whose guest cannot be unpaused. Returns its task. */
    private String stuck(String method, String vm) throws Exception {
        simulator.fault("unpause", "hang", "FAIL");
        String task = calls.text("Async." + method, vm, false, false);
        SimulatorOrders.eventually(() -> state(vm).equals("Running"));
        return task;
    }

    private void assertRunsUndisturbed(String vm) throws Exception {
        assertThat(state(vm)).isEqualTo("Running");
        assertThat(calls.text("VM.get_scheduled_to_be_resident_on", vm)).isEqualTo("OpaqueRef:NULL");
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo("OpaqueRef:NULL");
        // Only a guest that runs obeys.
        calls.ok("VM.clean_shutdown", vm);
        assertThat(state(vm)).isEqualTo("Halted");
    }

    @Test
    void aStartIsWrittenDownBeforeTheGuestRunsAndGoesOnAfterAKill() throws Exception {
        String vm = calls.vm("starts");
        stuck("VM.start", vm);
        String domid = calls.text("VM.get_domid", vm);
        daemon.killAndStart();
        assertThat(calls.text("VM.get_domid", vm)).isEqualTo(domid);
        assertRunsUndisturbed(vm);
    }

    @Test
    void soIsAResumeAndItsImageIsGoneAfterwards() throws Exception {
        String vm = calls.vm("resumes");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.suspend", vm);
        String image = calls.text("VM.get_suspend_VDI", vm);
        stuck("VM.resume", vm);
        assertThat(calls.text("VDI.get_type", image)).isEqualTo("suspend");
        daemon.killAndStart();
        assertThat(calls.error("VDI.get_uuid", image)).startsWith("HANDLE_INVALID");
        assertRunsUndisturbed(vm);
    }

    @Test
    void aRebootThatHadTakenTheOldDomainAwayIsBroughtToItsEnd() throws Exception {
        String vm = calls.vm("reboots");
        calls.ok("VM.start", vm, false, false);
        String domid = calls.text("VM.get_domid", vm);
        Path domain = daemon.data().resolve("simulator").resolve(domid + ".json");
        assertThat(domain).exists();
        simulator.fault("create", "hang", "FAIL");
        calls.ok("Async.VM.hard_reboot", vm);
        SimulatorOrders.eventually(() -> !Files.exists(domain));
        daemon.killAndStart();
        assertRunsUndisturbed(vm);
    }

    @Test
    void aVmThatWasStartedPausedStaysPaused() throws Exception {
        String vm = calls.vm("paused");
        calls.ok("VM.start", vm, true, false);
        daemon.killAndStart();
        assertThat(state(vm)).isEqualTo("Paused");
        calls.ok("VM.unpause", vm);
        SimulatorOrders.eventually(() -> calls.outcome("VM.clean_shutdown", vm).equals("ok"));
    }

    @Test
    void aVmWhoseGuestCannotRunIsWhatItWasBefore() throws Exception {
        String vm = calls.vm("fails");
        simulator.fault("unpause", "fail", "FAIL");
        assertThat(calls.error("VM.start", vm, false, false)).startsWith("INTERNAL_ERROR");
        assertThat(state(vm)).isEqualTo("Halted");
        assertThat(calls.list("VM.get_consoles", vm)).isEmpty();
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.suspend", vm);
        String image = calls.text("VM.get_suspend_VDI", vm);
        simulator.fault("unpause", "fail", "FAIL");
        calls.error("VM.resume", vm, false, false);
        assertThat(state(vm)).isEqualTo("Suspended");
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo(image);
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        calls.ok("VM.resume", vm, false, false);
        assertRunsUndisturbed(vm);
    }

    @Test
    void aShutdownThatComesInBetweenWins() throws Exception {
        String vm = calls.vm("overtaken");
        String task = stuck("VM.start", vm);
        calls.ok("VM.hard_shutdown", vm);
        simulator.give("{\"release\": \"unpause\"}");
        SimulatorOrders.eventually(() -> calls.text("task.get_status", task).equals("failure"));
        assertThat(state(vm)).isEqualTo("Halted");
        assertThat(calls.text("VM.get_domid", vm)).isEqualTo("-1");
    }

    @Test
    void aHardShutdownWinsOverAReboot() throws Exception {
        assertHardShutdownWins("create", "VM.hard_reboot", running("reboots"));
    }

    @Test
    void aHardShutdownWinsOverAResume() throws Exception {
        String vm = running("resumes");
        calls.ok("VM.suspend", vm);
        assertHardShutdownWins("restore", "VM.resume", vm, false, false);
    }

    @Test
    void aHardShutdownWinsOverASuspend() throws Exception {
        assertHardShutdownWins("suspend", "VM.suspend", running("suspends"));
    }

    @Test
    void aHardShutdownWinsOverAMigration() throws Exception {
        String host = calls.list("host.get_all").get(0);
        assertHardShutdownWins("restore", "VM.pool_migrate", running("moves"), host, Map.of("live", "true"));
    }

    private String running(String name) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VM.start", vm, false, false);
        return vm;
    }

    /** The call hangs in an operation of the hypervisor while the VM is shut down hard, and goes on afterwards. */
    private void assertHardShutdownWins(String operation, String method, String vm, Object... params) throws Exception {
        simulator.fault(operation, "hang", "FAIL");
        String task = calls.text(
                "Async." + method,
                Stream.concat(Stream.of(vm), Stream.of(params)).toArray());
        SimulatorOrders.eventually(
                () -> calls.ok("VM.get_current_operations", vm).size() == 1
                        && (operation.equals("suspend") || domains().isEmpty()));
        calls.ok("VM.hard_shutdown", vm);
        simulator.give("{\"release\": \"" + operation + "\"}");
        SimulatorOrders.eventually(() -> !calls.text("task.get_status", task).equals("pending"));
        assertThat(calls.text("task.get_status", task)).isNotEqualTo("success");
        assertThat(state(vm)).isEqualTo("Halted");
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo("OpaqueRef:NULL");
        for (String vdi : calls.list("VDI.get_all")) {
            assertThat(calls.text("VDI.get_type", vdi)).isNotEqualTo("suspend");
        }
        assertThat(domains()).isEmpty();
        calls.ok("VM.start", vm, false, false);
        assertRunsUndisturbed(vm);
    }

    private List<Path> domains() throws IOException {
        try (Stream<Path> files = Files.list(daemon.data().resolve("simulator"))) {
            return files.filter(file -> file.getFileName().toString().matches("[1-9]\\d*\\.json"))
                    .toList();
        }
    }
}
