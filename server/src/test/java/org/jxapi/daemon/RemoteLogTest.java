package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** host.syslog_reconfigure and the lines that a server gets. Upstream: xapi_host.ml; RFC 5424, 5426, 6587. */
class RemoteLogTest {
    private static final int PATIENCE = 30_000;
    private static final String LINE = "<\\d{2}>1 \\d{4}-\\d\\d-\\d\\dT\\S+Z \\S+ jxapid \\d+ \\w+ - .*";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    private static void logTo(String destination) throws Exception {
        String host = calls.first("host.get_all");
        calls.ok("host.set_logging", host, Map.of("syslog_destination", destination));
        calls.ok("host.syslog_reconfigure", host);
    }

    private static String received(DatagramSocket server, String part) throws Exception {
        byte[] bytes = new byte[65536];
        while (true) {
            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            server.receive(packet);
            String line = new String(bytes, 0, packet.getLength(), StandardCharsets.UTF_8);
            assertThat(line).matches(LINE);
            if (line.contains(part)) {
                return line;
            }
        }
    }

    @Test
    void theLogGoesToAServerAlsoAfterARestart() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(PATIENCE);
            logTo("127.0.0.1:" + server.getLocalPort());
            new JsonClient(daemon.http()).call("session.login_with_password", List.of("first", "wrong", "", ""));
            assertThat(received(server, "first")).startsWith("<");
            daemon.killAndStart();
            new JsonClient(daemon.http()).call("session.login_with_password", List.of("second", "wrong", "", ""));
            received(server, "second");
            logTo("");
            assertThat(calls.error("host.syslog_reconfigure", "OpaqueRef:none")).startsWith("HANDLE_INVALID");
        }
    }

    @Test
    void aServerOverTcpGetsFrames() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(PATIENCE);
            logTo("@127.0.0.1:" + server.getLocalPort());
            new JsonClient(daemon.http()).call("session.login_with_password", List.of("third", "wrong", "", ""));
            try (Socket connection = server.accept()) {
                connection.setSoTimeout(PATIENCE);
                String line = "";
                while (!line.contains("third")) {
                    line = frame(connection.getInputStream());
                    assertThat(line).matches(LINE);
                }
            }
            logTo("");
        }
    }

    private static String frame(InputStream in) throws Exception {
        StringBuilder length = new StringBuilder();
        for (int b = in.read(); b != ' '; b = in.read()) {
            length.append((char) b);
        }
        return new String(in.readNBytes(Integer.parseInt(length.toString())), StandardCharsets.UTF_8);
    }

    @Test
    void aDestinationThatIsNoAddressIsRefused() throws Exception {
        String host = calls.first("host.get_all");
        calls.ok("host.set_logging", host, Map.of("syslog_destination", "a b;c"));
        assertThat(calls.error("host.syslog_reconfigure", host))
                .containsExactly("INVALID_VALUE", "logging:syslog_destination", "a b;c");
    }

    @ParameterizedTest
    @CsvSource({"logs, logs, 514, false", "logs:601, logs, 601, false", "@[fe80::1]:6514, fe80::1, 6514, true"})
    void destinationsAreRead(String text, String host, int port, boolean tcp) {
        assertThat(SyslogServer.parse(text)).contains(new SyslogServer(host, port, tcp));
        assertThat(SyslogServer.parse(text + ":99999")).isEmpty();
    }
}
