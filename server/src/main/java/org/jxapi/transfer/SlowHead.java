package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bytes that are known before those that follow them: they go out little by little while the rest is worked out, so that
 * the connection is in use, and the work ends when the client has gone.
 */
final class SlowHead {
    private static final long PACE = TimeUnit.SECONDS.toNanos(1);
    /** Bytes at a time. A kilobyte and a half then last for the search of a very large disk. */
    private static final int DROP = 1;

    private final Outgoing out;
    private final ByteBuffer left;
    private final LongSupplier clock;
    private long last;

    /** @param clock the time in nanoseconds */
    SlowHead(Outgoing out, LongSupplier clock, byte[]... parts) {
        this.out = out;
        this.clock = clock;
        this.last = clock.getAsLong();
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        left = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            left.put(part);
        }
        left.flip();
    }

    /** Sends a little if nothing has gone out for a while; CLIENT_ERROR when the client has gone. */
    void flow() {
        if (left.hasRemaining() && clock.getAsLong() - last >= PACE) {
            last = clock.getAsLong();
            send(DROP);
        }
    }

    /** Sends all that is left. */
    void finish() {
        send(left.remaining());
    }

    private void send(int count) {
        byte[] bytes = new byte[count];
        left.get(bytes);
        out.write(bytes);
    }
}
