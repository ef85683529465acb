package org.jxapi.image;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A raw image: a sparse file, or a block device. */
public final class RawImage implements Image {
    private final Path path;
    private final ChannelFile file;
    private final boolean writable;
    private long bytes;

    private RawImage(Path path, ChannelFile file, boolean writable, long bytes) {
        this.path = path;
        this.file = file;
        this.writable = writable;
        this.bytes = bytes;
    }

    /** Loads what the first image would have to wait for. */
    public static void prepare() {
        FileHoles.prepare();
    }

    /** Opens an image of that size, to be written too or only to be read. */
    public static RawImage open(Path path, long bytes, boolean write) throws IOException {
        return new RawImage(path, ChannelFile.open(path, write), write, bytes);
    }

    /** Opens an image with the size of the file or device. */
    public static RawImage open(Path path, boolean write) throws IOException {
        ChannelFile file = ChannelFile.open(path, write);
        try {
            return new RawImage(path, file, write, file.size());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The size of a file or device, in bytes. */
    public static long size(Path path) throws IOException {
        try (ChannelFile file = ChannelFile.open(path, false)) {
            return file.size();
        }
    }

    Path path() {
        return path;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        file.read(offset, to);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        mayWrite(offset, from.remaining());
        file.write(offset, from);
    }

    @Override
    public Extent extent(long offset, long length) {
        if (offset >= bytes) {
            return new Extent(length, true);
        }
        long hole = file.holes().holeEnd(offset) - offset;
        if (hole > 0) {
            return new Extent(Math.min(hole, length), true);
        }
        // Never empty, not even when the file has changed in between.
        long data = file.holes().dataEnd(offset) - offset;
        return new Extent(data > 0 ? Math.min(data, length) : length, false);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        mayWrite(offset, length);
        if (hole(offset, length)) {
            return true;
        }
        file.holes().changed();
        return file.holes().punch(offset, length);
    }

    @Override
    public void resize(long size) throws IOException {
        mayWrite(0, 0);
        if (size < bytes) {
            throw new IOException(path + " has " + bytes + " bytes already, and cannot shrink to " + size + ".");
        }
        if (size > bytes) {
            try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
                raw.setLength(size);
                raw.getFD().sync();
            }
            bytes = size;
            file.holes().changed();
        }
    }

    private void mayWrite(long offset, long length) throws IOException {
        if (!writable) {
            throw new IOException(path + " is open to be read only.");
        }
        Buffers.check(path.toString(), bytes, offset, length);
    }

    @Override
    public void sync() throws IOException {
        if (writable) {
            file.sync();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
