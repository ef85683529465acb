package org.jxapi.console;

/** Bytes on their way, at most so many: the oldest are lost when nobody takes them. */
final class ByteQueue {
    private final byte[] bytes;
    private int first;
    private int count;
    private boolean ended;

    ByteQueue(int capacity) {
        this.bytes = new byte[capacity];
    }

    synchronized void append(byte[] from, int length) {
        for (int i = 0; i < length; i++) {
            bytes[(first + count) % bytes.length] = from[i];
            if (count < bytes.length) {
                count++;
            } else {
                first = (first + 1) % bytes.length;
            }
        }
        notifyAll();
    }

    /** All of them, which stay. */
    synchronized byte[] copy() {
        byte[] all = new byte[count];
        for (int i = 0; i < count; i++) {
            all[i] = bytes[(first + i) % bytes.length];
        }
        return all;
    }

    /** Waits for bytes and takes as many as fit; -1 when it has ended and is empty. */
    synchronized int take(byte[] to) throws InterruptedException {
        while (count == 0 && !ended) {
            wait();
        }
        if (count == 0) {
            return -1;
        }
        int taken = Math.min(count, to.length);
        for (int i = 0; i < taken; i++) {
            to[i] = bytes[(first + i) % bytes.length];
        }
        first = (first + taken) % bytes.length;
        count -= taken;
        return taken;
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
