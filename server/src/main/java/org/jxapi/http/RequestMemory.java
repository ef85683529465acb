package org.jxapi.http;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that requests may take together before it is known who sends them. */
final class RequestMemory {
    private final long size;
    private final AtomicLong taken = new AtomicLong();

    RequestMemory(long bytes) {
        size = bytes;
    }

    /** Takes that many bytes; false when there is no room for them. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > size && bytes > 0) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }
}
