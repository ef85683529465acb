package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.TlsPeer;

/** A host that refuses plain HTTP; in XAPI its firewall does, xapi_host.ml. */
class HttpsOnlyTest {
    private static final String OPTIONS = "OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n";

    private static void assertRefused(URI http) {
        assertThatThrownBy(() -> new Socket(http.getHost(), http.getPort()).close())
                .isInstanceOf(ConnectException.class);
    }

    private static void assertServes(RawHttp http) throws Exception {
        http.send(OPTIONS);
        assertThat(http.answer()).startsWith("HTTP/1.1 200 OK");
    }

    private static void assertServesTls(DaemonProcess daemon) throws Exception {
        try (SSLSocket socket = TlsPeer.connect(daemon.https());
                RawHttp tls = new RawHttp(socket)) {
            assertServes(tls);
        }
    }

    @Test
    void plainHttpClosesAtOnceAndAfterARestart(@TempDir Path folder) throws Exception {
        ThinClient xe = new ThinClient(folder.resolve("sock"));
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            URI http = daemon.http().toURI();
            String uuid = xe.run("host-list", "--minimal").ok();
            assertThat(xe.run("host-param-get", "uuid=" + uuid, "param-name=https-only")
                            .ok())
                    .isEqualTo("false");
            try (RawHttp old = new RawHttp(daemon.http())) {
                assertServes(old);
                xe.run("host-param-set", "uuid=" + uuid, "https-only=true").ok();
                assertRefused(http);
                assertServesTls(daemon);
                // XAPI's firewall lets connections go on that exist already.
                assertServes(old);
            }
            xe.run("host-param-set", "uuid=" + uuid, "https-only=false").ok();
            try (RawHttp again = new RawHttp(daemon.http())) {
                assertServes(again);
            }
            String pool = xe.run("pool-list", "--minimal").ok();
            xe.run("pool-param-set", "uuid=" + pool, "https-only=true").ok();
            assertThat(xe.run("pool-param-get", "uuid=" + pool, "param-name=https-only")
                            .ok())
                    .isEqualTo("true");
            assertRefused(http);
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            assertThat(daemon.endpoints()).noneMatch(endpoint -> endpoint.startsWith("http:"));
            assertServesTls(daemon);
            String pool = xe.run("pool-list", "--minimal").ok();
            xe.run("pool-param-set", "uuid=" + pool, "https-only=false").ok();
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            String pool = xe.run("pool-list", "--minimal").ok();
            assertThat(xe.run("pool-param-set", "uuid=" + pool, "https-only=true")
                            .err())
                    .contains("The operation is not allowed", "no listener for TLS");
            try (RawHttp plain = new RawHttp(daemon.http())) {
                assertServes(plain);
            }
        }
    }
}
