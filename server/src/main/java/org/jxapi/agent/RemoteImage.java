package org.jxapi.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jxapi.image.Image;

/** An image that is open at an agent. Once its connection is lost, it is closed there, and calls fail. */
final class RemoteImage implements Image {
    private final StorageCalls calls;
    private final Blocks blocks;
    private final long id;
    private long bytes;

    RemoteImage(StorageCalls calls, Blocks blocks, StorageCalls.Opened opened) {
        this.calls = calls;
        this.blocks = blocks;
        this.id = opened.id();
        this.bytes = opened.bytes();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        long at = offset;
        while (to.hasRemaining()) {
            int length = Math.min(StorageCalls.BLOCK, to.remaining());
            byte[] read = blocks.read(id, at, length);
            if (read.length != length) {
                throw new IOException("the host sent " + read.length + " of " + length + " bytes");
            }
            to.put(read);
            at += length;
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        if (offset < 0 || from.remaining() > bytes - offset) {
            // A part of it must not be written before the rest is refused.
            throw new IOException("a write of " + from.remaining() + " bytes at " + offset + " of a disk of " + bytes);
        }
        long at = offset;
        do {
            byte[] block = new byte[Math.min(StorageCalls.BLOCK, from.remaining())];
            from.get(block);
            blocks.write(id, at, block);
            at += block.length;
        } while (from.hasRemaining());
    }

    @Override
    public Extent extent(long offset, long length) throws IOException {
        return calls.extent(Holdings.THEIRS, id, offset, length);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        return calls.clear(Holdings.THEIRS, id, offset, length);
    }

    @Override
    public void resize(long size) throws IOException {
        calls.resizeImage(Holdings.THEIRS, id, size);
        bytes = size;
    }

    @Override
    public void sync() throws IOException {
        calls.sync(Holdings.THEIRS, id);
    }

    @Override
    public void close() throws IOException {
        calls.close(Holdings.THEIRS, id);
    }
}
