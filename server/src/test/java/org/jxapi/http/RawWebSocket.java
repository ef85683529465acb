package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A browser's end of a WebSocket, byte by byte. */
final class RawWebSocket implements Closeable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FINAL = 0x80;

    static final String HEADERS =
            "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;

    /** A frame of the server. */
    record Frame(int first, byte[] payload) {
        int code() {
            return ByteBuffer.wrap(payload).getShort();
        }
    }

    RawWebSocket(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request; the head of the answer. */
    String request(String target, String headers) throws IOException {
        send(("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** Reads and drops a body. */
    void drop(int length) throws IOException {
        in.readFully(new byte[length]);
    }

    RawWebSocket open(String target) throws IOException {
        assertThat(request(target, HEADERS)).startsWith("HTTP/1.1 101 ");
        return this;
    }

    Socket socket() {
        return socket;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends a masked frame. */
    void send(int first, byte[] payload) throws IOException {
        send(frame(first, payload));
    }

    static byte[] frame(int first, byte[] payload) {
        byte[] mask = {1, 2, 3, 4};
        ByteBuffer frame = head(first, payload.length).put(mask);
        ByteBuffer whole = ByteBuffer.allocate(frame.position() + payload.length);
        whole.put(frame.flip());
        for (int i = 0; i < payload.length; i++) {
            whole.put((byte) (payload[i] ^ mask[i & 3]));
        }
        return whole.array();
    }

    /** The beginning of a masked frame, up to its mask; a length below 0 is one above 2^63. */
    static ByteBuffer head(int first, long length) {
        ByteBuffer head = ByteBuffer.allocate(14).put((byte) first);
        if (length >= 0 && length < 126) {
            head.put((byte) (0x80 | length));
        } else if (length >= 0 && length < 65_536) {
            head.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            head.put((byte) (0x80 | 127)).putLong(length);
        }
        return head;
    }

    /** The server's next frame. */
    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        assertThat(length).as("a server's frame has no mask").isLessThan(0x80);
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(first, payload);
    }

    /** Whether the server has closed the connection. */
    boolean ended() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
