package org.jxapi.http;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.dispatch.UnansweredException;
import org.jxapi.rpc.JsonRpc;
import org.jxapi.rpc.OpenRpc;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XendCalls;
import org.jxapi.rpc.XmlRpc;
import org.jxapi.session.PeerLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * XML-RPC and JSON-RPC over HTTP. Bodies are read, and answers written, as they come and go: no thread waits for a slow
 * client or for an event.
 */
final class RpcHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(RpcHandler.class);
    private static final int LONGEST_IN_LOG = 200;
    private static final HttpField XML = field("content-type", "text/xml");
    private static final HttpField JSON = field("content-type", "application/json");
    private static final HttpField UNCACHED = field("cache-control", "no-cache, no-store");
    private static final HttpField ANY_ORIGIN = field("Access-Control-Allow-Origin", "*");
    private static final HttpField ANY_HEADERS = field("Access-Control-Allow-Headers", "X-Requested-With");
    private static final String OTHER_CONFIG = "x-http-other-config-";

    private final Dispatcher dispatcher;
    private final CallBodies bodies;
    private final CallBodies bodiesOfSocket;
    private final JettyConsoles consoles;
    private final JettyTransfers transfers;
    private final WebRequests web;
    private final SimulatorRequests simulator;
    private final CoordinatorThumbprint thumbprint;
    private final PeerLog log;

    /** @param bodiesOfSocket those of the unix socket, whose room no other listener takes */
    RpcHandler(
            Dispatcher dispatcher,
            CallBodies bodies,
            CallBodies bodiesOfSocket,
            JettyConsoles consoles,
            JettyTransfers transfers,
            WebRequests web,
            SimulatorRequests simulator,
            CoordinatorThumbprint thumbprint,
            PeerLog log) {
        this.dispatcher = dispatcher;
        this.bodies = bodies;
        this.bodiesOfSocket = bodiesOfSocket;
        this.consoles = consoles;
        this.transfers = transfers;
        this.web = web;
        this.simulator = simulator;
        this.thumbprint = thumbprint;
        this.log = log;
    }

    private static HttpField field(String name, String value) {
        return new PreEncodedHttpField(name, value);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        if (HttpMethod.OPTIONS.is(method)) {
            preflight(request, response, callback);
        } else if (simulator.serves(path)) {
            simulator.serve(path, request, response, callback);
        } else if (HttpMethod.POST.is(method)) {
            read(request, response, callback, path.startsWith("/jsonrpc"));
        } else if (!(HttpMethod.GET.is(method) || HttpMethod.PUT.is(method) || HttpMethod.CONNECT.is(method))) {
            Pages.error(response, callback, 501);
        } else if (HttpMethod.GET.is(method) && path.equals(JettyConsoles.PATH)) {
            consoles.admit(request, response, callback);
        } else if (transfers.serves(request)) {
            transfers.admit(request, response, callback);
        } else if (HttpMethod.GET.is(method)) {
            web.serve(path, request, response, callback);
        } else {
            Pages.error(response, callback, 403);
        }
        return true;
    }

    private static void preflight(Request request, Response response, Callback callback) {
        String asked = request.getHeaders().get("access-control-request-headers");
        response.getHeaders().put("cache-control", "no-cache, no-store");
        response.getHeaders().put("Access-Control-Allow-Origin", "*");
        response.getHeaders()
                .put("Access-Control-Allow-Headers", asked == null ? "X-Requested-With" : asked + ", X-Requested-With");
        response.getHeaders().put("Access-Control-Allow-Methods", "PUT");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        response.write(true, BufferUtil.EMPTY_BUFFER, callback);
    }

    private void read(Request request, Response response, Callback callback, boolean json) {
        (Peer.ownSocket(request) ? bodiesOfSocket : bodies).read(request, (body, failure) -> {
            if (failure != null) {
                refuse(request, response, callback, String.valueOf(failure.getMessage()));
                return;
            }
            // From here on the answer takes its time: a client may wait in event.from as long as it likes.
            request.addIdleTimeoutListener(timeout -> false);
            try {
                if (json) {
                    json(request, response, callback, body);
                } else {
                    xml(request, response, callback, body);
                }
            } catch (RpcException e) {
                refuse(request, response, callback, String.valueOf(e.getMessage()));
            } catch (RuntimeException | Error e) {
                LOG.error("Call: answer failed unexpectedly", e);
                refuse(request, response, callback, e.toString());
            }
        });
    }

    private void xml(Request request, Response response, Callback callback, byte[] body) throws RpcException {
        Call.Request call = XmlRpc.parse(body, origin(request));
        Optional<byte[]> xend = XendCalls.answer(call.method());
        if (xend.isPresent()) {
            send(response, callback, XML, xend.get());
            return;
        }
        run(
                request,
                response,
                callback,
                call,
                reply -> send(response, callback, XML, reply == null ? null : XmlRpc.write(reply)));
    }

    private void json(Request request, Response response, Callback callback, byte[] body) {
        JsonRpc.Envelope envelope;
        try {
            envelope = JsonRpc.parse(body, origin(request));
        } catch (XenApiException e) {
            send(response, callback, JSON, JsonRpc.refuse(e));
            return;
        } catch (RpcException e) {
            tell(request, String.valueOf(e.getMessage()));
            if (!e.answered()) {
                response.setStatus(500);
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            send(response, callback, JSON, JsonRpc.refuse(e));
            return;
        }
        if (envelope.request().method().equals(OpenRpc.DISCOVER)) {
            send(response, callback, JSON, OpenRpc.answer(envelope));
            return;
        }
        run(
                request,
                response,
                callback,
                envelope.request(),
                reply -> send(response, callback, JSON, reply == null ? null : JsonRpc.write(reply, envelope)));
    }

    /** This thread may be the one that looks at all connections of the listener, so what may wait runs on another. */
    private void run(Request request, Response response, Callback callback, Call.Request call, Consumer<Reply> answer) {
        BiConsumer<Reply, Throwable> then = (reply, e) -> {
            if (e instanceof UnansweredException
                    || e instanceof CompletionException && e.getCause() instanceof UnansweredException) {
                request.getConnectionMetaData().getConnection().getEndPoint().close();
                callback.failed(e);
            } else {
                thumbprint.addTo(request, response, reply);
                answer.accept(reply);
            }
        };
        if (dispatcher.immediate(call.method())) {
            dispatcher.dispatch(call).whenComplete(then);
        } else {
            request.getConnectionMetaData()
                    .getConnector()
                    .getExecutor()
                    .execute(() -> dispatcher.dispatch(call).whenComplete(then));
        }
    }

    private static void send(Response response, Callback callback, HttpField contentType, byte @Nullable [] body) {
        if (body == null) {
            callback.failed(new IllegalStateException("a call ended without an answer"));
            return;
        }
        response.getHeaders()
                .add(HttpHeader.CONTENT_LENGTH, body.length)
                .add(UNCACHED)
                .add(contentType)
                .add(ANY_ORIGIN)
                .add(ANY_HEADERS);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private void refuse(Request request, Response response, Callback callback, String why) {
        tell(request, why);
        Pages.error(response, callback, 500);
    }

    private void tell(Request request, String why) {
        String peer = Peer.of(request);
        log.warn(
                peer,
                "Refused " + cut(request.getMethod()) + " " + cut(Request.getPathInContext(request)) + " of " + peer
                        + ": " + cut(why.lines().findFirst().orElse("")));
    }

    private static String cut(String text) {
        return text.length() > LONGEST_IN_LOG ? text.substring(0, LONGEST_IN_LOG) : text;
    }

    private static Call.Origin origin(Request request) {
        Map<String, String> otherConfig = Map.of();
        for (HttpField field : request.getHeaders()) {
            String name = field.getLowerCaseName();
            if (name.startsWith(OTHER_CONFIG)) {
                otherConfig = otherConfig.isEmpty() ? new LinkedHashMap<>() : otherConfig;
                otherConfig.put("http:" + name.substring(OTHER_CONFIG.length()), field.getValue());
            }
        }
        return new Call.Origin(
                Peer.unixSocket(request),
                Peer.of(request),
                header(request, "user-agent"),
                header(request, "originator"),
                request.getHeaders().get("task-id"),
                request.getHeaders().get("subtask-of"),
                otherConfig,
                new ClientWatch(request),
                Peer.certificates(request));
    }

    private static String header(Request request, String name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }
}
