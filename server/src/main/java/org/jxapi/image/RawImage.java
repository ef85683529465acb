package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** A raw image: a sparse file, or a block device. */
public final class RawImage implements Image {
    private static final Set<StandardOpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final FileChannel file;
    private final FileHoles holes;
    private final long bytes;

    private RawImage(FileChannel file, FileHoles holes, long bytes) {
        this.file = file;
        this.holes = holes;
        this.bytes = bytes;
    }

    /** Loads what the first image would have to wait for. */
    public static void prepare() {
        FileHoles.prepare();
    }

    /** Opens an image of that size, to be written too or only to be read. */
    public static RawImage open(Path path, long bytes, boolean write) throws IOException {
        return new RawImage(
                FileChannel.open(path, write ? READ_WRITE : Set.of(StandardOpenOption.READ)),
                FileHoles.open(path, write),
                bytes);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        int start = to.position();
        while (to.hasRemaining()) {
            if (file.read(to, offset + to.position() - start) < 0) {
                while (to.hasRemaining()) {
                    to.put((byte) 0);
                }
            }
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        int start = from.position();
        while (from.hasRemaining()) {
            file.write(from, offset + from.position() - start);
        }
        holes.changed();
    }

    @Override
    public boolean hole(long offset, long length) {
        return holes.covers(offset, length);
    }

    @Override
    public Extent extent(long offset, long length) {
        long hole = holes.holeEnd(offset) - offset;
        if (hole > 0) {
            return new Extent(Math.min(hole, length), true);
        }
        // Never empty, not even when the file has changed in between.
        long data = holes.dataEnd(offset) - offset;
        return new Extent(data > 0 ? Math.min(data, length) : length, false);
    }

    @Override
    public boolean clear(long offset, long length) {
        return holes.covers(offset, length) || holes.punch(offset, length);
    }

    @Override
    public void sync() throws IOException {
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        holes.close();
        file.close();
    }
}
