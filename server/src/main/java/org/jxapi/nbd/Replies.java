package org.jxapi.nbd;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The replies to a client's requests. A client that does not take them is late. */
final class Replies {
    /** How long a client may take for a piece of data, which is small. */
    private static final Duration PROMPT = Duration.ofSeconds(60);

    private final Connection connection;
    private final DataOutputStream out;

    Replies(Connection connection) {
        this.connection = connection;
        this.out = connection.out();
    }

    /** A reply without data, or the head of one whose data follows. */
    void simple(Request request, int error) throws IOException {
        begin();
        out.writeInt(Wire.SIMPLE_REPLY);
        out.writeInt(error);
        out.writeLong(request.cookie());
    }

    /** The head of a chunk of a structured reply, whose content of that length follows. */
    void chunk(Request request, boolean last, int type, int length) throws IOException {
        begin();
        out.writeInt(Wire.STRUCTURED_REPLY);
        out.writeShort(last ? Wire.CHUNK_DONE : 0);
        out.writeShort(type);
        out.writeLong(request.cookie());
        out.writeInt(length);
    }

    /** The last chunk of a reply to a request that has failed. */
    void error(Request request, int error, String message) throws IOException {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        chunk(request, true, Wire.CHUNK_ERROR, Integer.BYTES + Short.BYTES + text.length);
        out.writeInt(error);
        out.writeShort(text.length);
        out.write(text);
    }

    /** A chunk with data of the disk. */
    void data(Request request, boolean last, long offset, byte[] bytes, int length) throws IOException {
        chunk(request, last, Wire.CHUNK_OFFSET_DATA, Long.BYTES + length);
        out.writeLong(offset);
        out.write(bytes, 0, length);
    }

    /** A chunk that says that there are only zeros. */
    void hole(Request request, boolean last, long offset, int length) throws IOException {
        chunk(request, last, Wire.CHUNK_OFFSET_HOLE, Long.BYTES + Integer.BYTES);
        out.writeLong(offset);
        out.writeInt(length);
    }

    void bytes(byte[] bytes, int length) throws IOException {
        begin();
        out.write(bytes, 0, length);
    }

    void flush() throws IOException {
        begin();
        out.flush();
    }

    private void begin() {
        connection.deadline().within(PROMPT);
    }
}
