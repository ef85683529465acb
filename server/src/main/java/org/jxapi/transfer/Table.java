package org.jxapi.transfer;

import java.nio.ByteBuffer;

/** Numbers on their way out, big-endian, in pieces. */
final class Table {
    private static final int PIECE = 64 * 1024;

    private final Outgoing out;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private long sent;

    /** @param sent the bytes that have gone out before */
    Table(Outgoing out, long sent) {
        this.out = out;
        this.sent = sent;
    }

    /** Bytes so far. */
    long written() {
        return sent + piece.position();
    }

    void putShort(short number) {
        room(Short.BYTES).putShort(number);
    }

    void putInt(int number) {
        room(Integer.BYTES).putInt(number);
    }

    void putLong(long number) {
        room(Long.BYTES).putLong(number);
    }

    private ByteBuffer room(int bytes) {
        if (piece.remaining() < bytes) {
            flush();
        }
        return piece;
    }

    /** Appends zeros. */
    void zeros(long count) {
        for (long left = count; left > 0; ) {
            int length = (int) Math.min(left, room(1).remaining());
            piece.put(new byte[length]);
            left -= length;
        }
    }

    /** Appends zeros up to a position; nothing if that has passed. */
    void fillTo(long position) {
        zeros(position - written());
    }

    /** Sends all so far. */
    void flush() {
        out.write(piece.array(), piece.position());
        sent += piece.position();
        piece.clear();
    }
}
