package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jxapi.image.Image;

/** The contents of a disk that loses everything: zeros, whatever is written. */
record NoData(long bytes, boolean writable) implements Image {
    @Override
    public void read(long offset, ByteBuffer to) {
        while (to.hasRemaining()) {
            to.put((byte) 0);
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        from.position(from.limit());
    }

    private void check(long offset, long length) throws IOException {
        if (!writable) {
            throw new IOException("the disk is open to be read only");
        }
        if (offset < 0 || offset > bytes - length) {
            throw new IOException("beyond the end of the disk, which has " + bytes + " bytes");
        }
    }

    @Override
    public Extent extent(long offset, long length) {
        return new Extent(length, true);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        check(offset, length);
        return true;
    }

    @Override
    public void resize(long size) throws IOException {
        throw new IOException("the size of a disk without data is in its record");
    }

    @Override
    public void sync() {
        // There is nothing to force.
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
