package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.dispatch.Reply;

/** Slow clients, with limits shorter than the daemon's. */
class SlowClientsTest {
    private static final int MAX_BODY = 10 * 1024 * 1024;

    private final CompletableFuture<Reply> answer = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        HttpServer.Listen listen = new HttpServer.Listen(
                new InetSocketAddress("127.0.0.1", 0),
                null,
                null,
                null,
                false,
                MAX_BODY,
                Duration.ofMillis(500),
                Duration.ofSeconds(300));
        server = HttpServer.start(
                listen,
                request -> answer,
                new NonRpcHandlers(
                        (line, peer) -> new CompletableFuture<>(), (request, answer) -> {}, new NoTransfers(), null));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHeadThatDoesNotEndIsClosedAlsoWhenBytesKeepComing() throws Exception {
        for (String start : List.of(
                "POST / HTTP/1.1\r\nHost: x\r\n",
                "POST /c",
                "",
                "CONNECT /console?uuid=x HTTP/1.0\r\n",
                "GET /console?uuid=x HTTP/1.1\r\nHost: x\r\n",
                "PUT /import?x=y HTTP/1.1\r\nHost: x\r\n",
                "POST /cli HTTP/1.0\r\ncontent-length: 10\r\n\r\nhelp")) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).as(start).isEqualTo(-1);
            }
        }
    }

    @Test
    void aTlsHandshakeThatDoesNotEndIsClosed(@TempDir Path folder) throws Exception {
        HttpServer.Listen listen = new HttpServer.Listen(
                null,
                new InetSocketAddress("127.0.0.1", 0),
                null,
                new TlsContext(ServerCertificates.open(folder, null, "host", Clock.systemUTC())),
                false,
                MAX_BODY,
                Duration.ofMillis(500),
                Duration.ofSeconds(300));
        try (HttpServer tls =
                HttpServer.start(listen, request -> answer, new NonRpcHandlers(null, null, new NoTransfers(), null))) {
            URI uri = URI.create(tls.endpoints().get(0));
            try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0});
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aClientThatWaitsForItsAnswerIsLeftAlone() throws Exception {
        try (Socket socket = connect()) {
            String body = "{\"method\":\"event.from\",\"params\":[],\"id\":1}";
            post(socket, body.length(), body);
            socket.setSoTimeout(1500);
            InputStream in = socket.getInputStream();
            assertThat(silent(in)).isTrue();
            answer.complete(new Reply.Failure("X", List.of()));
            socket.setSoTimeout(20_000);
            assertThat(in.read()).isEqualTo('H');
        }
    }

    @Test
    void aBodyThatComesTooSlowlyIsNotWaitedFor() throws Exception {
        try (Socket socket = connect()) {
            post(socket, 300, "{");
            long start = System.nanoTime();
            boolean open = true;
            while (open && System.nanoTime() - start < 20_000_000_000L) {
                socket.setSoTimeout(50);
                try {
                    socket.getOutputStream().write(' ');
                    open = socket.getInputStream().read() >= 0;
                } catch (SocketTimeoutException e) {
                    open = true;
                } catch (IOException e) {
                    open = false;
                }
            }
            assertThat(open).isFalse();
        }
    }

    @Test
    void largeBodiesThatAreNeverSentLeaveRoomForCalls() throws Exception {
        List<Socket> opened = new ArrayList<>();
        try {
            boolean refused = false;
            while (!refused && opened.size() < 1000) {
                Socket socket = connect();
                opened.add(socket);
                post(socket, MAX_BODY, "{");
                socket.setSoTimeout(20);
                refused = !silent(socket.getInputStream());
            }
            assertThat(refused).isTrue();
            assertThat(opened).hasSizeGreaterThan(1);
            try (Socket small = connect()) {
                answer.complete(new Reply.Failure("X", List.of()));
                String body = "{\"method\":\"event.from\",\"params\":[],\"id\":1}";
                post(small, body.length(), body);
                assertThat(new String(small.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
        } finally {
            for (Socket socket : opened) {
                socket.close();
            }
        }
    }

    private static void post(Socket socket, int length, String begin) throws IOException {
        socket.getOutputStream()
                .write(("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + begin)
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

    private Socket connect() throws Exception {
        URI uri = URI.create(server.endpoints().get(0));
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
