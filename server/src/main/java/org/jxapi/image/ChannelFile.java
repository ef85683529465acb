package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** An image's file through a channel. */
final class ChannelFile implements ImageFile {
    private final FileChannel channel;
    private final FileHoles holes;
    private final String name;
    private boolean failed;

    private ChannelFile(FileChannel channel, FileHoles holes, String name) {
        this.channel = channel;
        this.holes = holes;
        this.name = name;
    }

    static ChannelFile open(Path path, boolean write) throws IOException {
        FileChannel channel = FileChannel.open(
                path,
                write ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ));
        return new ChannelFile(channel, FileHoles.open(path, write), path.toString());
    }

    /** Where the file has holes. */
    FileHoles holes() {
        return holes;
    }

    @Override
    public void read(long position, ByteBuffer to) throws IOException {
        long at = position;
        while (to.hasRemaining()) {
            int length = channel.read(to, at);
            if (length < 0) {
                Buffers.zeros(to, to.remaining());
                return;
            }
            at += length;
        }
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
        mayWrite();
        holes.changed();
        long at = position;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void discard(long position, long length) {
        holes.changed();
        holes.punch(position, length);
    }

    @Override
    public void sync() throws IOException {
        mayWrite();
        try {
            channel.force(false);
        } catch (IOException e) {
            // The kernel may have dropped what it could not write, so that a second attempt would succeed in vain.
            failed = true;
            throw e;
        }
    }

    private void mayWrite() throws IOException {
        if (failed) {
            throw new IOException(
                    name + ": data could not be forced to disk earlier, and may be lost. Check the storage,"
                            + " and open the image again.");
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() throws IOException {
        holes.close();
        channel.close();
    }
}
