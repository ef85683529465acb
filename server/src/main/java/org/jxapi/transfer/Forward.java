package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** An image in a stream, which is read from its beginning to its end; only what {@link #keep} names can be read again. */
final class Forward {
    private final Incoming in;
    private final String format;
    private final ByteOrder order;
    private long at;
    /** The bytes from {@code keptFrom} on, so far. */
    private byte[] kept = new byte[0];

    private long keptFrom;
    private int keptCount;

    /**
     * @param format its name, for errors
     * @param order of the bytes of its numbers
     */
    Forward(Incoming in, String format, ByteOrder order) {
        this.in = in;
        this.format = format;
        this.order = order;
    }

    /** Where the next byte is in the image. */
    long at() {
        return at;
    }

    /** Reads that many bytes, which the caller has checked. */
    ByteBuffer read(int length) {
        byte[] bytes = new byte[length];
        fill(bytes, length);
        return ByteBuffer.wrap(bytes).order(order);
    }

    /** Reads up to that many bytes: fewer only at the end of the stream. */
    ByteBuffer some(int length) {
        byte[] bytes = new byte[length];
        int count = in.some(bytes, length);
        passed(bytes, count);
        return ByteBuffer.wrap(bytes, 0, count).order(order);
    }

    void fill(byte[] to, int length) {
        in.fill(to, length);
        passed(to, length);
    }

    void skipTo(long where) {
        if (where < at) {
            throw outOfOrder();
        }
        int first = (int) Math.min(keepable(), where - at);
        fill(new byte[first], first);
        in.skip(where - at);
        at = where;
    }

    /** Keeps the bytes that come next, up to that many, in the place of those that it has kept before. */
    void keep(int length) {
        kept = kept.length == length ? kept : new byte[length];
        keptFrom = at;
        keptCount = 0;
    }

    /** Whether that byte has passed and is kept. */
    boolean has(long where) {
        return where >= keptFrom && where < keptFrom + keptCount;
    }

    /** Reads up to that many bytes again, from one that is kept on: fewer where those that are kept end. */
    ByteBuffer again(long where, int length) {
        int from = (int) (where - keptFrom);
        return ByteBuffer.wrap(kept, from, Math.min(length, keptCount - from))
                .slice()
                .order(order);
    }

    /** How many of the next bytes are to be kept. */
    private int keepable() {
        return keptFrom + keptCount == at ? kept.length - keptCount : 0;
    }

    private void passed(byte[] bytes, int length) {
        int count = Math.min(keepable(), length);
        System.arraycopy(bytes, 0, kept, keptCount, count);
        keptCount += count;
        at += length;
    }

    /** Passes over the rest of a unit of that many bytes, such as a sector. */
    void align(int unit) {
        skipTo((at + unit - 1) / unit * unit);
    }

    XenApiException outOfOrder() {
        return bad("its parts do not come in the order in which they can be read from a stream. Make an image with"
                + " \"qemu-img convert -O qcow2\"");
    }

    XenApiException bad(String why) {
        return Errors.vdiIoError("Invalid " + format + ": " + why);
    }
}
