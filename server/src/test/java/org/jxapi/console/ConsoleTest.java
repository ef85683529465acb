package org.jxapi.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TlsPeer;

/** Guests' consoles by CONNECT, over plain HTTP, TLS and the unix socket, and by WebSocket. */
class ConsoleTest {
    private static final int PATIENCE_MS = 20_000;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0", "--host-console", "on");

    private static JsonClient client;
    private static String session;
    private static String vm;

    @BeforeAll
    static void start() throws Exception {
        client = new JsonClient(daemon.http());
        session = client.login(daemon.password());
        vm = running("screen");
    }

    private static String running(String name) throws Exception {
        String template = client.ok("VM.get_by_name_label", session, "Other install media")
                .get(0)
                .asText();
        String ref = client.ok("VM.clone", session, template, name).asText();
        client.ok("VM.provision", session, ref);
        client.ok("VM.start", session, ref, false, false);
        return ref;
    }

    /** The console's path and query, as its location says. */
    private static String location(String ref, String protocol) throws Exception {
        for (JsonNode console : client.ok("VM.get_consoles", session, ref)) {
            JsonNode record = client.ok("console.get_record", session, console.asText());
            if (record.get("protocol").asText().equals(protocol)) {
                String location = record.get("location").asText();
                assertThat(location)
                        .isEqualTo("https://127.0.0.1:" + daemon.https().getPort() + "/console?uuid="
                                + record.get("uuid").asText());
                return location.substring(location.indexOf("/console"));
            }
        }
        throw new AssertionError("no " + protocol + " console");
    }

    /** A connection on which a request was sent. */
    private record Talk(InputStream in, OutputStream out, AutoCloseable connection) implements AutoCloseable {
        static Talk plain(String target, String... headers) throws IOException {
            Socket socket = new Socket(daemon.http().getHost(), daemon.http().getPort());
            return of(socket, target, headers);
        }

        static Talk tls(String target) throws Exception {
            return of(TlsPeer.connect(daemon.https()), target);
        }

        static Talk of(Socket socket, String target, String... headers) throws IOException {
            socket.setSoTimeout(PATIENCE_MS);
            return new Talk(socket.getInputStream(), socket.getOutputStream(), socket).ask(target, headers);
        }

        static Talk unix(String target) throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
            return new Talk(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel).ask(target);
        }

        private Talk ask(String target, String... headers) throws IOException {
            StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.0\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return this;
        }

        /** Reads until that text has come; returns all that came. */
        String until(String text) throws IOException {
            StringBuilder all = new StringBuilder();
            while (all.indexOf(text) < 0) {
                int b = in.read();
                assertThat(b).as("the end, after: %s", all).isNotNegative();
                all.append((char) b);
            }
            return all.toString();
        }

        int status() throws IOException {
            String head = until("\r\n\r\n");
            assertThat(head).startsWith("HTTP/1.1 ");
            return Integer.parseInt(head.substring(9, 12));
        }

        Talk connected() throws IOException {
            assertThat(status()).isEqualTo(200);
            return this;
        }

