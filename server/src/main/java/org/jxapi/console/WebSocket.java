package org.jxapi.console;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jxapi.http.RequestHead;

/**
 * The server's side of a WebSocket (RFC 6455) over a connection: what browsers need to reach a console. Bytes go out as
 * binary messages; those of the peer's messages, binary or text, come in as one stream.
 */
final class WebSocket {
    /** Of RFC 6455, 1.3. */
    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    /** What noVNC and XAPI speak; also the only one of XAPI. */
    private static final String BINARY = "binary";

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int BINARY_FRAME = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int LONGEST_CONTROL = 125;
    private static final int PROTOCOL_ERROR = 1002;

    private final InputStream from;
    private final OutputStream to;
    private boolean closed;

    WebSocket(InputStream from, OutputStream to) {
        this.from = from;
        this.to = to;
    }

    /** Whether the request asks for one; its key is what the answer is made of. */
    static boolean asked(RequestHead request) {
        return request.headers().getOrDefault("upgrade", "").equalsIgnoreCase("websocket")
                && request.headers().containsKey("sec-websocket-key");
    }

    /** The answer that makes the connection a WebSocket. */
    static byte[] answer(RequestHead request) {
        String offered = request.headers().getOrDefault("sec-websocket-protocol", "");
        boolean binary = Arrays.asList(offered.split("\\s*,\\s*")).contains(BINARY);
        return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + accept(request.headers().get("sec-websocket-key")) + "\r\n"
                        + (binary ? "Sec-WebSocket-Protocol: " + BINARY + "\r\n" : "") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + ACCEPT).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    InputStream in() {
        return new In();
    }

    OutputStream out() {
        return new Out();
    }

    private synchronized void send(int kind, byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the WebSocket is closed");
        }
        ByteBuffer frame = ByteBuffer.allocate(10 + length);
        frame.put((byte) (FINAL | kind));
        if (length < 126) {
            frame.put((byte) length);
        } else if (length < 65_536) {
            frame.put((byte) 126).putShort((short) length);
        } else {
            frame.put((byte) 127).putLong(length);
        }
        frame.put(bytes, offset, length);
        closed = kind == CLOSE;
        to.write(frame.array(), 0, frame.position());
        to.flush();
    }

    private synchronized void sayGoodbye(byte[] reason) throws IOException {
        if (!closed) {
            send(CLOSE, reason, 0, reason.length);
        }
    }

    /** What the peer's messages hold; its end is that of the WebSocket. */
    private final class In extends InputStream {
        private final byte[] mask = new byte[4];
        private long left;
        private int masked;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (left == 0) {
                if (!frame()) {
                    return -1;
                }
            }
            int count = from.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                return -1;
            }
            unmask(bytes, offset, count);
            left -= count;
            return count;
        }

        private void unmask(byte[] bytes, int offset, int count) {
            for (int i = offset; i < offset + count; i++) {
                bytes[i] ^= mask[masked++ & 3];
            }
        }

        /** Reads the head of the next frame, and all of one that is about the WebSocket itself; false at the end. */
        private boolean frame() throws IOException {
            int first = from.read();
            if (first < 0) {
                return false;
            }
            int second = need();
            int kind = first & 0x0F;
            int size = second & 0x7F;
            boolean control = kind >= CLOSE;
            if ((second & MASKED) == 0 || (first & 0x70) != 0 || control && size > LONGEST_CONTROL) {
                sayGoodbye(
                        ByteBuffer.allocate(2).putShort((short) PROTOCOL_ERROR).array());
                return false;
            }
            long payload = size;
            if (size >= 126) {
                payload = 0;
                for (int i = size == 126 ? 2 : 8; i > 0; i--) {
                    payload = payload << 8 | need();
                }
            }
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) need();
            }
            masked = 0;
            if (payload < 0) {
                throw new IOException("a frame of " + Long.toUnsignedString(payload) + " bytes");
            }
            if (!control) {
                left = payload;
                return true;
            }
            byte[] content = from.readNBytes(size);
            unmask(content, 0, content.length);
            if (kind == CLOSE) {
                sayGoodbye(content);
            } else if (kind == PING) {
                send(PONG, content, 0, content.length);
            }
            return kind != CLOSE;
        }

        private int need() throws IOException {
            int b = from.read();
            if (b < 0) {
                throw new EOFException("the connection ended within a frame");
            }
            return b;
        }
    }

    /** Each write is a message; closing says good-bye and closes the connection. */
    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            send(BINARY_FRAME, bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            try {
                sayGoodbye(new byte[0]);
            } finally {
                to.close();
            }
        }
    }
}
