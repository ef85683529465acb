package org.jxapi.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The few pages that a browser or a lost client gets. The connection is closed after an error page. */
final class Pages {
    private static final Map<Integer, String> TEXTS = Map.of(
            400, "bad request</h1>This is not a request.",
            403, "forbidden</h1>There is nothing here.",
            408, "request timeout</h1>The request took too long to come.",
            431, "request header fields too large</h1>The head of the request is too long.",
            500, "internal server error</h1>The request is none that can be answered; the log says why.",
            501, "method not implemented</h1>The method is not known here.");

    private Pages() {}

    /** The page of a build that has no web console. */
    static void withoutConsole(Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
        write(
                response,
                callback,
                200,
                "<html><head><title>jxapi</title></head><body><h1>jxapi</h1><p>This host speaks the XenAPI:"
                        + " XML-RPC on <code>/</code>, JSON-RPC on <code>/jsonrpc</code>.</p><p>This build has no web"
                        + " console: it was made without node and npm.</p></body></html>");
    }

    static void error(Response response, Callback callback, int status) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        String text = TEXTS.getOrDefault(status, "error</h1>");
        write(response, callback, status, "<html><body><h1>HTTP " + status + " " + text + "</body></html>");
    }

    /** Its page comes without a content type, as XAPI's does. */
    static void missing(Response response, Callback callback, String path) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        String name = path.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        write(
                response,
                callback,
                404,
                "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>There is no " + name
                        + " here.</p></body></html>");
    }

    static void refusal(Response response, Callback callback, Refusal refusal) {
        ByteBuffer page = head(response, refusal);
        response.write(true, page, callback);
    }

    /** Sets the head of the answer to a request that is refused; the result is its page. */
    static ByteBuffer head(Response response, Refusal refusal) {
        byte[] page = refusal.page().getBytes(StandardCharsets.UTF_8);
        response.setStatus(refusal.status());
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
        response.getHeaders().put("cache-control", "no-cache, no-store");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, page.length);
        if (!refusal.challenge().isEmpty()) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, refusal.challenge());
        }
        return ByteBuffer.wrap(page);
    }

    static void send(Response response, Callback callback, int status, String contentType, byte[] body) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        write(response, callback, status, body);
    }

    private static void write(Response response, Callback callback, int status, String html) {
        write(response, callback, status, html.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Response response, Callback callback, int status, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put("cache-control", "no-cache, no-store");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
