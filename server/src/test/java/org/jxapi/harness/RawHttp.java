package org.jxapi.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection on which tests say what they like, byte for byte. */
public final class RawHttp implements AutoCloseable {
    private final Socket socket;

    public RawHttp(URL base) throws IOException {
        this(new Socket(InetAddress.getByName(base.getHost()), base.getPort()));
    }

    public RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
    }

    /** One request and its answer, on a connection of its own. */
    public static String exchange(URL base, String request) throws IOException {
        try (RawHttp http = new RawHttp(base)) {
            http.send(request);
            return http.answer();
        }
    }

    /** The body of an answer to a POST. */
    public static String post(URL base, String path, String body) throws IOException {
        String answer = exchange(base, request(path, body));
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    public static String request(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes(body).length + "\r\n\r\n" + body;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public void send(String text) throws IOException {
        send(bytes(text));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Says that nothing more will come. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The next answer, head and body; empty when the connection was closed instead. */
    public String answer() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return head.toString(StandardCharsets.UTF_8);
            }
            head.write(b);
        }
        int length = 0;
        for (String line : head.toString(StandardCharsets.ISO_8859_1).split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        head.write(in.readNBytes(length));
        return head.toString(StandardCharsets.UTF_8);
    }

    /** All that comes until the daemon closes the connection. */
    public byte[] rest() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** Whether the daemon has closed the connection, after all that it had to say. */
    public boolean closed() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
