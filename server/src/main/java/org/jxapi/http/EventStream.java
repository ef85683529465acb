package org.jxapi.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.http.WebHandlers.EventFeed;
import org.jxapi.rpc.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of server-sent events. It gets the next changes only when it has taken the last ones, so a slow client
 * takes no memory: it gets fewer and newer changes. One that takes nothing for too long is dropped.
 */
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** The longest time in which a client gets nothing; comments keep proxies from closing the connection. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** Pieces are about as large, in characters. */
    private static final int PIECE = 64 * 1024;

    private static final String BEGIN = "retry: 3000\n\n";
    private static final String ALIVE = ":\n\n";

    private final EventFeed feed;
    private final Grant grant;
    private final List<String> classes;
    private final Duration patience;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Runnable closed;
    private final Scheduler scheduler;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile String token;

    EventStream(
            EventFeed feed,
            Grant grant,
            List<String> classes,
            String token,
            Duration patience,
            Request request,
            Response response,
            Callback callback,
            Runnable closed) {
        this.feed = feed;
        this.grant = grant;
        this.classes = classes;
        this.token = token;
        this.patience = patience;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.closed = closed;
        this.scheduler = request.getComponents().getScheduler();
    }

    void start() {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put("cache-control", "no-cache, no-store");
        // As for calls: a page of another site needs a session that it names itself.
        response.getHeaders().put("Access-Control-Allow-Origin", "*");
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0) {
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        new Writing(new ArrayDeque<>(List.of(BEGIN)), this::next).iterate();
    }

    private void next() {
        feed.after(grant.session(), classes, token, HEARTBEAT).whenComplete((batch, failure) -> {
            if (failure != null) {
                fail(failure);
            } else {
                send(batch);
            }
        });
    }

    private void send(EventBatch batch) {
        token = batch.token();
        if (batch.events().isEmpty()) {
            new Writing(new ArrayDeque<>(List.of(ALIVE)), this::next).iterate();
        } else {
            new Writing(new ArrayDeque<>(batch.events()), this::next).iterate();
        }
    }

    /** The end of a stream, with the error's code: a client that has lost events begins again without a token. */
    private void fail(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof XenApiException)) {
            LOG.error("Events: a stream failed unexpectedly", cause);
        }
        String code = cause instanceof XenApiException known ? known.code() : "INTERNAL_ERROR";
        String last = "id:\nevent: failure\ndata: {\"code\":\"" + code + "\"}\n\n";
        new Writing(new ArrayDeque<>(List.of(last)), () -> end(null)).iterate();
    }

    private void end(@Nullable Throwable failure) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        closed.run();
        grant.close();
        if (failure != null) {
            LOG.debug("Events: a client has gone: {}", failure.getMessage());
            callback.failed(failure);
        } else {
            response.write(true, BufferUtil.EMPTY_BUFFER, callback);
        }
    }

    /** Writes texts, and events as JSON, piece by piece. The last event of a batch has the token. */
    private final class Writing extends IteratingCallback {
        private final Deque<Object> left;
        private final Runnable then;
        private Scheduler.@Nullable Task late;

        Writing(Deque<Object> left, Runnable then) {
            this.left = left;
            this.then = then;
        }

        @Override
        protected Action process() {
            if (late != null) {
                late.cancel();
            }
            if (left.isEmpty()) {
                return Action.SUCCEEDED;
            }
            StringBuilder piece = new StringBuilder();
            while (!left.isEmpty() && piece.length() < PIECE) {
                Object each = left.remove();
                if (each instanceof Row<?> event) {
                    if (left.isEmpty()) {
                        piece.append("id: ").append(token).append('\n');
                    }
                    piece.append("data: ");
                    JsonText.append(piece, event);
                    piece.append("\n\n");
                } else {
                    piece.append(each);
                }
            }
            late = scheduler.schedule(
                    () -> request.fail(new TimeoutException("a client of events took nothing")),
                    patience.toMillis(),
                    TimeUnit.MILLISECONDS);
            response.write(false, ByteBuffer.wrap(piece.toString().getBytes(StandardCharsets.UTF_8)), this);
            return Action.SCHEDULED;
        }

        @Override
        protected void onCompleteSuccess() {
            then.run();
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            if (late != null) {
                late.cancel();
            }
            end(cause);
        }
    }
}
