package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.ThinClient;

/** host.restart_agent and host.shutdown_agent. Upstream: xapi_host.ml, which has systemd restart XAPI. */
class RestartAgentTest {
    @TempDir
    Path folder;

    @Test
    void withoutASupervisorTheDaemonStartsAgainInItsProcess() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            String vm = calls.vm("running");
            calls.ok("VM.start", vm, false, false);
            calls.ok("host.restart_agent", calls.first("host.get_all"));
            daemon.awaitReady();
            Calls after = new Calls(daemon);
            assertThat(after.text("VM.get_power_state", vm)).isEqualTo("Running");
            assertThat(new ThinClient(daemon.socket())
                            .run("host-shutdown-agent")
                            .ok())
                    .isEmpty();
            assertThat(daemon.awaitEnd()).isZero();
        }
    }

    /** The unit's RestartForceExitStatus has the same number. */
    @Test
    void underSystemdTheDaemonEndsForItsUnitToRestartIt() throws Exception {
        Map<String, String> systemd =
                Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString());
        try (DaemonProcess daemon = DaemonProcess.start(folder, List.of(), List.of(), systemd)) {
            Calls calls = new Calls(daemon);
            calls.ok("host.restart_agent", calls.first("host.get_all"));
            assertThat(daemon.awaitEnd()).isEqualTo(75);
        }
    }
}
