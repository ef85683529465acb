package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.dispatch.Reply;

/** What becomes of clients that take their time, with limits shorter than the daemon's. */
class SlowClientsTest {
    private final CompletableFuture<Reply> answer = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        HttpServer.Listen listen = new HttpServer.Listen(
                new InetSocketAddress("127.0.0.1", 0), null, null, null, 1000, Duration.ofMillis(500));
        server = HttpServer.start(
                listen,
                request -> answer,
                new OwnProtocols((body, in, out, unix) -> {}, (request, in, out) -> {}, new NoTransfers()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHeadThatDoesNotEndIsClosedAlsoWhenBytesKeepComing() throws Exception {
        for (String start : List.of("POST / HTTP/1.1\r\nHost: x\r\n", "POST /c", "")) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).as(start).isEqualTo(-1);
            }
        }
    }

    @Test
    void aClientThatWaitsForItsAnswerIsLeftAlone() throws Exception {
        try (Socket socket = connect()) {
            String body = "{\"method\":\"event.from\",\"params\":[],\"id\":1}";
            socket.getOutputStream()
                    .write(("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(1500);
            InputStream in = socket.getInputStream();
            assertThat(silent(in)).isTrue();
            answer.complete(new Reply.Failure("X", List.of()));
            socket.setSoTimeout(20_000);
            assertThat(in.read()).isEqualTo('H');
        }
    }

    private static boolean silent(InputStream in) throws java.io.IOException {
        try {
            in.read();
            return false;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        }
    }

    private Socket connect() throws Exception {
        URI uri = URI.create(server.endpoints().get(0));
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static final class NoTransfers implements TransferHandler {
        @Override
        public boolean serves(String method, String path) {
            return false;
        }

        @Override
        public void serve(RequestHead head, InputStream body, Answer answer) {}
    }
}
