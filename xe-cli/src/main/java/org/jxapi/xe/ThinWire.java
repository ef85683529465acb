package org.jxapi.xe;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The client's side of the thin CLI protocol: little-endian integers, strings with their length before them. */
final class ThinWire {
    static final int MAJOR = 0;
    static final int MINOR = 2;

    static final int OK = 5;
    static final int FAILED = 6;
    static final int WAIT = 18;

    private static final byte[] PREFIX = "XenSource thin CLI protocol".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_MESSAGE = 64 << 20;
    private static final int COMMAND = 9;
    private static final int RESPONSE = 10;
    private static final int BLOB = 11;
    private static final int CHUNK = 7;
    private static final int END = 8;

    /** The first byte of an answer to a client that does not speak TLS. */
    private static final byte TLS_ALERT = 21;

    private final InputStream in;
    private final OutputStream out;

    ThinWire(Connection connection) {
        this.in = connection.in;
        this.out = connection.out;
    }

    /** Exchanges versions with a server that has got the command line. */
    void greet() throws IOException {
        byte[] prefix = new byte[PREFIX.length];
        int read = in.readNBytes(prefix, 0, prefix.length);
        String text = new String(prefix, 0, read, StandardCharsets.US_ASCII);
        if (read == 0) {
            throw new ClientException("Unable to contact server. Please check server and port settings.");
        }
        if (text.startsWith("HTTP")) {
            throw new ClientException("Server internal error.");
        }
        if (prefix[0] == TLS_ALERT) {
            throw new ClientException(
                    "The server expects TLS on that port, and xe has connected without it, as it does with"
                            + " --nossl and to 127.0.0.1. Give the port for HTTP with -p.");
        }
        if (!Arrays.equals(prefix, PREFIX)) {
            throw new ClientException("The server does not speak the XenAPI. Check the options -s and -p.");
        }
        int major = number();
        int minor = number();
        if (major != MAJOR) {
            throw new ClientException("Protocol version mismatch: the server speaks " + major + "." + minor
                    + ", this client " + MAJOR + "." + MINOR + ".");
        }
        out.write(PREFIX);
        numbers(MAJOR, MINOR);
    }

    /** The next command: its tag, then its arguments. */
    ByteBuffer command() throws IOException {
        int length = number();
        if (length < 8 || length > MAX_MESSAGE) {
            throw new ClientException("Unexpected message from server: " + length + " bytes");
        }
        ByteBuffer message = ByteBuffer.wrap(bytes(length)).order(ByteOrder.LITTLE_ENDIAN);
        int kind = message.getInt();
        if (kind != COMMAND) {
            throw new ClientException("Unexpected message from server: kind " + kind);
        }
        return message;
    }

    /** The next string of a command. */
    static String text(ByteBuffer message) throws IOException {
        if (message.remaining() < 4) {
            throw new ClientException("Unexpected message from server: too short");
        }
        int length = message.getInt();
        if (length < 0 || length > message.remaining()) {
            throw new ClientException("Unexpected message from server: a string of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        message.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** OK, FAILED, or WAIT while a transfer goes on. */
    synchronized void respond(int response) throws IOException {
        numbers(8, RESPONSE, response);
    }

    /** Announces a chunk of this many bytes, for the caller to write to the returned stream. */
    OutputStream chunk(int length) throws IOException {
        numbers(12, BLOB, CHUNK, length);
        return out;
    }

    void endOfBlob() throws IOException {
        numbers(8, BLOB, END);
    }

    private void numbers(int... numbers) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            buffer.putInt(number);
        }
        out.write(buffer.array());
        out.flush();
    }

    private int number() throws IOException {
        return ByteBuffer.wrap(bytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
