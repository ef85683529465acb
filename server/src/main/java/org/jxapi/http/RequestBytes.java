package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request as it comes, piece by piece: its head up to the empty line, and the beginning of its body. */
final class RequestBytes {
    static final int MAX_HEAD = 16 * 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private int last;
    private int headEnd = -1;

    /** Takes a piece. */
    void add(ByteBuffer piece) {
        int first = bytes.size();
        int count = piece.remaining();
        byte[] read = new byte[count];
        piece.get(read);
        bytes.writeBytes(read);
        for (int i = 0; i < count && headEnd < 0; i++) {
            if (read[i] == '\n') {
                headEnd = last == '\n' ? first + i + 1 : -1;
                last = '\n';
            } else if (read[i] != '\r') {
                last = read[i];
            }
        }
    }

    /** Whether the head's empty line has come. */
    boolean headComplete() {
        return headEnd >= 0;
    }

    boolean headTooLong() {
        return headEnd < 0 ? bytes.size() > MAX_HEAD : headEnd > MAX_HEAD;
    }

    String head() {
        return new String(bytes.toByteArray(), 0, headEnd, StandardCharsets.ISO_8859_1);
    }

    int bodySize() {
        return bytes.size() - headEnd;
    }

    byte[] body() {
        return Arrays.copyOfRange(bytes.toByteArray(), headEnd, bytes.size());
    }
}
