package org.jxapi.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transfers on connections that speak HTTP already: downloads, and uploads after other requests. */
final class JettyTransfers extends AdmittedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(JettyTransfers.class);

    private static final String TASK = "task_id=";

    private final TransferHandler handler;

    JettyTransfers(TransferHandler handler, HttpAccess access) {
        super(access);
        this.handler = handler;
    }

    /** Whether a request goes there: one for a transfer's path, or one whose task must end whatever becomes of it. */
    boolean serves(Request request) {
        String query = request.getHttpURI().getQuery();
        return handler.serves(request.getMethod(), Request.getPathInContext(request))
                || query != null && query.contains(TASK)
                || request.getHeaders().getValuesList(HttpHeader.COOKIE).stream()
                        .anyMatch(c -> c.contains(TASK));
    }

    @Override
    CompletionStage<Grant> grant(RequestHead head) {
        Optional<String> open = handler.open(head);
        return open.isPresent() ? CompletableFuture.completedFuture(Grant.ofStranger(open.get())) : super.grant(head);
    }

    @Override
    String realm(RequestHead head) {
        return handler.realm(head);
    }

    @Override
    Refusal refusal(RequestHead head, Refusal unknown) {
        return handler.refusal(head, unknown);
    }

    @Override
    ExecutorService threads(ListenerThreads listener) {
        return listener.transfers();
    }

    @Override
    void serve(RequestHead head, Request request, Response response, Callback callback) {
        boolean old = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0;
        // Only the upload itself may read the rest of an upload.
        BooleanSupplier gone = HttpMethod.GET.is(request.getMethod()) ? new ClientWatch(request) : () -> false;
        Answer answer = new Answer(response, old, gone);
        try {
            handler.serve(head, Content.Source.asInputStream(request), answer);
            answer.end(callback);
        } catch (IOException e) {
            LOG.debug("Transfer client disconnected: {}", e.getMessage());
            callback.failed(e);
        } catch (RuntimeException | Error e) {
            LOG.error("Transfer: request failed unexpectedly", e);
            if (answer.begun()) {
                callback.failed(e);
            } else {
                Pages.error(response, callback, 500);
            }
        }
    }

    /** Jetty's answer, with XAPI's head. */
    private static final class Answer implements TransferHandler.Answer {
        private final Response response;
        private final boolean old;
        private @Nullable OutputStream out;
        private final BooleanSupplier gone;
        private boolean begun;

        /** @param old whether the client speaks HTTP/1.0, where a body of unknown length ends with the connection */
        Answer(Response response, boolean old, BooleanSupplier gone) {
            this.response = response;
            this.old = old;
            this.gone = gone;
        }

        @Override
        public OutputStream ok(Map<String, String> headers) throws IOException {
            begun = true;
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            response.getHeaders().put("cache-control", "no-cache, no-store");
            headers.forEach(response.getHeaders()::put);
            if (!old && !headers.containsKey("content-length")) {
                response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
            }
            try (Blocker.Callback sent = Blocker.callback()) {
                response.write(false, BufferUtil.EMPTY_BUFFER, sent);
                sent.block();
            }
            out = new DirectOutput(response);
            return out;
        }

        @Override
        public boolean begun() {
            return begun;
        }

        @Override
        public boolean clientGone() {
            return gone.getAsBoolean();
        }

        @Override
        public void refuse(Refusal refusal) throws IOException {
            begun = true;
            ByteBuffer page = Pages.head(response, refusal);
            try (Blocker.Callback sent = Blocker.callback()) {
                response.write(true, page, sent);
                sent.block();
            }
        }

        void end(Callback callback) throws IOException {
            if (out != null) {
                out.close();
            }
            callback.succeeded();
        }
    }
}
