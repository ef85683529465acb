package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;

/** Passwords, sessions and keys, as docs/security.md promises. */
class SecretsTest {
    @TempDir
    Path folder;

    @Test
    void secretsStayInFilesOfTheDaemonAloneAndOutOfTheLog() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            JsonClient json = new JsonClient(daemon.http());
            String session = json.login(daemon.password());
            json.call("session.login_with_password", List.of("root", "wrong-password"));
            String vm = json.ok("VM.get_by_name_label", session, "Other install media")
                    .get(0)
                    .asText();
            vm = json.ok("VM.clone", session, vm, "life").asText();
            json.ok("VM.provision", session, vm);
            json.ok("VM.start", session, vm, false, false);
            json.ok("VM.hard_shutdown", session, vm);
            json.call("no.such", List.of(session));
            RawHttp.post(daemon.http(), "/", "<methodCall><methodName>x</methodName><params><param><value>" + session);
            assertThat(mode(folder.resolve("data"))).isEqualTo("rwx------");
            assertThat(mode(folder.resolve("data/root-password"))).isEqualTo("rw-------");
            assertThat(mode(folder.resolve("data/certificate.p12"))).isEqualTo("rw-------");
            assertThat(mode(folder.resolve("sock"))).isEqualTo("rw-------");
            json.ok("session.logout", session);
            assertThat(Files.readString(folder.resolve("log")))
                    .contains("Login of root from 127.0.0.1 was refused", "Refused POST / ")
                    .doesNotContain(session, session.substring("OpaqueRef:".length()), daemon.password())
                    .doesNotContain("wrong-password");
        }
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
