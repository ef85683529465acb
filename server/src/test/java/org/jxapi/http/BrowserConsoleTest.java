package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.http.RawWebSocket.BINARY;
import static org.jxapi.http.RawWebSocket.CLOSE;
import static org.jxapi.http.RawWebSocket.CONTINUATION;
import static org.jxapi.http.RawWebSocket.FINAL;
import static org.jxapi.http.RawWebSocket.HEADERS;
import static org.jxapi.http.RawWebSocket.PING;
import static org.jxapi.http.RawWebSocket.PONG;
import static org.jxapi.http.RawWebSocket.TEXT;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Audit;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/** The WebSocket of consoles, with consoles that do what a test wants. */
class BrowserConsoleTest {
    private static final int MIB = 1 << 20;
    /** More than all sockets between a server and its client hold. */
    private static final int MUCH = 64 * MIB;

    private static final int PATIENCE_S = 30;
    private static final long A_WHILE_NS = TimeUnit.SECONDS.toNanos(3);

    @TempDir
    Path folder;

    /** The consoles that have been opened. */
    private final BlockingQueue<Viewed> consoles = new LinkedBlockingQueue<>();

    private Store store;
    private String target;
    private HttpServer server;

    /** A console with its viewer, and the thread that serves it; it ends with {@code done}. */
    private record Viewed(ConnectHandler.Streams client, CompletableFuture<Void> done) {
        void write(byte[] bytes) throws IOException {
            client.out().write(bytes);
        }

        byte[] read(int length) throws IOException {
            return client.in().readNBytes(length);
        }

        void end() {
            done.complete(null);
        }
    }

