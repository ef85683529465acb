package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Clients without a session, however many, take nothing from those that have one. */
class StrangersTest {
    private static final int PATIENCE_MS = 30_000;
    private static final String GREETING = "XenSource thin CLI protocol";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    private static final List<Socket> STRANGERS = new ArrayList<>();
    private static String session;
    private static String vm;

    @BeforeAll
    static void start() throws Exception {
        JsonClient client = new JsonClient(daemon.http());
        session = client.login(daemon.password());
        String template = client.ok("VM.get_by_name_label", session, "Other install media")
                .get(0)
                .asText();
        vm = client.ok("VM.clone", session, template, "guest").asText();
        client.ok("VM.provision", session, vm);
        client.ok("VM.start", session, vm, false, false);
        String http = daemon.endpoint("http:");
        String https = daemon.endpoint("https:");
        strangers(500, http, "CONNECT /console?uuid=x HTTP/1.0\r\n");
        strangers(100, http, "PUT /import?x=y HTTP/1.1\r\nHost: x\r\n");
        strangers(100, http, "POST /cli HTTP/1.0\r\ncontent-length: 9\r\n\r\nvm-l");
        strangers(100, https, "\u0016\u0003\u0001\u0002");
        // These have come whole, and send no body.
        strangers(100, http, "PUT /import?x=y HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    }

    private static void strangers(int count, String url, String start) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = connect(url);
            STRANGERS.add(socket);
            socket.getOutputStream().write(start.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static Socket connect(String url) throws IOException {
        URI uri = URI.create(url);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    @AfterAll
    static void stop() throws IOException {
        for (Socket socket : STRANGERS) {
            socket.close();
        }
    }

    private static String begin(InputStream in, int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    private static String ask(String request, int length) throws IOException {
        try (Socket socket = connect(daemon.endpoint("http:"))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return begin(socket.getInputStream(), length);
        }
    }

    private static String askSocket(String request, int length) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
            OutputStream out = Channels.newOutputStream(channel);
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            return begin(Channels.newInputStream(channel), length);
        }
    }

    @Test
    void aConsoleOpens() throws Exception {
        String request = "CONNECT /console?ref=" + vm;
        assertThat(ask(request + "&session_id=" + session + " HTTP/1.0\r\n\r\n", 15))
                .isEqualTo("HTTP/1.1 200 OK");
        assertThat(askSocket(request + " HTTP/1.0\r\n\r\n", 15)).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void transfersBegin() throws Exception {
        String auth = Http.basic("root", daemon.password()) + "\r\n";
        String graphs = "GET /rrd_updates?start=0 HTTP/1.1\r\nHost: x\r\n";
        assertThat(ask(graphs + auth + "\r\n", 15)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(askSocket(graphs + "\r\n", 15)).isEqualTo("HTTP/1.1 200 OK");
        String upload = "PUT /import_raw_vdi?vdi=OpaqueRef:no HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n";
        assertThat(ask(upload + auth + "\r\nx", 12)).isEqualTo("HTTP/1.1 500");
        assertThat(askSocket(upload + "\r\nx", 12)).isEqualTo("HTTP/1.1 500");
        assertThat(ask(upload + "\r\n", 12)).isEqualTo("HTTP/1.1 401");
    }

    @Test
    void xeRuns() throws Exception {
        assertThat(new ThinClient(daemon.socket())
                        .run("vm-list", "params=name-label", "--minimal")
                        .ok())
                .contains("guest");
        String line = "vm-list\nusername=root\npassword=" + daemon.password() + "\nparams=name-label\n--minimal";
        String request = "POST /cli HTTP/1.0\r\ncontent-length: " + line.length() + "\r\n\r\n" + line;
        assertThat(thin(request)).contains("guest");
    }

    /** A client without a session gets the same answer, without a thread. */
    @Test
    void xeWithoutALoginHearsWhy() throws Exception {
        String line = "vm-list\nusername=root\npassword=wrong";
        assertThat(thin("POST /cli HTTP/1.0\r\ncontent-length: " + line.length() + "\r\n\r\n" + line))
                .contains("Authentication failed")
                .doesNotContain("guest");
        assertThat(thin("POST /cli HTTP/1.0\r\ncontent-length: 4\r\n\r\nhelp")).contains("Usage");
        String known = "session_id=OpaqueRef:no\nvm-list";
        assertThat(thin("POST /cli HTTP/1.0\r\ncontent-length: " + known.length() + "\r\n\r\n" + known))
                .contains("OpaqueRef:no")
                .doesNotContain("guest");
    }

    /** All that the server says to a client of the thin protocol. */
    private static String thin(String request) throws IOException {
        try (Socket socket = connect(daemon.endpoint("http:"))) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(begin(in, GREETING.length())).isEqualTo(GREETING);
            byte[] version = in.readNBytes(8);
            out.write(GREETING.getBytes(StandardCharsets.US_ASCII));
            out.write(version);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
