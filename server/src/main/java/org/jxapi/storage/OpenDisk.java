package org.jxapi.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jxapi.image.FileHoles;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;

/** The contents of a disk while they are read or written; where it cannot be, it fails with VDI_IO_ERROR. */
public final class OpenDisk implements AutoCloseable {
    private static final int PIECE = 64 * 1024;
    private static final byte[] ZEROS = new byte[PIECE];

    private final FileChannel file;
    private final FileHoles holes;
    private final long bytes;
    private final boolean blank;

    private OpenDisk(FileChannel file, FileHoles holes, long bytes, boolean blank) {
        this.file = file;
        this.holes = holes;
        this.bytes = bytes;
        this.blank = blank;
    }

    /** Loads what the first disk would have to wait for. */
    public static void prepare() {
        FileHoles.prepare();
    }

    /** Opens a disk of that size to be read. */
    public static OpenDisk toRead(Path path, long bytes) throws IOException {
        return new OpenDisk(FileChannel.open(path, StandardOpenOption.READ), FileHoles.open(path, false), bytes, false);
    }

    /**
     * Opens a disk to be written.
     *
     * @param blank whether it holds nothing but zeros, so that those that come need not be written
     */
    public static OpenDisk toWrite(Path path, long bytes, boolean blank) throws IOException {
        return new OpenDisk(FileChannel.open(path, StandardOpenOption.WRITE), FileHoles.open(path, true), bytes, blank);
    }

    /** The size of the disk. */
    public long bytes() {
        return bytes;
    }

    /** Whether the disk's file has a hole there, which reads as zeros; false where there is data, or it is not known. */
    public boolean hole(long offset, long length) {
        return holes.covers(offset, length);
    }

    /**
     * A part of a disk that is alike.
     *
     * @param length in bytes
     * @param hole whether it is a hole, which reads as zeros; false for data, or when it is not known
     */
    public record Extent(long length, boolean hole) {}

    /** The longest part that begins there and is alike, of {@code length} bytes at most. */
    public Extent extent(long offset, long length) {
        long hole = holes.holeEnd(offset) - offset;
        if (hole > 0) {
            return new Extent(Math.min(hole, length), true);
        }
        // Never empty, not even when the file has changed in between.
        long data = holes.dataEnd(offset) - offset;
        return new Extent(data > 0 ? Math.min(data, length) : length, false);
    }

    /** Fills {@code to} up to {@code length} from there; what lies beyond the file's end is zeros. */
    public void read(long offset, byte[] to, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(to, 0, length);
        try {
            while (buffer.hasRemaining()) {
                if (file.read(buffer, offset + buffer.position()) < 0) {
                    Arrays.fill(to, buffer.position(), length, (byte) 0);
                    return;
                }
            }
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
            for (int at = 0; at < length; at += PIECE) {
                int piece = Math.min(PIECE, length - at);
                if (zeros(from, at, piece) && clear(offset + at, piece)) {
                    continue;
                }
                ByteBuffer buffer = ByteBuffer.wrap(from, at, piece);
                while (buffer.hasRemaining()) {
                    file.write(buffer, offset + buffer.position());
                }
                holes.changed();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Makes zeros of a piece without writing any, so that it takes no space; false when they have to be written. */
    private boolean clear(long offset, int length) {
        return blank || holes.covers(offset, length) || holes.punch(offset, length);
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
        file.force(true);
    }

    static RuntimeException failed(IOException e) {
        return Errors.vdiIoError(Reason.withFile(e)).causedBy(e);
    }

    @Override
    public void close() {
        holes.close();
        try {
            file.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