        void type(String keys) throws IOException {
            out.write(keys.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }

    private static String as(String session) {
        return "&session_id=" + session;
    }

    @Test
    void theTextConsoleShowsTheGuestAndTakesWhatIsTyped() throws Exception {
        try (Talk console = Talk.plain(location(vm, "vt100") + as(session)).connected()) {
            console.until("login: ");
            console.type("root\r");
            console.until("root\r\nPassword: ");
            console.type("secret\r");
            assertThat(console.until("# ")).doesNotContain("secret");
            console.type("echo hello\r");
            console.until("\r\nhello\r\n");
            console.type("exit\r");
            console.until("login: ");
        }
    }

    @Test
    void anIdleConsoleIsClosed() throws Exception {
        String pool = client.ok("pool.get_all", session).get(0).asText();
        client.ok("pool.set_vm_console_idle_timeout", session, pool, "1");
        try (Talk typed = Talk.plain(location(vm, "vt100") + as(session)).connected();
                Talk screen = Talk.tls("/console?ref=" + vm + as(session)).connected()) {
            typed.until("login: ");
            screen.until("\n");
            for (Talk idle : java.util.List.of(typed, screen)) {
                while (idle.in().read() >= 0) {
                    // It ends when its time is over.
                }
            }
        } finally {
            client.ok("pool.set_vm_console_idle_timeout", session, pool, "0");
        }
    }

    @Test
    void theControlDomainHasATextConsole() throws Exception {
        String host = client.ok("host.get_all", session).get(0).asText();
        String own = client.ok("host.get_control_domain", session, host).asText();
        try (Talk console = Talk.tls(location(own, "vt100") + as(session)).connected()) {
            console.until("host login: ");
            console.type("root\rsecret\r");
            console.until("# ");
            console.type("poweroff\r");
            console.until("-bash: poweroff: command not found\r\n");
        }
    }

    @Test
    void manyLookAtOneConsoleAndNoneTakesItFromTheOthers() throws Exception {
        String guest = running("shared");
        String target = location(guest, "vt100") + as(session);
        try (Talk first = Talk.plain(target).connected();
                Talk second = Talk.tls(target).connected()) {
            first.until("login: ");
            second.until("login: ");
            first.type("a");
            first.until("a");
            second.until("a");
            first.close();
            second.type("b");
            second.until("b");
            try (Talk late = Talk.plain(target).connected()) {
                late.until("login: ab");
            }
        }
    }

    @Test
    void whatTheGuestDoesAtItsConsoleIsSeenInTheApi() throws Exception {
        String guest = running("leaver");
        try (Talk console = Talk.plain(location(guest, "vt100") + as(session)).connected()) {
            console.until("login: ");
            console.type("root\rpw\rpoweroff\r");
            long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
            String state = "";
            while (!state.equals("Halted") && System.nanoTime() < end) {
                state = client.ok("VM.get_power_state", session, guest).asText();
            }
            assertThat(state).isEqualTo("Halted");
            while (console.in().read() >= 0) {
                // The console ends with its domain.
            }
        }
    }

    @Test
    void theGraphicalConsoleIsAVncServer() throws Exception {
        try (Talk console = Talk.tls("/console?ref=" + vm + as(session)).connected()) {
            assertThat(console.until("\n")).isEqualTo("RFB 003.008\n");
            console.type("RFB 003.008\n");
            assertThat(console.in().readNBytes(2)).containsExactly(1, 1);
            console.out().write(1);
            assertThat(console.in().readNBytes(4)).containsExactly(0, 0, 0, 0);
            console.out().write(1);
            byte[] init = console.in().readNBytes(24);
            assertThat(new byte[] {init[0], init[1], init[2], init[3]}).containsExactly(2, 128, 1, 224);
            int name = init[23];
            console.in().readNBytes(name);
            console.out().write(new byte[] {3, 0, 0, 0, 0, 0, 0, 4, 0, 2});
            assertThat(console.in().readNBytes(16)).startsWith(0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 2);
            assertThat(console.in().readNBytes(4 * 2 * 4)).containsOnly(0);
        }
    }

    /** The data from a WebSocket, as one text. */
    private static final class Received implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private boolean closed;
        private byte[] pong;

        @Override
        public synchronized CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            text.append(StandardCharsets.ISO_8859_1.decode(data));
            notifyAll();
            socket.request(1);
            return null;
        }

