package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file in memory, whose power can be cut: of the writes since the last sync, any sectors may be lost then. */
final class MemoryFile implements ImageFile {
    private static final int SECTOR = 512;
    private static final int LARGEST = 64 << 20;

    private record Write(int position, byte[] bytes) {}

    private final List<Write> unsynced = new ArrayList<>();
    private final Runnable beforeSync;
    private byte[] durable;
    private byte[] now;

    MemoryFile(byte[] contents) {
        this(contents, () -> {});
    }

    /** @param beforeSync runs whenever the file is synced, before it is */
    MemoryFile(byte[] contents, Runnable beforeSync) {
        this.beforeSync = beforeSync;
        this.now = contents;
        this.durable = contents.clone();
    }

    byte[] contents() {
        return now.clone();
    }

    /** The file after a power cut at this moment. */
    byte[] cut(Random random) {
        byte[] left = durable.clone();
        // Mostly some part of the writes, sometimes all or none.
        int share = random.nextInt(5) * 25;
        for (Write write : unsynced) {
            for (int at = 0; at < write.bytes.length; ) {
                int end = Math.min(write.bytes.length, at + SECTOR - (write.position + at) % SECTOR);
                if (random.nextInt(100) < share) {
                    left = put(left, write.position + at, Arrays.copyOfRange(write.bytes, at, end));
                }
                at = end;
            }
        }
        return left;
    }

    private static byte[] put(byte[] file, int position, byte[] bytes) {
        byte[] longer = file.length < position + bytes.length ? Arrays.copyOf(file, position + bytes.length) : file;
        System.arraycopy(bytes, 0, longer, position, bytes.length);
        return longer;
    }

    @Override
    public void read(long position, ByteBuffer to) {
        int length = (int) Math.max(0, Math.min(to.remaining(), now.length - position));
        if (length > 0) {
            to.put(now, (int) position, length);
        }
        Buffers.zeros(to, to.remaining());
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
        if (position < 0 || position > LARGEST - from.remaining()) {
            throw new IOException("No space left on device");
        }
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        now = put(now, (int) position, bytes);
        unsynced.add(new Write((int) position, bytes));
    }

    @Override
    public void discard(long position, long length) {
        // Whatever was there may be gone at once, also after a power cut.
        for (byte[] file : List.of(now, durable)) {
            int from = (int) Math.min(file.length, position);
            Arrays.fill(file, from, (int) Math.min(file.length, position + length), (byte) 0xEE);
        }
        unsynced.removeIf(write -> write.position >= position && write.position < position + length);
    }

    @Override
    public void sync() {
        beforeSync.run();
        durable = now.clone();
        unsynced.clear();
    }

    @Override
    public long size() {
        return now.length;
    }

    @Override
    public String name() {
        return "test.qcow2";
    }

    @Override
    public void close() {}
}
