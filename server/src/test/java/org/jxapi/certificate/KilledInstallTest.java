package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.TlsPeer;

/** A daemon that is killed while it changes certificates. */
class KilledInstallTest {
    @Test
    void aKilledDaemonHasTheOldPairOrTheNewOneAndItsObjectSaysWhich(@TempDir Path folder) throws Exception {
        ThinClient xe = new ThinClient(folder.resolve("sock"));
        for (int round = 0; round < 2; round++) {
            try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
                X509Certificate shown = TlsPeer.chain(daemon.https()).get(0);
                X509Certificate internal = TlsPeer.chain(daemon.https(), "pool").get(0);
                assertThat(fingerprint(xe, "host")).isEqualTo(CertificateRows.sha256(shown));
                assertThat(fingerprint(xe, "host_internal")).isEqualTo(CertificateRows.sha256(internal));
                CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
                    try {
                        while (true) {
                            xe.run("host-reset-server-certificate");
                        }
                    } catch (Exception e) {
                        // The daemon has been killed.
                    }
                });
                X509Certificate first = shown;
                Eventually.holds(
                        () -> assertThat(TlsPeer.chain(daemon.https()).get(0)).isNotEqualTo(first));
                daemon.kill();
                changes.get(60, TimeUnit.SECONDS);
            }
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            X509Certificate shown = TlsPeer.chain(daemon.https()).get(0);
            assertThat(fingerprint(xe, "host")).isEqualTo(CertificateRows.sha256(shown));
        }
    }

    private static String fingerprint(ThinClient xe, String type) throws Exception {
        return xe.run("certificate-list", "type=" + type, "params=fingerprint_sha256", "--minimal")
                .ok();
    }
}
