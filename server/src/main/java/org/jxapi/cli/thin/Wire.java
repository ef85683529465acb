package org.jxapi.cli.thin;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The server's side of the thin CLI protocol: little-endian integers, strings with their length before them. */
public final class Wire {
    private static final byte[] PREFIX = "XenSource thin CLI protocol".getBytes(StandardCharsets.US_ASCII);
    private static final int MAJOR = 0;
    private static final int MINOR = 2;
    private static final int COMMAND = 9;
    private static final int RESPONSE = 10;
    private static final int BLOB = 11;
    private static final int CHUNK = 7;
    private static final int WAIT = 18;
    private static final int OK = 5;

    /** The largest file that XAPI takes this way. */
    private static final int MAX_UPLOAD = 32 << 20;

    private final InputStream in;
    private final OutputStream out;
    private final boolean hints;

    /** @param hints whether the client shows hints to a person */
    public Wire(InputStream in, OutputStream out, boolean hints) {
        this.in = in;
        this.out = out;
        this.hints = hints;
    }

    /** The greeting that either side sends first. */
    public static byte[] greeting() {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.writeBytes(PREFIX);
        putInt(hello, MAJOR);
        putInt(hello, MINOR);
        return hello.toByteArray();
    }

    /** Greets the client, and checks that it speaks the same. */
    public void open() throws IOException {
        out.write(greeting());
        if (!Arrays.equals(bytes(PREFIX.length), PREFIX) || readInt() != MAJOR) {
            throw new IOException("the client speaks a different protocol");
        }
        readInt();
    }

    public void print(String text) throws IOException {
        command(0, text);
    }

    public void printStderr(String text) throws IOException {
        command(16, text);
    }

    /**
     * A line on stderr for a person at a terminal. Scripts get only what XAPI prints: many compare or parse it, with stderr
     * merged into stdout.
     *
     * @param text may be empty, which is no hint
     */
    public void hint(String text) throws IOException {
        if (hints && !text.isEmpty()) {
            printStderr(text + "\n");
        }
    }

    /** An error that the client shows by its code. */
    public void error(String code, List<String> params) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        putInt(payload, COMMAND);
        putInt(payload, 14);
        putString(payload, code);
        putInt(payload, params.size());
        for (String param : params) {
            putString(payload, param);
        }
        send(payload);
    }

    public void exit(int status) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        putInt(payload, COMMAND);
        putInt(payload, 4);
        putInt(payload, status);
        send(payload);
    }

    /** Asks for a line. */
    public String prompt() throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        putInt(payload, COMMAND);
        putInt(payload, 3);
        send(payload);
        return new String(blob(), StandardCharsets.UTF_8);
    }

    /** Asks for a file of the client's, which it gives only if its own command line names it. */
    public Optional<byte[]> load(String file) throws IOException {
        command(1, file);
        return answer() ? Optional.of(blob()) : Optional.empty();
    }

    /** Has the client's terminal connected to a console, by an HTTP CONNECT of its own; whether that worked. */
    public boolean connect(String path) throws IOException {
        command(17, path);
        return answer();
    }

    /** Has the client fetch a URL of this host into a new file, or to its stdout for an empty name; whether it could. */
    public boolean get(String file, String path) throws IOException {
        command(12, file, path);
        return answer();
    }

    /** Has the client send a file of its own to a URL of this host; whether it could. */
    public boolean put(String file, String path) throws IOException {
        command(13, file, path);
        return answer();
    }

    /** Whether the client has disconnected. */
    public synchronized boolean clientGone() {
        try {
            checkClient();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Throws EOFException if the client has disconnected. */
    public void checkClient() throws IOException {
        in.available();
    }

    /** Reads the client's answer, over its heartbeats: whether it has succeeded. */
    private boolean answer() throws IOException {
        while (true) {
            readInt();
            int kind = readInt();
            if (kind != RESPONSE) {
                throw new IOException("unexpected message from the client: " + kind);
            }
            int response = readInt();
            if (response != WAIT) {
                return response == OK;
            }
        }
    }

    private byte[] blob() throws IOException {
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        while (true) {
            readInt();
            int kind = readInt();
            if (kind == BLOB) {
                if (readInt() != CHUNK) {
                    return blob.toByteArray();
                }
                int length = readInt();
                if (length < 0 || length > MAX_UPLOAD - blob.size()) {
                    throw new CliException("the file is too large: the limit is " + MAX_UPLOAD + " bytes");
                }
                blob.write(bytes(length));
            } else {
                throw new IOException("unexpected message from the client: " + kind);
            }
        }
    }

    private void command(int tag, String... texts) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        putInt(payload, COMMAND);
        putInt(payload, tag);
        for (String text : texts) {
            putString(payload, text);
        }
        send(payload);
    }

    /** Messages of several threads, such as those about a transfer's progress, do not mix. */
    private synchronized void send(ByteArrayOutputStream payload) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        putInt(message, payload.size());
        payload.writeTo(message);
        out.write(message.toByteArray());
    }

    private static void putInt(ByteArrayOutputStream to, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            to.write(value >>> shift);
        }
    }

    private static void putString(ByteArrayOutputStream to, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putInt(to, bytes.length);
        to.write(bytes);
    }

    private int readInt() throws IOException {
        byte[] b = bytes(4);
        return b[0] & 0xFF | (b[1] & 0xFF) << 8 | (b[2] & 0xFF) << 16 | b[3] << 24;
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the client has disconnected");
        }
        return bytes;
    }
}
