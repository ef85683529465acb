package org.jxapi.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Uploads and downloads as xe makes them: on a connection of their own, the body after the answer's head. */
public final class Http implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Sends the head of a request; {@code headers} end in CRLF each. */
    public Http(TestDaemon daemon, String method, String target, String... headers) throws IOException {
        URI uri = URI.create(daemon.endpoint("http:"));
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(60_000);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.0\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    public static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The head of the answer. */
    public String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the answer ended: " + head);
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    public void send(byte[] body) throws IOException {
        out.write(body);
        out.flush();
    }

    /** Sends a long body. */
    public void send(InputStream body) throws IOException {
        copy(body, out);
        out.flush();
    }

    /** That many bytes of the body. */
    public byte[] body(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the body ended after " + bytes.length + " bytes");
        }
        return bytes;
    }

    /** All that comes until the connection ends. */
    public byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    /** The same, into a stream. */
    public void rest(OutputStream to) throws IOException {
        copy(in, to);
    }

    /** Copies all that comes, in large pieces. */
    public static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] piece = new byte[256 * 1024];
        for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
            to.write(piece, 0, n);
        }
    }

    /** No more comes from here. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
