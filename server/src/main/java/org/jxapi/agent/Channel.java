package org.jxapi.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS connection of frames: four bytes with a length, then so many bytes. They are a message in JSON, or a zero, the
 * number of a call in eight bytes, and bytes of its stream. A frame of length 0 says that this side is there. Sending never blocks: a thread of the connection writes. If the peer takes too little, the connection
 * ends.
 */
final class Channel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);
    /** The largest frame: the answer with all of xenstore, or all domains, takes a small part of it. */
    static final int MAX_FRAME = 16 << 20;
    /** The most bytes that may wait for a peer to read them. */
    private static final long MAX_WAITING = 64L << 20;

    private static final int MAX_DEPTH = 32;

    private static final JsonMapper JSON = JsonMapper.builder()
            // Nodes of xenstore may hold half of a surrogate pair, which has no form in UTF-8.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_FRAME)
                        .build());
    }

    private static final byte[] END = {};
    /** The first byte of a frame with bytes of a stream. */
    private static final byte BYTES = 0;

    private static final int BYTES_HEAD = 1 + Long.BYTES;

    /**
     * A frame from the peer.
     *
     * @param message that has the number of a call as {@code id}, if it comes with bytes
     * @param bytes of a stream; null for a message alone
     */
    record Frame(JsonNode message, byte @Nullable [] bytes) {
        /** Whether it ends a call: it is neither of a stream, nor a progress, nor a question. */
        boolean isLast() {
            return bytes == null && !message.has("progress") && !message.has("ask");
        }
    }

    private final Socket raw;
    private final SSLSocket tls;
    private final AgentTiming timing;
    private final DataInputStream in;
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private volatile boolean closed;
    /** When the write in progress began, by the system's nanoseconds; 0 if none is in progress. */
    private volatile long writing;

    /**
     * @param raw what {@code tls} is upon; closing it ends reads and writes in progress, also those of a full peer
     * @param tls after its handshake
     */
    Channel(Socket raw, SSLSocket tls, AgentTiming timing) throws IOException {
        this.raw = raw;
        this.tls = tls;
        this.timing = timing;
        this.in = new DataInputStream(new BufferedInputStream(tls.getInputStream()));
        raw.setTcpNoDelay(true);
        raw.setSoTimeout(Math.toIntExact(timing.dead().toMillis()));
    }

    /** Begins to write. */
    void start(String name) {
        Thread writer = new Thread(this::write, name);
        writer.setDaemon(true);
        writer.start();
    }

    private void write() {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(tls.getOutputStream()))) {
            while (!closed) {
                byte[] next = outgoing.poll();
                if (next == null) {
                    flush(out);
                    next = outgoing.poll(timing.ping().toMillis(), TimeUnit.MILLISECONDS);
                }
                if (next == null) {
                    out.writeInt(0);
                } else if (next != END) {
                    writing = System.nanoTime() | 1;
                    out.writeInt(next.length);
                    out.write(next);
                    writing = 0;
                    waiting.addAndGet(-next.length);
                }
            }
        } catch (IOException e) {
            LOG.debug("Agent: the peer cannot be written to", e);
        } catch (InterruptedException e) {
            LOG.debug("Agent: a writer ends", e);
        } finally {
            close();
        }
    }

    private void flush(DataOutputStream out) throws IOException {
        writing = System.nanoTime() | 1;
        out.flush();
        writing = 0;
    }

    /**
     * Sends a message, unless the connection has ended.
     *
     * @return false, and nothing is sent, if the message is too large for a frame
     */
    boolean send(JsonNode message) {
        byte[] frame;
        try {
            frame = JSON.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        if (frame.length > MAX_FRAME) {
            return false;
        }
        enqueue(frame);
        return true;
    }

    /** Sends bytes of a call's stream, which are few; none are its end. */
    void sendBytes(long id, byte[] bytes) {
        enqueue(ByteBuffer.allocate(BYTES_HEAD + bytes.length)
                .put(BYTES)
                .putLong(id)
                .put(bytes)
                .array());
    }

    private void enqueue(byte[] frame) {
        if (waiting.addAndGet(frame.length) > MAX_WAITING) {
            LOG.warn("Agent: {} takes too little of what it is sent, so it is disconnected", raw.getInetAddress());
            close();
        } else {
            outgoing.add(frame);
        }
    }

    /** Waits for the next frame; IOException when the connection ends, is dead, or brings something else. */
    Frame receive() throws IOException {
        while (true) {
            int length = in.readInt();
            checkWriter();
            if (length < 0 || length > MAX_FRAME) {
                throw new IOException("a frame of " + Integer.toUnsignedString(length) + " bytes is too large");
            }
            if (length > 0) {
                // Memory is taken as the bytes come, not as the length says.
                byte[] frame = in.readNBytes(length);
                if (frame.length < length) {
                    throw new EOFException();
                }
                return frame[0] == BYTES ? bytes(frame) : new Frame(message(frame), null);
            }
        }
    }

    private static Frame bytes(byte[] frame) throws IOException {
        if (frame.length < BYTES_HEAD) {
            throw new EOFException();
        }
        long id = ByteBuffer.wrap(frame).getLong(1);
        return new Frame(JSON.createObjectNode().put("id", id), Arrays.copyOfRange(frame, BYTES_HEAD, frame.length));
    }

    private static JsonNode message(byte[] frame) throws IOException {
        JsonNode message = JSON.readTree(frame);
        if (!message.isObject()) {
            throw new IOException("a message is no object");
        }
        return message;
    }

    /** Ends a connection whose peer sends, but does not read. */
    private void checkWriter() throws IOException {
        long since = writing;
        if (since != 0 && System.nanoTime() - since > timing.dead().toNanos()) {
            throw new IOException("the peer has read nothing for " + timing.dead());
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the connection at once. */
    @Override
    public void close() {
        closed = true;
        outgoing.add(END);
        close(raw);
    }

    static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.debug("Agent: a connection cannot be closed", e);
        }
    }
}