        @Override
        public synchronized CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            pong = new byte[message.remaining()];
            message.get(pong);
            notifyAll();
            socket.request(1);
            return null;
        }

        @Override
        public synchronized CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed = true;
            notifyAll();
            return null;
        }

        synchronized String until(BooleanSupplier holds) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
            while (!holds.getAsBoolean()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                assertThat(left).as("the end of patience, after: %s", text).isPositive();
                wait(left);
            }
            return text.toString();
        }

        String until(String expected) throws InterruptedException {
            return until(() -> text.indexOf(expected) >= 0);
        }
    }

    private static WebSocket webSocket(String target, Received received) throws IOException {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("binary")
                .connectTimeout(Duration.ofMillis(PATIENCE_MS))
                .buildAsync(URI.create("ws://" + daemon.http().getAuthority() + target), received)
                .join();
    }

    @Test
    void aBrowserReachesConsolesByAWebSocket() throws Exception {
        Received screen = new Received();
        WebSocket vnc = webSocket("/console?ref=" + vm + as(session), screen);
        assertThat(vnc.getSubprotocol()).isEqualTo("binary");
        assertThat(screen.until("\n")).isEqualTo("RFB 003.008\n");
        vnc.sendBinary(ByteBuffer.wrap("RFB 003".getBytes(StandardCharsets.US_ASCII)), false)
                .join();
        vnc.sendBinary(ByteBuffer.wrap(".008\n".getBytes(StandardCharsets.US_ASCII)), true)
                .join();
        assertThat(screen.until(() -> screen.text.length() >= 14)).endsWith("\n\u0001\u0001");
        vnc.sendBinary(ByteBuffer.wrap(new byte[] {1, 1}), true).join();
        // A text to paste, longer than 16 bits say, then a question: pixels answer it.
        ByteBuffer paste = ByteBuffer.allocate(8 + 70_000).putInt(6 << 24).putInt(70_000);
        vnc.sendBinary(paste.rewind(), true).join();
        int told = 14 + 4 + 24;
        screen.until(() -> screen.text.length() >= told && screen.text.length() >= told + screen.text.charAt(told - 1));
        int before = told + screen.text.charAt(told - 1);
        vnc.sendBinary(ByteBuffer.wrap(new byte[] {3, 0, 0, 0, 0, 0, 0, 4, 0, 2}), true)
                .join();
        screen.until(() -> screen.text.length() == before + 16 + 4 * 2 * 4);
        vnc.sendPing(ByteBuffer.wrap(new byte[] {7})).join();
        screen.until(() -> screen.pong != null);
        assertThat(screen.pong).containsExactly(7);
        vnc.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        screen.until(() -> screen.closed);

        Received terminal = new Received();
        WebSocket text = webSocket(location(running("browsed"), "vt100") + as(session), terminal);
        terminal.until("login: ");
        text.sendText("root\rpw\r", true).join();
        terminal.until("# ");
        text.sendText("echo " + "x".repeat(300) + "\r", true).join();
        terminal.until("\r\n" + "x".repeat(300) + "\r\n");
        text.sendText("poweroff\r", true).join();
        terminal.until(() -> terminal.closed);
    }

    @Test
    void aBrowserThatMayNotOrAsksForNoWebSocketGetsAnAnswer() throws Exception {
        HttpClient browser = HttpClient.newHttpClient();
        URI console = URI.create(daemon.http() + "console?ref=" + vm);
        assertThat(browser.send(HttpRequest.newBuilder(console).build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(401);
        console = URI.create(console + as(session));
        assertThat(browser.send(HttpRequest.newBuilder(console).build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(501);
    }

    @Test
    void aCookieAPasswordOrTheUnixSocketOpenItToo() throws Exception {
        String target = location(vm, "rfb");
        String basic =
                Base64.getEncoder().encodeToString(("root:" + daemon.password()).getBytes(StandardCharsets.UTF_8));
        try (Talk cookie = Talk.plain(target, "Cookie: session_id=" + session);
                Talk password = Talk.plain(target, "Authorization: Basic " + basic);
                Talk unix = Talk.unix(target)) {
            assertThat(cookie.connected().until("\n")).startsWith("RFB ");
            assertThat(password.connected().until("\n")).startsWith("RFB ");
            assertThat(unix.connected().until("\n")).startsWith("RFB ");
        }
    }

    @Test
    void nobodyElseGetsAConsole() throws Exception {
        String target = location(vm, "rfb");
        String wrong = Base64.getEncoder().encodeToString("root:wrong".getBytes(StandardCharsets.UTF_8));
        try (Talk none = Talk.plain(target);
                Talk session = Talk.plain(target + as("OpaqueRef:no-such"));
                Talk password = Talk.plain(target, "Authorization: Basic " + wrong)) {
            assertThat(none.status()).isEqualTo(401);
            assertThat(session.status()).isEqualTo(401);
            assertThat(password.status()).isEqualTo(401);
        }
    }

    @Test
    void whatIsNotAConsoleIsRefused() throws Exception {
        String halted = running("halted");
        String target = location(halted, "rfb");
        client.ok("VM.hard_shutdown", session, halted);
        try (Talk gone = Talk.plain(target + as(session));
                Talk off = Talk.plain("/console?ref=" + halted + as(session));
                Talk nothing = Talk.plain("/console?session_id=" + session);
                Talk elsewhere = Talk.plain("/other?session_id=" + session)) {
            assertThat(gone.status()).isEqualTo(500);
            assertThat(off.status()).isEqualTo(500);
            assertThat(nothing.status()).isEqualTo(500);
            assertThat(elsewhere.status()).isEqualTo(404);
        }
    }

    @Test
    void aPoolMayAllowOneViewerOfAVmOnly() throws Exception {
        String pool = client.ok("pool.get_all", session).get(0).asText();
        String guest = running("single");
        String target = location(guest, "vt100") + as(session);
        client.ok("pool.set_limit_console_sessions", session, pool, true);
        try (Talk first = Talk.plain(target).connected()) {
            first.until("login: ");
            try (Talk second = Talk.plain(target)) {
                assertThat(second.status()).isEqualTo(503);
            }
        } finally {
            client.ok("pool.set_limit_console_sessions", session, pool, false);
        }
    }
}
