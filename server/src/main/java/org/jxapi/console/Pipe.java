package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Bytes on their way between two threads. It holds some of them, and a thread that writes more waits. */
final class Pipe {
    private static final int ROOM = 64 * 1024;

    private final byte[] bytes = new byte[ROOM];
    private int first;
    private int count;
    private boolean ended;
    private boolean closed;

    /** Waits for bytes and returns how many there are; -1 at the end, and when it is closed. */
    synchronized int read(byte[] to, int offset, int length) throws IOException {
        await(() -> count == 0 && !ended && !closed);
        if (count == 0 || closed) {
            return -1;
        }
        int taken = Math.min(Math.min(count, length), ROOM - first);
        System.arraycopy(bytes, first, to, offset, taken);
        first = (first + taken) % ROOM;
        count -= taken;
        notifyAll();
        return taken;
    }

    /** Waits until there is room for all; IOException when it has ended or is closed. */
    synchronized void write(byte[] from, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            await(() -> count == ROOM && !ended && !closed);
            if (ended || closed) {
                throw new IOException("the console is closed");
            }
            int at = (first + count) % ROOM;
            int put = Math.min(Math.min(length - done, ROOM - count), ROOM - at);
            System.arraycopy(from, offset + done, bytes, at, put);
            count += put;
            done += put;
            notifyAll();
        }
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition) throws InterruptedIOException {
        try {
            while (condition.holds()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Nothing more will be written; what is in it can be read. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Nothing will be written or read any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return length == 0 ? 0 : Pipe.this.read(to, offset, length);
            }
        };
    }
}
