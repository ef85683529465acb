package org.jxapi.image;

import java.nio.ByteBuffer;

/** An image in memory: something to be below another one. */
record MemoryImage(byte[] contents) implements Image {
    @Override
    public long bytes() {
        return contents.length;
    }

    @Override
    public void read(long offset, ByteBuffer to) {
        int length = (int) Math.max(0, Math.min(to.remaining(), contents.length - offset));
        if (length > 0) {
            to.put(contents, (int) offset, length);
        }
        Buffers.zeros(to, to.remaining());
    }

    @Override
    public Extent extent(long offset, long length) {
        int at = (int) Math.min(offset, contents.length);
        boolean hole = zero(at);
        while (at < Math.min(contents.length, offset + length) && zero(at) == hole) {
            at++;
        }
        return new Extent(hole && at >= contents.length ? length : at - offset, hole);
    }

    private boolean zero(int at) {
        return at >= contents.length || contents[at] == 0;
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean clear(long offset, long length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resize(long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
}
