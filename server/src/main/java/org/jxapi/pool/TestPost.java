package org.jxapi.pool;

import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jxapi.certificate.AnyServer;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Waiting;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;

/**
 * A POST by which administrators test TLS to a server. As in XAPI without verification of TLS, every certificate is good,
 * and only an answer with status 200 is one.
 */
final class TestPost {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final long LOOK_MS = 200;
    /** The most that is kept of an answer, in bytes: tasks keep it in memory. */
    private static final int MOST = 1024 * 1024;

    private static final int HIGHEST_PORT = 65_535;
    private static final int OK = 200;

    private final String host;
    private final long port;
    private final Duration limit;

    TestPost(String host, long port) {
        this(host, port, LIMIT);
    }

    /** @param limit how long the server may take for all of its answer */
    TestPost(String host, long port, Duration limit) {
        this.host = host;
        this.port = port;
        this.limit = limit;
    }

    /**
     * Sends the body; the body of the answer.
     *
     * <p>WLB_TIMEOUT if the answer does not come in time, INTERNAL_ERROR with the reason if there is none.
     */
    String send(Call call, String body) {
        Answer answer = new Answer();
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .sslContext(AnyServer.context())
                .build();
        CompletableFuture<HttpResponse<Void>> response =
                client.sendAsync(request(body), BodyHandlers.ofByteArrayConsumer(answer));
        try (Call.Cancellable until = call.cancellable()) {
            int status = await(call, response, answer).statusCode();
            if (status != OK) {
                throw failed("has answered with status " + status);
            }
            return answer.text();
        } finally {
            response.cancel(true);
        }
    }

    private HttpRequest request(String body) {
        if (port < 1 || port > HIGHEST_PORT) {
            throw Errors.internalError("Port " + port + " is none: give one from 1 to " + HIGHEST_PORT);
        }
        try {
            URI uri = new URI("https", null, host, (int) port, "/", null, null);
            if (uri.getPort() != port
                    || uri.getRawUserInfo() != null
                    || !uri.getPath().equals("/")) {
                throw new IllegalArgumentException("it has a character that is in no name");
            }
            return HttpRequest.newBuilder(uri)
                    .header("User-Agent", "jxapid")
                    .POST(BodyPublishers.ofString(body))
                    .build();
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw Errors.internalError(host + " is no name or address of a server: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    private HttpResponse<Void> await(Call call, CompletableFuture<HttpResponse<Void>> response, Answer answer) {
        long begin = System.nanoTime();
        try (Waiting waiting = new Waiting(GRACE)) {
            while (true) {
                try {
                    HttpResponse<Void> whole = response.get(LOOK_MS, TimeUnit.MILLISECONDS);
                    answer.check();
                    return whole;
                } catch (TimeoutException e) {
                    answer.check();
                    call.throwIfCancelled();
                    waiting.goOn();
                } catch (ExecutionException e) {
                    throw failed(e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw failed("was not waited for, because the call was interrupted");
                }
                if (System.nanoTime() - begin > limit.toNanos()) {
                    throw Errors.wlbTimeout(Double.toString(limit.toSeconds()));
                }
            }
        }
    }

    private XenApiException failed(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return failed("is a name that has no address");
            }
        }
        String what = e instanceof ConnectException ? "cannot be reached" : "has given no answer";
        return failed(what + ": " + Reason.of(e));
    }

    private XenApiException failed(String what) {
        return Errors.internalError(host + " port " + port + " " + what);
    }

    /** The body of the answer, up to a limit. */
    private final class Answer implements Consumer<Optional<byte[]>> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean tooLong;

        @Override
        public synchronized void accept(Optional<byte[]> piece) {
            byte[] more = piece.orElse(new byte[0]);
            tooLong |= bytes.size() + more.length > MOST;
            if (!tooLong) {
                bytes.writeBytes(more);
            }
        }

        synchronized void check() {
            if (tooLong) {
                throw failed("has sent more than " + MOST + " bytes, which is too much for a test");
            }
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
