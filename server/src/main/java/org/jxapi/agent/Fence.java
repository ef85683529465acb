package org.jxapi.agent;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the orders of a coordinator that has been replaced from a host. The agent obeys the highest term that it has
 * seen, and keeps that on disk. Before the first order of a new term begins, those of older terms have ended.
 */
public final class Fence {
    private static final Logger LOG = LoggerFactory.getLogger(Fence.class);
    /** How long a new coordinator waits for what an old one has ordered; those orders are interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TermFile file;
    private final Duration patience;
    private final Map<Order, Long> orders = new HashMap<>();
    private long highest;

    /** An order that can be asked to stop. */
    interface Order {
        void stop();
    }

    /** @param file where the term is kept; IOException if it cannot be read */
    public Fence(Path file) throws IOException {
        this(file, PATIENCE);
    }

    Fence(Path file, Duration patience) throws IOException {
        this.file = new TermFile(file);
        this.patience = patience;
        this.highest = this.file.read();
    }

    /** The highest term that this host has seen. */
    public synchronized long highest() {
        return highest;
    }

    /**
     * Lets an order begin, which {@link #leave} ends. StaleTermException for one of an old term, AgentException if the term
     * cannot be kept, or if orders of an older term do not end.
     */
    synchronized void enter(Order order, String what, long term) throws InterruptedException {
        check(what, term);
        if (term > highest) {
            raise(term);
        }
        long end = System.nanoTime() + patience.toNanos();
        while (olderThan(term)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AgentException("orders of an older term have not ended yet");
            }
            wait(left);
            check(what, term);
        }
        orders.put(order, term);
    }

    synchronized void leave(Order order) {
        orders.remove(order);
        notifyAll();
    }

    private void check(String what, long term) {
        if (term < highest) {
            LOG.warn("Agent: refused {} of term {}, because term {} has begun", what, term, highest);
            throw new StaleTermException(term, highest);
        }
    }

    private void raise(long term) throws InterruptedException {
        try {
            file.write(term);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException("interrupted before the term was kept");
        } catch (IOException e) {
            throw new AgentException("term " + term + " cannot be kept: " + e.getMessage());
        }
        LOG.info("Agent: obeys term {}", term);
        highest = term;
        orders.keySet().forEach(Order::stop);
        // Those that wait for older orders learn that they are of an old term themselves.
        notifyAll();
    }

    private boolean olderThan(long term) {
        return orders.values().stream().anyMatch(other -> other < term);
    }
}
