package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** An image in a stream, which is read from its beginning to its end and never back. */
final class Forward {
    private final Incoming in;
    private final String format;
    private final ByteOrder order;
    private long at;

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
        at += count;
        return ByteBuffer.wrap(bytes, 0, count).order(order);
    }

    void fill(byte[] to, int length) {
        in.fill(to, length);
        at += length;
    }

    void skipTo(long where) {
        if (where < at) {
            throw outOfOrder();
        }
        in.skip(where - at);
        at = where;
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
