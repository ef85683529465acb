package org.jxapi.raft;

import java.time.Duration;

/**
 * How long this host knows that no other one leads. A voter that takes an entry of the leader helps to elect no other host for
 * the shortest time of an election. So an entry that most voters have excludes another leader for that time, from when this host
 * handed it over.
 *
 * <p>Ratis has a lease too, which its followers extend by refusals: a leader that stood still takes the answer that another one
 * leads as a proof of its own lead, until it has read that answer to its end (Ratis 3.3.0, GrpcLogAppender).
 */
final class LeadLease {
    /** Clocks of hosts do not run equally fast. */
    private static final double SHARE = 0.9;

    private final long nanos;
    private long term = -1;
    private long since = System.nanoTime();
    private boolean suspended;
    private long given = -1;

    /** @param election the shortest time without a leader after which a voter helps to elect one */
    LeadLease(Duration election) {
        nanos = (long) (election.toNanos() * SHARE);
    }

    /**
     * Most voters have an entry.
     *
     * @param in the term in which this host has led from then until now
     * @param handed when this host handed it to the log, by {@link System#nanoTime}
     */
    synchronized void extend(long in, long handed) {
        if (handed - since >= 0) {
            term = in;
            since = handed;
        }
    }

    /** Whether no other host leads now, if this one leads in that term. */
    synchronized boolean holds(long in) {
        return !suspended && given != in && term == in && System.nanoTime() - since < nanos;
    }

    /** Does not hold in that term any more, because this host asks the others to elect another leader, whenever they do. */
    synchronized void giveUp(long in) {
        given = in;
    }

    /** Does not hold until {@link #resume}, because the voters change. */
    synchronized void suspend() {
        suspended = true;
    }

    /** Holds again after an entry that is handed to the log from now on. */
    synchronized void resume() {
        suspended = false;
        term = -1;
        since = System.nanoTime();
    }
}
