package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Audit;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/** A server whose work takes longer than a connection may be idle, and one whose threads are all taken. */
class BusyServerTest {
    private static final int IDLE_MS = 2000;
    private static final int SILENCE_MS = 5000;
    private static final int PATIENCE_MS = 30_000;

    @TempDir
    Path folder;

    private final CountDownLatch work = new CountDownLatch(1);
    private final Semaphore held = new Semaphore(0);
    private final CompletableFuture<String> clientFailed = new CompletableFuture<>();
    private Store store;
    private String session;
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        store = H2Store.open(folder.resolve("data"));
        Ref<Session> ref =
                store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS).with(Session.IS_LOCAL_SUPERUSER, true)));
        session = ref.value();
        serve(Duration.ofMillis(IDLE_MS));
    }

    private void serve(Duration idle) throws IOException {
        HttpServer.Listen listen = new HttpServer.Listen(
                new InetSocketAddress("127.0.0.1", 0),
                null,
                folder.resolve("sock"),
                null,
                false,
                1024 * 1024,
                Duration.ofSeconds(20),
                idle);
        server = HttpServer.start(
                listen,
                this::dispatch,
                new NonRpcHandlers(
                        (line, peer) -> open(new String(line, StandardCharsets.UTF_8)),
                        (request, answer) -> {},
                        new Transfer(),
                        new HttpAccess(store, this::dispatch, Clock.systemUTC(), Audit.NONE)));
    }

    @AfterEach
    void stop() {
        work.countDown();
        server.close();
        store.close();
    }

    /** Logs in at once, and waits as long as the work takes. */
    private CompletionStage<Reply> dispatch(Call.Request request) {
        if (request.method().equals("session.login_with_password")) {
            return CompletableFuture.completedFuture(
                    new Reply.Success(new Type.Reference("session"), Session.XEN_CLASS.ref(session)));
        }
        if (request.method().equals("event.from")) {
            return CompletableFuture.supplyAsync(() -> worked(new Reply.Failure("X", List.of())));
        }
        Reply.Failure reply = new Reply.Failure("X", List.of());
        return CompletableFuture.completedFuture(request.method().equals("VM.slow") ? worked(reply) : reply);
    }

    private CompletionStage<CliHandler.Client> open(String line) {
        return CompletableFuture.completedFuture(line.equals("hang") ? worked(new Client(line)) : new Client(line));
    }

    private <T> T worked(T result) {
        held.release();
        try {
            work.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return result;
        }
    }

    @Test
    void whoWaitsForWorkIsLeftAloneHoweverLongItTakes() throws Exception {
        String call = "{\"method\":\"event.from\",\"params\":[],\"id\":1}";
        List<String> requests = List.of(
                "POST /cli HTTP/1.0\r\ncontent-length: 4\r\n\r\nwork",
                "GET /export HTTP/1.1\r\nHost: x\r\nCookie: session_id=" + session + "\r\n\r\n",
                "PUT /import HTTP/1.1\r\nHost: x\r\nCookie: session_id=" + session + "\r\n\r\n",
                "POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + call.length() + "\r\n\r\n" + call);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (String request : requests) {
                Socket socket = tcp();
                sockets.add(socket);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            }
            try (SocketChannel unix = unix()) {
                Channels.newOutputStream(unix).write(requests.get(0).getBytes(StandardCharsets.US_ASCII));
                int wait = SILENCE_MS;
                for (Socket socket : sockets) {
                    socket.setSoTimeout(wait);
                    assertThat(silent(socket.getInputStream())).isTrue();
                    socket.setSoTimeout(PATIENCE_MS);
                    wait = 100;
                }
                work.countDown();
                for (Socket socket : sockets) {
                    assertThat(socket.getInputStream().read()).isPositive();
                }
                assertThat(Channels.newInputStream(unix).read()).isPositive();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aClientThatIsWaitedForIsCutWhenItSaysNothing() throws Exception {
        try (Socket socket = tcp()) {
            socket.getOutputStream()
                    .write("POST /cli HTTP/1.0\r\ncontent-length: 4\r\n\r\nread".getBytes(StandardCharsets.US_ASCII));
            assertThat(clientFailed.get(PATIENCE_MS, TimeUnit.MILLISECONDS)).contains("imeout");
        }
    }

    @Test
    void theUnixSocketIsServedWhileTcpHasTakenEveryThread() throws Exception {
        server.close();
        serve(Duration.ofMillis(PATIENCE_MS));
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 80; i++) {
                Socket socket = tcp();
                sockets.add(socket);
                socket.getOutputStream()
                        .write("POST /cli HTTP/1.0\r\ncontent-length: 4\r\n\r\nhang"
                                .getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(held.tryAcquire(50, PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
            try (SocketChannel unix = unix()) {
                post(Channels.newOutputStream(unix), "pool.get_all");
                assertThat(new String(Channels.newInputStream(unix).readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aCallThatTakesItsTimeHoldsUpNoOther() throws Exception {
        try (Socket slow = tcp();
                Socket other = tcp()) {
            post(slow.getOutputStream(), "VM.slow");
            assertThat(held.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
            post(other.getOutputStream(), "pool.get_all");
            assertThat(new String(other.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static void post(OutputStream out, String method) throws IOException {
        String body = "{\"method\":\"" + method + "\",\"params\":[],\"id\":1}";
        out.write(("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean silent(InputStream in) throws IOException {
        try {
            in.read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private Socket tcp() throws IOException {
        URI uri = URI.create(server.endpoints().get(0));
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private SocketChannel unix() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(folder.resolve("sock")));
        return channel;
    }

    /** A client that works without a word, or waits for one of its peer. */
    private final class Client implements CliHandler.Client {
        private final String line;

        Client(String line) {
            this.line = line;
        }

        @Override
        public byte[] answer() {
            return null;
        }

        @Override
        public void run(InputStream in, OutputStream out) throws IOException {
            if (line.equals("work")) {
                out.write(worked('x'));
                return;
            }
            try {
                in.read();
            } catch (IOException e) {
                clientFailed.complete(e.toString());
            }
        }

        @Override
        public void close() {}
    }

    private final class Transfer implements TransferHandler {
        @Override
        public boolean serves(String method, String path) {
            return path.equals("/export") || path.equals("/import");
        }

        @Override
        public String realm(RequestHead head) {
            return "x";
        }

        @Override
        public void serve(RequestHead head, InputStream body, Answer answer) throws IOException {
            worked(head);
            answer.ok(Map.of());
        }
    }
}
