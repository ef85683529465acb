package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;

/** The promises of docs/security.md. */
class SecurityTest {
    /** The alert of RFC 8446 for a version that is not spoken. */
    private static final int PROTOCOL_VERSION = 70;

    @TempDir
    Path folder;

    @Test
    void secretsStayInFilesOfTheDaemonAloneAndOutOfTheLog() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            JsonClient json = new JsonClient(daemon.http());
            String session = json.login(daemon.password());
            json.call("session.login_with_password", java.util.List.of("root", "wrong-password"));
            String vm = json.ok("VM.get_by_name_label", session, "Other install media")
                    .get(0)
                    .asText();
            vm = json.ok("VM.clone", session, vm, "life").asText();
            json.ok("VM.provision", session, vm);
            json.ok("VM.start", session, vm, false, false);
            json.ok("VM.hard_shutdown", session, vm);
            json.call("no.such", java.util.List.of(session));
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

    @Test
    void tlsBeginsWithVersionOnePointTwo() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            int port = URI.create(daemon.endpoint("https")).getPort();
            for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
                try (SSLSocket socket = socket(port, version);
                        RawHttp http = new RawHttp(socket)) {
                    http.send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(http.answer()).startsWith("HTTP/1.1 200 OK\r\n");
                    assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                }
            }
            assertThat(alert(port)).isEqualTo(PROTOCOL_VERSION);
        }
    }

    /** The code of the alert that a client gets that knows TLS 1.1 at most. */
    private static int alert(int port) throws Exception {
        byte[] hello = new byte[50];
        byte[] start = {22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2};
        System.arraycopy(start, 0, hello, 0, start.length);
        byte[] end = {0, 0, 2, (byte) 0xC0, 9, 1, 0};
        System.arraycopy(end, 0, hello, 43, end.length);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(hello);
            return socket.getInputStream().readNBytes(7)[6];
        }
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static SSLSocket socket(int port, String version) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    /** The daemon's certificate is its own. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
