package org.jxapi.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The bytes that a peer sends in chunks. */
final class ChunkInput extends InputStream {
    private static final byte[] BROKEN = {};

    private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
    private final Runnable used;
    private byte[] current = {};
    private int at;
    private boolean ended;
    private volatile boolean broken;

    /** @param used reports to the peer that a chunk has been used */
    ChunkInput(Runnable used) {
        this.used = used;
    }

    /** Takes the next chunk; an empty one is the end. */
    void add(byte[] chunk) {
        if (chunks.size() > ChunkOutput.WINDOW || chunk.length > ChunkOutput.CHUNK) {
            throw new MalformedException("more bytes than there is room for");
        }
        chunks.add(chunk);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (at == current.length && !ended) {
            current = next();
            at = 0;
            ended = current.length == 0;
            used.run();
        }
        if (ended) {
            return -1;
        }
        int size = Math.min(length, current.length - at);
        System.arraycopy(current, at, bytes, offset, size);
        at += size;
        return size;
    }

    private byte[] next() throws IOException {
        byte[] chunk;
        try {
            chunk = broken ? BROKEN : chunks.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (chunk == BROKEN) {
            throw new IOException("the stream was broken off");
        }
        return chunk;
    }

    /** There will be no more: reading fails from now on, unless the end has been read. */
    @Override
    public void close() {
        broken = true;
        chunks.add(BROKEN);
    }
}
