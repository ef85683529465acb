package org.jxapi.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;

/** The contents of a disk while they are read or written; where it cannot be, it fails with VDI_IO_ERROR. */
public final class OpenDisk implements AutoCloseable {
    private static final int PIECE = 64 * 1024;
    private static final byte[] ZEROS = new byte[PIECE];

    private final Image image;
    private final long bytes;
    private final boolean blank;

    private OpenDisk(Image image, long bytes, boolean blank) {
        this.image = image;
        this.bytes = bytes;
        this.blank = blank;
    }

    /** Loads what the first disk would have to wait for. */
    public static void prepare() {
        RawImage.prepare();
    }

    /** A disk of that size that is read. */
    public static OpenDisk toRead(Image image, long bytes) {
        return new OpenDisk(image, bytes, false);
    }

    /**
     * A disk of that size that is written.
     *
     * @param blank whether it holds nothing but zeros, so that those that come need not be written
     */
    public static OpenDisk toWrite(Image image, long bytes, boolean blank) {
        return new OpenDisk(image, bytes, blank);
    }

    /** The size of the disk. */
    public long bytes() {
        return bytes;
    }

    /** Whether the disk stores nothing there, which reads as zeros; false where there is data, or it is not known. */
    public boolean hole(long offset, long length) {
        try {
            return image.hole(offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The longest part that begins there and is alike, of {@code length} bytes at most. */
    public Image.Extent extent(long offset, long length) {
        try {
            return image.extent(offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Fills {@code to} up to {@code length} from there; zeros beyond the end. */
    public void read(long offset, byte[] to, int length) {
        try {
            image.read(offset, ByteBuffer.wrap(to, 0, length));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Fills a buffer from there; zeros beyond the end. */
    public void read(long offset, ByteBuffer to) {
        try {
            image.read(offset, to);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Writes {@code length} bytes there; VDI_IO_ERROR beyond the end of the disk. */
    public void write(long offset, byte[] from, int length) {
        if (offset < 0 || length > bytes - offset) {
            throw Errors.vdiIoError("Device I/O error");
        }
        try {
            for (int at = 0, end; at < length; at = end) {
                boolean zeros = zeroPiece(from, at, length);
                end = at;
                do {
                    end = Math.min(end + PIECE, length);
                } while (end < length && zeroPiece(from, end, length) == zeros);
                if (!zeros || !clear(offset + at, end - at)) {
                    image.write(offset + at, ByteBuffer.wrap(from, at, end - at));
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static boolean zeroPiece(byte[] bytes, int at, int length) {
        return zeros(bytes, at, Math.min(PIECE, length - at));
    }

    /** Makes zeros of a piece without writing any, so that it takes no space; false when they have to be written. */
    private boolean clear(long offset, int length) throws IOException {
        return blank || image.clear(offset, length);
    }

    /** Whether these bytes are all zero. */
    public static boolean zeros(byte[] bytes, int from, int length) {
        for (int at = from; at < from + length; at += PIECE) {
            int piece = Math.min(PIECE, from + length - at);
            if (!Arrays.equals(bytes, at, at + piece, ZEROS, 0, piece)) {
                return false;
            }
        }
        return true;
    }

    /** Forces all written data to disk. */
    void sync() throws IOException {
        image.sync();
    }

    static RuntimeException failed(IOException e) {
        return Errors.vdiIoError(Reason.withFile(e)).causedBy(e);
    }

    @Override
    public void close() {
        try {
            image.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
