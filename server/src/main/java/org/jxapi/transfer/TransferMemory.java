package org.jxapi.transfer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jxapi.datamodel.XenApiException;

/**
 * The memory that all transfers together may take for one kind of need. By default that is Java's heap for the parts of
 * uploads that must be held whole: the descriptions of archives and the tables of disk images. Disks themselves pass in
 * pieces.
 */
final class TransferMemory {
    /** Parts up to this size, in bytes, always find room. */
    private static final int SMALL = 64 * 1024;
    /** The largest part, in bytes, where the heap allows it. */
    private static final long LARGEST = 16 << 20;
    /** Bytes of heap for a byte of a part: its own bytes, and the objects that are read from it. */
    private static final int FACTOR = 8;

    private final long all;
    private final int factor;
    private final long small;
    private final long largest;
    private final AtomicLong taken = new AtomicLong();

    TransferMemory() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    /** @param all bytes of heap that may be in use at a time */
    TransferMemory(long all) {
        this(all, FACTOR, SMALL, Math.min(LARGEST, all / FACTOR));
    }

    /**
     * @param all bytes of memory that may be in use at a time
     * @param factor bytes of memory for a byte of a part
     * @param small parts up to this size, in bytes, always find room
     * @param largest the size of the largest part, in bytes
     */
    TransferMemory(long all, int factor, long small, long largest) {
        this.all = all;
        this.factor = factor;
        this.small = small;
        this.largest = largest;
    }

    /** The size of the largest part that is read, in bytes. */
    long largest() {
        return largest;
    }

    /** Memory that was taken. Closing it returns the memory. */
    interface Taken extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes room for a part.
     *
     * @param what names the part in errors
     * @param error makes the error for a part that is too large, or for which there is no room now
     */
    Taken take(String what, long bytes, Function<String, XenApiException> error) {
        if (bytes > largest) {
            throw error.apply(what + " has " + bytes + " bytes, more than the " + largest + " that are read");
        }
        if (bytes <= small) {
            return () -> {};
        }
        long needed = bytes * factor;
        if (taken.addAndGet(needed) > all) {
            taken.addAndGet(-needed);
            throw error.apply("there is no memory for " + what + " of " + bytes
                    + " bytes while other large uploads are read: try again later");
        }
        return () -> taken.addAndGet(-needed);
    }
}
