package org.jxapi.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that are no calls, on connections that speak HTTP. Only a known client gets a thread of its listener.
 * NonRpcConnection does the same for connections that Jetty does not parse.
 */
abstract class AdmittedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(AdmittedRequests.class);

    private final HttpAccess access;

    AdmittedRequests(HttpAccess access) {
        this.access = access;
    }

    /** For what a name and a password are asked, as XAPI calls it. */
    abstract String realm(RequestHead head);

    /** The answer to a request whose sender is not known. */
    abstract Refusal refusal(RequestHead head, Refusal unknown);

    /** The threads that serve these requests. */
    abstract ExecutorService threads(ListenerThreads listener);

    /**
     * Serves a request, on a thread that may wait.
     *
     * @param head of a caller that is known
     */
    abstract void serve(RequestHead head, Request request, Response response, Callback callback);

    /** Gives the request a thread of its listener when its sender is known. */
    final void admit(Request request, Response response, Callback callback) {
        withHead(request, response, callback, head -> admit(head, request, response, callback));
    }

    /** Reads the head of a request, and goes on in a thread where a login may wait. A damaged head is refused. */
    static void withHead(Request request, Response response, Callback callback, Consumer<RequestHead> next) {
        RequestHead head;
        try {
            head = head(request);
        } catch (Refusal e) {
            Pages.refusal(response, callback, e);
            return;
        }
        // This may be the thread that selects among all connections of the listener.
        request.getConnectionMetaData().getConnector().getExecutor().execute(() -> next.accept(head));
    }

    /** Finds out who sends a request. */
    CompletionStage<Grant> grant(RequestHead head) {
        return access.admit(head, realm(head));
    }

    private void admit(RequestHead head, Request request, Response response, Callback callback) {
        grant(head).whenComplete((grant, failure) -> {
            if (failure != null) {
                LOG.debug("{} {} refused to {}: {}", head.method(), head.path(), head.peer(), failure.getMessage());
                Pages.refusal(response, callback, refusal(head, HttpAccess.refusal(failure)));
                return;
            }
            // A handler may take any time before its first byte.
            request.addIdleTimeoutListener(timeout -> false);
            try {
                threads(listener(request).threads()).execute(() -> {
                    try (grant) {
                        serve(head.of(grant), request, response, callback);
                    }
                });
            } catch (RejectedExecutionException e) {
                grant.close();
                Pages.refusal(response, callback, Refusal.busy());
            }
        });
    }

    private static ProtocolSniffer listener(Request request) {
        return request.getConnectionMetaData().getConnector().getConnectionFactory(ProtocolSniffer.class);
    }

    /** The head of a request that Jetty has parsed. */
    private static RequestHead head(Request request) {
        Map<String, String> headers = new HashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.putIfAbsent(field.getLowerCaseName(), field.getValue());
        }
        return RequestHead.of(
                        request.getMethod(),
                        request.getHttpURI().getPathQuery(),
                        headers,
                        Peer.unixSocket(request),
                        Peer.of(request))
                .showing(Peer.certificates(request), Peer.member(Peer.endPoint(request)));
    }
}
