package org.jxapi.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Session;

/** A call of event.from that has nothing to tell yet. */
final class Waiter {
    final Ref<Session> session;
    final EventFilter subscription;
    final Token since;
    final CompletableFuture<EventBatch> answer = new CompletableFuture<>();
    /** Whether a look at the changes is due already. */
    final AtomicBoolean due = new AtomicBoolean();

    private volatile @Nullable Future<?> timeout;

    Waiter(Ref<Session> session, EventFilter subscription, Token since) {
        this.session = session;
        this.subscription = subscription;
        this.since = since;
    }

    void timesOutWith(Future<?> timer) {
        timeout = timer;
        if (answer.isDone()) {
            timer.cancel(false);
        }
    }

    void done() {
        Future<?> timer = timeout;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
