package org.jxapi.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Slows those who guess passwords. The answer to a wrong login waits the longer the more of them the same peer has had
 * refused lately, without a thread. A right login is never slowed; only while many refusals of its own peer wait is it
 * not looked at.
 */
public final class LoginThrottle {
    /** Wrong logins of a peer that are answered at once. */
    static final int FREE = 5;
    /** Refusals and checks of a peer that may wait; further logins of that peer are not looked at. */
    static final int WAITING = 10;

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    /** After this time half of what a peer did is forgotten. */
    private static final double HALF_LIFE_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int PEERS = 4096;

    private static final class Past {
        private double refused;
        private long at;
        private int waiting;
    }

    private final LongSupplier nanoTime;
    private final Function<Duration, Executor> after;
    private final Map<String, Past> peers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Past> eldest) {
            return size() > PEERS;
        }
    };

    public LoginThrottle() {
        this(System::nanoTime, delay -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** @param after runs something after a time */
    LoginThrottle(LongSupplier nanoTime, Function<Duration, Executor> after) {
        this.nanoTime = nanoTime;
        this.after = after;
    }

    /** Whether a login of that peer is looked at now. */
    public synchronized boolean open(String peer) {
        Past past = peers.get(PeerNetwork.of(peer));
        return past == null || past.waiting < WAITING;
    }

    /** Counts a login of that peer whose check takes time, until {@link #end}; false when it must not be checked now. */
    synchronized boolean begin(String peer) {
        Past past = peers.computeIfAbsent(PeerNetwork.of(peer), p -> new Past());
        if (past.waiting >= WAITING) {
            return false;
        }
        past.waiting++;
        return true;
    }

    /** Ends what {@link #begin} has counted. */
    synchronized void end(String peer) {
        Past past = peers.get(PeerNetwork.of(peer));
        if (past != null) {
            past.waiting = Math.max(0, past.waiting - 1);
        }
    }

    /** Completes when a wrong login of that peer may be answered. */
    public CompletionStage<Void> refused(String peer) {
        Past past;
        Duration delay;
        synchronized (this) {
            past = peers.computeIfAbsent(PeerNetwork.of(peer), p -> new Past());
            long now = nanoTime.getAsLong();
            past.refused = past.refused * Math.pow(0.5, (now - past.at) / HALF_LIFE_NANOS) + 1;
            past.at = now;
            delay = delay(past.refused);
            if (delay.isZero()) {
                return CompletableFuture.completedFuture(null);
            }
            past.waiting++;
        }
        return CompletableFuture.runAsync(
                () -> {
                    synchronized (this) {
                        past.waiting--;
                    }
                },
                after.apply(delay));
    }

    private static Duration delay(double refused) {
        if (refused <= FREE) {
            return Duration.ZERO;
        }
        double millis = FIRST.toMillis() * Math.pow(2, Math.min(refused - FREE - 1, 16));
        return Duration.ofMillis((long) Math.min(millis, LONGEST.toMillis()));
    }
}
