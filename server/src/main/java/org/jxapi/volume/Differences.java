package org.jxapi.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jxapi.image.Image;
import org.jxapi.volume.SharedParts.Part;

/**
 * A disk and another with which it is compared, the base. Both are open to be read. Nothing may write to them meanwhile.
 * Where the base has ended, it counts as zeros. Offsets and lengths are bytes. For one thread.
 */
public final class Differences implements Closeable {
    /** How much is compared at a time. */
    private static final int PIECE = 64 * 1024;
    /** The longest part that is looked at without a report. */
    private static final long STEP = 1L << 30;

    private final Image disk;
    private final Image base;
    private final SharedParts shared;
    private final byte[] ours = new byte[PIECE];
    private final byte[] theirs = new byte[PIECE];

    Differences(Image disk, Image base, SharedParts shared) {
        this.disk = disk;
        this.base = base;
        this.shared = shared;
    }

    /** The way to an image. */
    public interface Opening {
        Image open() throws IOException;
    }

    /** Compares an open disk with a base that is opened now. No shared parts are known. A failure closes the disk. */
    public static Differences of(Image disk, Opening base) throws IOException {
        try {
            return new Differences(disk, base.open(), SharedParts.NONE);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** The same with parts that are known to be the same, which are closed with this object. A failure closes them too. */
    public static Differences of(Image disk, Opening base, SharedParts parts) throws IOException {
        try {
            return of(disk, base).sharing(parts);
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The same disks with the parts that they share; this object is not used any more. */
    Differences sharing(SharedParts parts) {
        return new Differences(disk, base, parts);
    }

    /** The contents of the disk, which are closed with this object. */
    public Image disk() {
        return disk;
    }

    /** Where a piece begins in which the disk differs. */
    public interface Piece {
        void at(long offset) throws IOException;
    }

    /**
     * The part that begins there and is alike, of {@code length} bytes at most, as far as that is known without reading
     * contents.
     *
     * @param length at least 1
     */
    public Part part(long offset, long length) throws IOException {
        Part first = step(offset, length);
        long at = first.length();
        while (at < length) {
            Part next = step(offset + at, length - at);
            if (next.same() != first.same()) {
                break;
            }
            at += next.length();
        }
        return new Part(at, first.same());
    }

    private Part step(long offset, long length) throws IOException {
        Image.Extent here = disk.extent(offset, length);
        Image.Extent there = base.extent(offset, here.length());
        return here.hole() && there.hole() ? new Part(there.length(), true) : shared.part(offset, there.length());
    }

    /**
     * Finds all pieces in which the disk differs. Both disks are read where they may differ.
     *
     * @param bytes where the search ends: the size of the disk
     * @param size of a piece; the first begins at 0
     * @param progress gets the place that is reached, often; an exception from it ends the search
     * @param differing gets the beginning of each piece, in rising order
     */
    public void find(long bytes, int size, LongConsumer progress, Piece differing) throws IOException {
        long window = size;
        for (long at = 0; at < bytes; ) {
            progress.accept(at);
            // Long parts that are the same are passed quickly, and others are looked at only once.
            long most = window > size ? window : size - at % size;
            Part part = part(at, Math.min(most, bytes - at));
            window = part.same() ? Math.min(2 * window, STEP) : size;
            if (part.same()) {
                at += part.length();
                continue;
            }
            long piece = at - at % size;
            long end = Math.min(piece + size, bytes);
            long next = Math.min(at + part.length(), end);
            if (equal(at, next)) {
                at = next;
            } else {
                differing.at(piece);
                at = end;
            }
        }
    }

    private boolean equal(long from, long to) throws IOException {
        for (long at = from; at < to; at += PIECE) {
            int length = (int) Math.min(PIECE, to - at);
            ByteBuffer here = ByteBuffer.wrap(ours, 0, length);
            ByteBuffer there = ByteBuffer.wrap(theirs, 0, length);
            disk.read(at, here);
            base.read(at, there);
            if (!here.flip().equals(there.flip())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        try (Image one = disk;
                Image other = base;
                SharedParts parts = shared) {
            // Closes all, also when one of them fails.
        }
    }
}
