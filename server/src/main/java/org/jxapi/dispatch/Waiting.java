package org.jxapi.dispatch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A time in which a thread waits for something else than work: after a while it gives its place in its pool away. */
public final class Waiting implements AutoCloseable {
    private final WorkerPool.@Nullable Place place = WorkerPool.Place.mine();
    private final long until;
    private boolean away;

    /**
     * Begins.
     *
     * @param grace how long the thread keeps its place, since most waiting is short
     */
    public Waiting(Duration grace) {
        this.until = System.nanoTime() + grace.toNanos();
    }

    /** Whether the thread has given its place away. */
    public boolean away() {
        return away;
    }

    /** The thread waits on: to be called now and then. */
    public void goOn() {
        if (!away && place != null && System.nanoTime() - until >= 0) {
            away = true;
            place.leave();
        }
    }

    /** The thread works again. */
    @Override
    public void close() {
        if (away && place != null) {
            away = false;
            place.comeBack();
        }
    }
}
