package org.jxapi.event;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jxapi.datamodel.Row;
import org.jxapi.store.ChangeLog;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.EventOperation;

/** What a session has registered for with the older event.register, and what it has not fetched yet. */
final class Registration {
    /** A reader that falls further behind has lost events. */
    private static final int MAX_PENDING = 20_000;

    private final Set<String> items = new LinkedHashSet<>();
    private Subscription subscription = Subscription.of(List.of());
    private List<Row> pending = new ArrayList<>();
    private boolean lost;
    private long nextId;
    private CompletableFuture<List<Row>> waiting;

    synchronized void add(List<String> classes) {
        items.addAll(classes);
        subscription = Subscription.of(List.copyOf(items));
    }

    synchronized void remove(List<String> classes) {
        classes.forEach(items::remove);
        subscription = Subscription.of(List.copyOf(items));
    }

    synchronized void offer(ChangeLog.Change change) {
        if (!subscription.covers(change.model(), change.ref())) {
            return;
        }
        if (pending.size() >= MAX_PENDING) {
            pending.clear();
            lost = true;
        }
        EventOperation operation = switch (change.kind()) {
            case ADD -> EventOperation.ADD;
            case MOD -> EventOperation.MOD;
            case DEL -> EventOperation.DEL;
        };
        pending.add(EventService.event(
                Long.toString(nextId++),
                System.currentTimeMillis() / 1000 + ".",
                change.model(),
                operation,
                change.ref(),
                change.row()));
    }

    void wake() {
        CompletableFuture<List<Row>> ready;
        List<Row> events;
        synchronized (this) {
            if (waiting == null || pending.isEmpty()) {
                return;
            }
            ready = waiting;
            waiting = null;
            events = pending;
            pending = new ArrayList<>();
        }
        ready.completeAsync(() -> events);
    }

    synchronized CompletionStage<List<Row>> next() {
        if (lost) {
            lost = false;
            throw Errors.eventsLost();
        }
        if (!pending.isEmpty()) {
            List<Row> events = pending;
            pending = new ArrayList<>();
            return CompletableFuture.completedFuture(events);
        }
        if (waiting == null) {
            waiting = new CompletableFuture<>();
        }
        return waiting;
    }
}