    @BeforeEach
    void start() throws Exception {
        store = H2Store.open(folder.resolve("data"));
        Ref<Session> session =
                store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS).with(Session.IS_LOCAL_SUPERUSER, true)));
        target = "/console?uuid=x&session_id=" + session.value();
        server = HttpServer.start(
                new HttpServer.Listen(new InetSocketAddress("127.0.0.1", 0), null, null, null, false, MIB),
                BrowserConsoleTest::dispatch,
                new NonRpcHandlers(
                        (line, peer) -> new CompletableFuture<>(),
                        this::connect,
                        new NoTransfers(),
                        new HttpAccess(store, BrowserConsoleTest::dispatch, Clock.systemUTC(), Audit.NONE)));
    }

    @AfterEach
    void stop() {
        consoles.forEach(Viewed::end);
        server.close();
        store.close();
    }

    private static CompletionStage<Reply> dispatch(Call.Request request) {
        return CompletableFuture.completedFuture(new Reply.Failure("X", List.of()));
    }

    private void connect(RequestHead request, ConnectHandler.Answer answer) throws IOException {
        try {
            Viewed viewed = new Viewed(answer.open(), new CompletableFuture<>());
            consoles.add(viewed);
            viewed.done().join();
        } catch (Refusal e) {
            answer.refuse(e);
        }
    }

    private RawWebSocket browser() throws IOException {
        return new RawWebSocket(URI.create(server.endpoints().get(0)));
    }

    private Viewed console() throws InterruptedException {
        Viewed viewed = consoles.poll(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(viewed).as("a console that was opened").isNotNull();
        return viewed;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: x\r\n"
            })
    void aRequestForNoWebSocketIsAnswered501(String headers) throws Exception {
        try (RawWebSocket browser = browser()) {
            assertThat(browser.request(target, headers)).startsWith("HTTP/1.1 501 Method Not Implemented\r\n");
        }
    }

    @Test
    void theAnswerAgreesOnTheProtocolOfConsolesAndOnNoExtension() throws Exception {
        try (RawWebSocket browser = browser()) {
            assertThat(browser.request(
                            target,
                            HEADERS + "Sec-WebSocket-Protocol: base64, binary\r\n"
                                    + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"))
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .containsIgnoringCase("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .containsIgnoringCase("\r\nSec-WebSocket-Protocol: binary\r\n")
                    .doesNotContainIgnoringCase("extensions")
                    .doesNotContainIgnoringCase("server:");
        }
    }

    @Test
    void aConnectionThatHasServedOtherRequestsBecomesAWebSocketToo() throws Exception {
        try (RawWebSocket browser = browser()) {
            String head = browser.request("/", "");
            assertThat(head).startsWith("HTTP/1.1 200 ");
            browser.drop(Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+).*", "$1")));
            browser.open(target);
            console().write(text("hello"));
            assertThat(browser.frame().payload()).isEqualTo(text("hello"));
        }
    }

    @Test
    void framesOfEverySizeAndKindAreOneStream() throws Exception {
        byte[] large = new byte[3 * MIB];
        new Random(1).nextBytes(large);
        try (RawWebSocket browser = browser().open(target)) {
            Viewed console = console();
            browser.send(FINAL | TEXT, text("typed"));
            assertThat(console.read(5)).isEqualTo(text("typed"));
            browser.send(BINARY, text("a"));
            browser.send(FINAL | PING, text("there?"));
            browser.send(CONTINUATION, new byte[0]);
            browser.send(FINAL | CONTINUATION, text("b"));
            browser.send(FINAL | PONG, text("unasked"));
            for (byte b : RawWebSocket.frame(FINAL | BINARY, text("c"))) {
                browser.send(new byte[] {b});
            }
            assertThat(console.read(3)).isEqualTo(text("abc"));
            assertThat(browser.frame()).satisfies(pong -> {
                assertThat(pong.first()).isEqualTo(FINAL | PONG);
                assertThat(pong.payload()).isEqualTo(text("there?"));
            });
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
                try {
                    return console.read(large.length);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            browser.send(FINAL | BINARY, large);
            assertThat(received.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(large);
            console.write(Arrays.copyOf(large, 16 * 1024));
            assertThat(browser.frame()).satisfies(frame -> {
                assertThat(frame.first()).isEqualTo(FINAL | BINARY);
                assertThat(frame.payload()).isEqualTo(Arrays.copyOf(large, 16 * 1024));
            });
        }
    }

    @Test
    void aBrowserThatTakesNothingHoldsUpItsConsole() throws Exception {
        try (RawWebSocket browser = browser().open(target)) {
            Viewed console = console();
            AtomicLong written = new AtomicLong();
            Thread writer = new Thread(() -> {
                byte[] block = new byte[16 * 1024];
                try {
                    while (written.get() < MUCH) {
                        console.write(block);
                        written.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    written.set(-1);
                }
            });
            writer.start();
            // It is held up when nothing is written for a while.
            long last = -1;
            long end = 0;
            while (last != written.get() || System.nanoTime() < end) {
                end = last == written.get() ? end : System.nanoTime() + A_WHILE_NS;
                last = written.get();
                Thread.onSpinWait();
            }
            assertThat(written.get()).isBetween(1L, (long) MUCH - 1);
            long read = 0;
            while (read < MUCH) {
                read += browser.frame().payload().length;
            }
            writer.join(PATIENCE_S * 1000L);
            assertThat(written.get()).isEqualTo(MUCH);
        }
    }

    @Test
    void aConsoleThatTakesNothingHoldsUpItsBrowser() throws Exception {
        try (RawWebSocket browser = browser().open(target);
                SocketChannel other = SocketChannel.open(
                        new InetSocketAddress("127.0.0.1", browser.socket().getPort()))) {
            Viewed console = console();
            other.write(ByteBuffer.wrap(text("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + HEADERS + "\r\n")));
            Viewed slow = console();
            other.configureBlocking(false);
            ByteBuffer frame = ByteBuffer.wrap(RawWebSocket.frame(FINAL | BINARY, new byte[MUCH]));
            long end = System.nanoTime() + A_WHILE_NS;
            // It is held up when nothing goes for a while.
            while (frame.hasRemaining() && System.nanoTime() < end) {
                if (other.write(frame) > 0) {
                    end = System.nanoTime() + A_WHILE_NS;
                }
            }
            assertThat(frame.remaining()).isPositive();
            // Other consoles are served meanwhile.
            browser.send(FINAL | BINARY, text("x"));
            assertThat(console.read(1)).isEqualTo(text("x"));
            CompletableFuture<Long> received =
                    CompletableFuture.supplyAsync(() -> count(slow.client().in(), MUCH));
            other.configureBlocking(true);
            while (frame.hasRemaining()) {
                other.write(frame);
            }
            assertThat(received.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(MUCH);
        }
    }

    private static long count(InputStream in, long most) {
        byte[] block = new byte[MIB];
        long all = 0;
        try {
            while (all < most) {
                int count = in.read(block);
                if (count < 0) {
                    break;
                }
                all += count;
            }
            return all;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aBrowserThatBreaksTheProtocolIsToldSoAndLeavesItsConsole() throws Exception {
        byte[] unmasked = {(byte) (FINAL | BINARY), 1, 'x'};
        byte[] unknown = RawWebSocket.frame(FINAL | 5, text("x"));
        byte[] reserved = RawWebSocket.frame(FINAL | 0x40 | BINARY, text("x"));
        byte[] longPing = RawWebSocket.frame(FINAL | PING, new byte[126]);
        for (byte[] bad : new byte[][] {unmasked, unknown, reserved, longPing}) {
            assertThat(codeAfter(bad)).isEqualTo(1002);
        }
        assertThat(codeAfter(RawWebSocket.head(FINAL | BINARY, Long.MAX_VALUE).array()))
                .isEqualTo(1009);
        assertThat(codeAfter(RawWebSocket.head(FINAL | BINARY, -1).array())).isEqualTo(1009);
    }

    private int codeAfter(byte[] bad) throws Exception {
        try (RawWebSocket browser = browser().open(target)) {
            Viewed console = console();
            CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(() -> {
                try {
                    return console.client().in().readAllBytes();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            browser.send(bad);
            RawWebSocket.Frame close = browser.frame();
            assertThat(close.first()).isEqualTo(FINAL | CLOSE);
            browser.send(FINAL | CLOSE, close.payload());
            assertThat(rest.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
            console.end();
            return close.code();
        }
    }

    @Test
    void aBrowserThatSaysGoodByeIsAnswered() throws Exception {
        try (RawWebSocket browser = browser().open(target)) {
            Viewed console = console();
            browser.send(FINAL | BINARY, text("last"));
            browser.send(FINAL | CLOSE, new byte[] {3, (byte) 0xE8});
            assertThat(console.client().in().readAllBytes()).isEqualTo(text("last"));
            assertThat(browser.frame().code()).isEqualTo(1000);
            assertThat(browser.ended()).isTrue();
            console.end();
        }
    }

    @Test
    void aBrowserThatVanishesLeavesItsConsole() throws Exception {
        RawWebSocket browser = browser().open(target);
        Viewed console = console();
        browser.close();
        assertThat(console.client().in().read()).isEqualTo(-1);
        console.end();
    }

    @Test
    void aConsoleThatEndsSaysGoodByeAndDropsWhatTheBrowserHasSent() throws Exception {
        try (RawWebSocket browser = browser().open(target)) {
            Viewed console = console();
            console.write(text("bye"));
            browser.send(FINAL | BINARY, new byte[MIB / 16]);
            console.end();
            assertThat(browser.frame().payload()).isEqualTo(text("bye"));
            assertThat(browser.frame().first()).isEqualTo(FINAL | CLOSE);
            browser.send(FINAL | BINARY, new byte[MIB / 16]);
            browser.send(FINAL | CLOSE, new byte[0]);
            assertThat(browser.ended()).isTrue();
        }
    }

    @Test
    void aBrowserThatDoesNotAnswerAGoodByeIsCutOff() throws Exception {
        try (RawWebSocket browser = browser().open(target)) {
            console().end();
            assertThat(browser.frame().first()).isEqualTo(FINAL | CLOSE);
            assertThat(browser.ended()).isTrue();
        }
    }
}
