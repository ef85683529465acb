package org.jxapi.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One connection that stays open; does as little as a client can, so that the servers are what is measured. */
final class HttpClient implements Closeable {
    private final Socket socket;
    private final InputStream in;
    /** Of the last answer, as it came. */
    private String head = "";

    HttpClient(int port) throws IOException {
        this("127.0.0.1", port);
    }

    HttpClient(String address, int port) throws IOException {
        socket = new Socket(address, port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 32 * 1024);
    }

    /** A POST, ready to be sent many times. */
    static byte[] post(String path, String body) {
        return post(path, body, "");
    }

    /** The same with more lines in its head, each with its end. */
    static byte[] post(String path, String body, String lines) {
        return ("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + lines + "Content-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The body of a JSON-RPC call, whose parameters are texts or truth values. */
    static String json(String method, String... params) {
        String values = Stream.of(params)
                .map(value -> value.matches("true|false") ? value : "\"" + value + "\"")
                .collect(Collectors.joining(","));
        return "{\"method\":\"" + method + "\",\"params\":[" + values + "],\"id\":1}";
    }

    /** The body of an XML-RPC call. */
    static String xml(String method, String... params) {
        StringBuilder out = new StringBuilder("<?xml version=\"1.0\"?><methodCall><methodName>" + method);
        out.append("</methodName><params>");
        for (String param : params) {
            out.append("<param><value>").append(param).append("</value></param>");
        }
        return out.append("</params></methodCall>").toString();
    }

    /** Sends a request; the body of its answer. */
    byte[] exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        ByteArrayOutputStream lines = new ByteArrayOutputStream(512);
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed: " + lines);
            }
            lines.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        head = lines.toString(StandardCharsets.ISO_8859_1);
        int length = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length:") + 15;
        return in.readNBytes(Integer.parseInt(
                head.substring(length, head.indexOf('\r', length)).strip()));
    }

    String head() {
        return head;
    }

    /** The result of a JSON-RPC call that succeeds, as JSON. */
    String call(String method, String... params) throws IOException {
        String answer = new String(exchange(post("/jsonrpc", json(method, params))), StandardCharsets.UTF_8);
        if (!answer.contains("\"error\":null")) {
            throw new IOException(answer);
        }
        return answer.substring(answer.indexOf(':') + 1, answer.lastIndexOf(",\"error\":null"));
    }

    /** The first reference in a result. */
    static String ref(String json) {
        return json.replaceAll("(?s).*?(OpaqueRef:[0-9a-f-]+).*", "$1");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
