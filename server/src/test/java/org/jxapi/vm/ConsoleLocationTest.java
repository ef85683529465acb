package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;

/** A console's URL is one at which the daemon answers. */
class ConsoleLocationTest {
    @TempDir
    Path folder;

    private static void check(DaemonProcess daemon, String scheme) throws Exception {
        JsonClient client = new JsonClient(daemon.http());
        String session = client.login(daemon.password());
        JsonNode consoles = client.ok("console.get_all_records", session);
        int port = URI.create(daemon.endpoint(scheme + ":")).getPort();
        for (JsonNode console : consoles) {
            assertThat(console.get("location").asText())
                    .isEqualTo(scheme + "://127.0.0.1:" + port + "/console?uuid="
                            + console.get("uuid").asText());
        }
        assertThat(consoles).hasSize(2);
        client.ok("session.logout", session);
    }

    @Test
    void itFollowsThePortsOfEachRun() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            JsonClient client = new JsonClient(daemon.http());
            String session = client.login(daemon.password());
            String template = client.ok("VM.get_by_name_label", session, "Other install media")
                    .get(0)
                    .asText();
            String vm = client.ok("VM.clone", session, template, "guest").asText();
            client.ok("VM.provision", session, vm);
            client.ok("VM.start", session, vm, false, false);
            check(daemon, "https");
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            check(daemon, "http");
        }
    }
}
