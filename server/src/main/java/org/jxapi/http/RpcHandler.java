package org.jxapi.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.rpc.JsonRpc;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XmlRpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * XML-RPC and JSON-RPC over HTTP. Bodies are read, and answers written, as they come and go: no thread waits for a slow
 * client or for an event.
 */
final class RpcHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(RpcHandler.class);
    private static final String OTHER_CONFIG = "x-http-other-config-";

    private final Dispatcher dispatcher;
    private final int maxBody;

    RpcHandler(Dispatcher dispatcher, long maxBody) {
        this.dispatcher = dispatcher;
        this.maxBody = (int) Math.min(maxBody, Integer.MAX_VALUE);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        if (HttpMethod.OPTIONS.is(method)) {
            preflight(request, response, callback);
        } else if (HttpMethod.POST.is(method)) {
            read(request, response, callback, path.equals("/jsonrpc") || path.startsWith("/jsonrpc/"));
        } else if (HttpMethod.GET.is(method) && path.equals("/")) {
            Pages.welcome(response, callback);
        } else if (HttpMethod.GET.is(method) || HttpMethod.PUT.is(method)) {
            Pages.error(response, callback, 403, "Forbidden", "There is nothing here.");
        } else {
            Pages.error(response, callback, 501, "Method not implemented", "The method is not known here.");
        }
        return true;
    }

    private static void preflight(Request request, Response response, Callback callback) {
        String asked = request.getHeaders().get("access-control-request-headers");
        response.getHeaders().put("Access-Control-Allow-Origin", "*");
        response.getHeaders().put("Access-Control-Allow-Methods", "PUT");
        response.getHeaders()
                .put("Access-Control-Allow-Headers", asked == null ? "X-Requested-With" : asked + ", X-Requested-With");
        response.write(true, ByteBuffer.allocate(0), callback);
    }

    private void read(Request request, Response response, Callback callback, boolean json) {
        if (request.getLength() > maxBody) {
            refuse(request, response, callback, "a body of " + request.getLength() + " bytes");
            return;
        }
        Content.Source.asByteArrayAsync(request, maxBody).whenComplete((body, failure) -> {
            if (failure != null) {
                refuse(request, response, callback, String.valueOf(failure.getMessage()));
                return;
            }
            try {
                if (json) {
                    json(request, response, callback, body);
                } else {
                    xml(request, response, callback, body);
                }
            } catch (RpcException e) {
                refuse(request, response, callback, e.getMessage());
            } catch (RuntimeException | StackOverflowError e) {
                LOG.error("A call could not be answered", e);
                refuse(request, response, callback, e.toString());
            }
        });
    }

    private void xml(Request request, Response response, Callback callback, byte[] body) throws RpcException {
        Call.Request call = XmlRpc.parse(body, origin(request));
        dispatcher
                .dispatch(call)
                .whenComplete(
                        (reply, e) -> send(response, callback, "text/xml", reply == null ? null : XmlRpc.write(reply)));
    }

    private void json(Request request, Response response, Callback callback, byte[] body) throws RpcException {
        JsonRpc.Envelope envelope = JsonRpc.parse(body, origin(request));
        dispatcher
                .dispatch(envelope.request())
                .whenComplete((reply, e) -> send(
                        response, callback, "application/json", reply == null ? null : JsonRpc.write(reply, envelope)));
    }

    private static void send(Response response, Callback callback, String contentType, byte[] body) {
        if (body == null) {
            callback.failed(new IllegalStateException("a call ended without an answer"));
            return;
        }
        response.getHeaders().put("cache-control", "no-cache, no-store");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put("Access-Control-Allow-Origin", "*");
        response.getHeaders().put("Access-Control-Allow-Headers", "X-Requested-With");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private static void refuse(Request request, Response response, Callback callback, String why) {
        String line = why.lines().findFirst().orElse("");
        LOG.warn(
                "Refused {} {} of {}: {}",
                request.getMethod(),
                Request.getPathInContext(request),
                Request.getRemoteAddr(request),
                line.length() > 200 ? line.substring(0, 200) : line);
        Pages.error(response, callback, 500, "Internal Error", "The request is no call that can be answered.");
    }

    private static Call.Origin origin(Request request) {
        Map<String, String> otherConfig = new LinkedHashMap<>();
        for (HttpField field : request.getHeaders()) {
            String name = field.getLowerCaseName();
            if (name.startsWith(OTHER_CONFIG)) {
                otherConfig.put("http:" + name.substring(OTHER_CONFIG.length()), field.getValue());
            }
        }
        boolean unix = request.getConnectionMetaData().getConnector() instanceof UnixDomainServerConnector;
        return new Call.Origin(
                unix,
                unix ? "unix socket" : Request.getRemoteAddr(request),
                header(request, "user-agent"),
                header(request, "originator"),
                request.getHeaders().get("task-id"),
                request.getHeaders().get("subtask-of"),
                otherConfig);
    }

    private static String header(Request request, String name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }

    /** The few pages that a browser or a lost client gets. */
    static final class Pages {
        private Pages() {}

        static void welcome(Response response, Callback callback) {
            page(
                    response,
                    callback,
                    200,
                    "<html><head><title>jxapi</title></head><body><h1>jxapi</h1><p>This host speaks the XenAPI:"
                            + " XML-RPC on <code>/</code>, JSON-RPC on <code>/jsonrpc</code>.</p></body></html>");
        }

        static void error(Response response, Callback callback, int status, String title, String text) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            page(
                    response,
                    callback,
                    status,
                    "<html><body><h1>HTTP " + status + " " + title + "</h1>" + text + "</body></html>");
        }

        private static void page(Response response, Callback callback, int status, String html) {
            byte[] body = html.getBytes(StandardCharsets.UTF_8);
            response.setStatus(status);
            response.getHeaders().put("cache-control", "no-cache, no-store");
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.write(true, ByteBuffer.wrap(body), callback);
        }
    }
}
