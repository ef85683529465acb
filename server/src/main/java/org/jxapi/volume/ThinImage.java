package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/** The contents of a thin volume. The device itself does not tell where it has holes, but its pool does. */
final class ThinImage implements Image {
    private final RawImage device;
    private final MappedRanges data;
    private final boolean writable;
    private boolean changed;

    ThinImage(RawImage device, MappedRanges data, boolean writable) {
        this.device = device;
        this.data = data;
        this.writable = writable;
    }

    @Override
    public long bytes() {
        return device.bytes();
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        device.read(offset, to);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        changed = true;
        device.write(offset, from);
    }

    /** After a write no hole is known any more. */
    @Override
    public Extent extent(long offset, long length) {
        if (changed || offset >= bytes()) {
            return new Extent(length, offset >= bytes());
        }
        long begin = Math.min(bytes(), data.nextData(offset));
        if (begin > offset) {
            // There is a hole beyond the end of the disk too.
            return new Extent(begin == bytes() ? length : Math.min(length, begin - offset), true);
        }
        return new Extent(Math.min(length, data.nextHole(offset) - offset), false);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        return writable && hole(offset, length) && offset + length <= bytes() || device.clear(offset, length);
    }

    /** The repository enlarges the volume. */
    @Override
    public void resize(long bytes) throws IOException {
        throw new IOException("the size of a logical volume is not that of its contents to change");
    }

    @Override
    public void sync() throws IOException {
        device.sync();
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
