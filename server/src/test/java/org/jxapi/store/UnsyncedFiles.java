package org.jxapi.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * A file system for H2 that keeps what is written in memory until it is forced, as a page cache may: what the files hold
 * is what a power failure leaves at least. It can also run out of room, and stop to answer.
 */
public final class UnsyncedFiles extends FilePathWrapper {
    public static final String SCHEME = "unsynced";

    private static final String FULL = "No space left on device";
    private static final int SECTOR = 512;
    private static final List<Channel> OPEN = new ArrayList<>();
    private static volatile boolean powered = true;
    private static volatile long room = Long.MAX_VALUE;
    private static volatile CountDownLatch stalled = new CountDownLatch(0);

    /** Makes the file system known to H2. */
    public static void register() {
        powered = true;
        room = Long.MAX_VALUE;
        FilePath.register(new UnsyncedFiles());
    }

    /** How many bytes files may still grow by; with a negative number not even old bytes can be written over. */
    public static void room(long bytes) {
        room = bytes;
    }

    /** From now on the disk forces nothing, and those that ask it to wait until it does again. */
    public static void stall() {
        stalled = new CountDownLatch(1);
    }

    public static void goOn() {
        stalled.countDown();
    }

    /** How many bytes may still be written. */
    static long room() {
        return room;
    }

    /** The power goes: of what was not forced, any part is on disk, and nothing is written any more. */
    static void cutPower(Random random) throws IOException {
        synchronized (OPEN) {
            powered = false;
            for (Channel channel : OPEN) {
                channel.keepSome(random);
            }
            OPEN.clear();
        }
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        if (!mode.equals("r") && room < 0) {
            throw new IOException(FULL);
        }
        FileChannel base = getBase().open(mode);
        if (mode.equals("r")) {
            return base;
        }
        Channel channel = new Channel(base);
        synchronized (OPEN) {
            OPEN.add(channel);
        }
        return channel;
    }

    /** A write that has not reached the disk; a truncation has no bytes. */
    private record Write(long position, byte[] bytes) {}

    private static final class Channel extends FileBaseDefault {
        private final FileChannel base;
        private byte[] image;
        private List<Write> unsynced = new ArrayList<>();

        Channel(FileChannel base) throws IOException {
            this.base = base;
            ByteBuffer content = ByteBuffer.allocate((int) base.size());
            while (content.hasRemaining() && base.read(content, content.position()) >= 0) {
                continue;
            }
            this.image = content.array();
        }

        @Override
        public synchronized long size() {
            return image.length;
        }

        @Override
        public synchronized int read(ByteBuffer to, long position) {
            if (position >= image.length) {
                return -1;
            }
            int length = (int) Math.min(to.remaining(), image.length - position);
            to.put(image, (int) position, length);
            return length;
        }

        @Override
        public synchronized int write(ByteBuffer from, long position) throws IOException {
            // Bytes that are overwritten need no more room.
            long there = room < 0 ? 0 : Math.max(0, image.length - position);
            int length = (int) Math.min(from.remaining(), room == Long.MAX_VALUE ? room : there + Math.max(0, room));
            if (length == 0 && from.hasRemaining()) {
                throw new IOException(FULL);
            }
            room = room == Long.MAX_VALUE ? room : room - Math.max(0, length - there);
            byte[] bytes = new byte[length];
            from.get(bytes);
            image = with(image, position, bytes);
            remember(new Write(position, bytes));
            return length;
        }

        private static byte[] with(byte[] image, long position, byte[] bytes) {
            byte[] changed = image.length >= position + bytes.length
                    ? image
                    : Arrays.copyOf(image, (int) position + bytes.length);
            System.arraycopy(bytes, 0, changed, (int) position, bytes.length);
            return changed;
        }

        @Override
        protected synchronized void implTruncate(long size) {
            if (size < image.length) {
                image = Arrays.copyOf(image, (int) size);
                remember(new Write(size, null));
            }
        }

        /** A write after the power has gone must not be kept, although other files may be cut later than this one. */
        private void remember(Write write) {
            if (powered) {
                unsynced.add(write);
            }
        }

        @Override
        public void force(boolean metaData) throws IOException {
            try {
                stalled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
            forceNow(metaData);
        }

        private synchronized void forceNow(boolean metaData) throws IOException {
            if (powered) {
                for (Write write : unsynced) {
                    apply(write);
                }
                base.force(metaData);
            }
            unsynced = new ArrayList<>();
        }

        private void apply(Write write) throws IOException {
            if (write.bytes == null) {
                base.truncate(write.position);
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(write.bytes);
            while (bytes.hasRemaining()) {
                base.write(bytes, write.position + bytes.position());
            }
        }

        /** Some writes, some sectors of others: a disk writes in the order that it likes. */
        synchronized void keepSome(Random random) throws IOException {
            for (Write write : unsynced) {
                int fate = random.nextInt(3);
                if (fate == 0) {
                    apply(write);
                } else if (fate == 1 && write.bytes != null) {
                    for (int from = 0; from < write.bytes.length; from += SECTOR) {
                        if (random.nextBoolean()) {
                            int to = Math.min(write.bytes.length, from + SECTOR);
                            apply(new Write(write.position + from, Arrays.copyOfRange(write.bytes, from, to)));
                        }
                    }
                }
            }
            unsynced = new ArrayList<>();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return base.tryLock(position, size, shared);
        }

        @Override
        protected synchronized void implCloseChannel() throws IOException {
            // A file that is closed without a force may lose data, but the rest of this run still sees them.
            if (powered) {
                for (Write write : unsynced) {
                    apply(write);
                }
            }
            synchronized (OPEN) {
                OPEN.remove(this);
            }
            base.close();
        }
    }
}
