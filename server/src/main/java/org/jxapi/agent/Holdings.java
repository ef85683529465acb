package org.jxapi.agent;

import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images and new contents that a peer has open at an agent. Each is for one call at a time. The end of the connection
 * closes them. Their numbers are random, so one of a lost connection is never that of another image.
 */
final class Holdings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);
    private static final int MOST = 4096;
    /** Stands for those of the agent, at the side of its caller. */
    static final Holdings THEIRS = new Holdings();

    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Closeable> held = new HashMap<>();
    private boolean closed;

    /** A use of something that is held. */
    interface Use<T, R> {
        R of(T held) throws IOException;
    }

    /** Keeps something until it is closed; AgentException, and it is closed, if the peer is gone or has too much open. */
    long add(Closeable one) throws IOException {
        synchronized (this) {
            if (!closed && held.size() < MOST) {
                long id = random.nextLong(Long.MAX_VALUE);
                held.put(id, one);
                return id;
            }
        }
        one.close();
        throw new AgentException("a peer that is gone, or has too much open");
    }

    /** Uses what has that number; IOException if it is not open any more. */
    <T, R> R use(long id, Class<T> type, Use<T, R> use) throws IOException {
        Closeable one = find(id);
        if (one == null || !type.isInstance(one)) {
            throw gone();
        }
        synchronized (one) {
            if (find(id) != one) {
                throw gone();
            }
            return use.of(type.cast(one));
        }
    }

    private static IOException gone() {
        return new IOException("what the host had open for this ended with an earlier connection to it");
    }

    private synchronized @Nullable Closeable find(long id) {
        return held.get(id);
    }

    /** Closes what has that number, after the call that uses it; nothing happens if it is closed. */
    void close(long id) throws IOException {
        Closeable one;
        synchronized (this) {
            one = held.remove(id);
        }
        if (one != null) {
            close(one);
        }
    }

    private static void close(Closeable one) throws IOException {
        synchronized (one) {
            one.close();
        }
    }

    synchronized int size() {
        return held.size();
    }

    /** Closes everything: the peer is gone. */
    @Override
    public void close() {
        List<Closeable> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(held.values());
            held.clear();
        }
        for (Closeable one : all) {
            try {
                close(one);
            } catch (IOException | RuntimeException e) {
                LOG.warn("Agent: what a peer had open cannot be closed: {}", e.getMessage());
            }
        }
    }
}
