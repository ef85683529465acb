package org.jxapi.simulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jxapi.image.Image;

/** A disk of a repository that has a speed. */
record SlowImage(Image image, Pace pace) implements Image {
    @Override
    public long bytes() {
        return image.bytes();
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        pace.take(to.remaining());
        image.read(offset, to);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        pace.take(from.remaining());
        image.write(offset, from);
    }

    @Override
    public Extent extent(long offset, long length) throws IOException {
        return image.extent(offset, length);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        return image.clear(offset, length);
    }

    @Override
    public void resize(long bytes) throws IOException {
        image.resize(bytes);
    }

    @Override
    public void sync() throws IOException {
        image.sync();
    }

    @Override
    public void close() throws IOException {
        image.close();
    }
}
