package org.jxapi.event;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ChangeLog;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.EventOperation;

/** The subscriptions of a session by the older event.register, and the events that it has not fetched yet. */
final class Registration {
    /** A reader that falls further behind, in characters of text, has lost events; XAPI's number. */
    private static final long MAX_PENDING = 10_000_000;

    private final Set<String> items = new LinkedHashSet<>();
    private volatile EventFilter subscription = EventFilter.of(List.of());
    private final Queue<CompletableFuture<List<Row<Event>>>> waiting = new ArrayDeque<>();
    private List<Row<Event>> pending = new ArrayList<>();
    private long pendingSize;
    private boolean lost;
    private @Nullable XenApiException ended;

    synchronized void add(List<String> classes) {
        classes.forEach(c -> items.add(EventFilter.normal(c)));
        subscription = EventFilter.of(items);
    }

    synchronized void remove(List<String> classes) {
        classes.forEach(c -> items.remove(EventFilter.normal(c)));
        subscription = EventFilter.of(items);
    }

    boolean covers(ClassModel<?> model, Ref<?> ref) {
        return subscription.covers(model, ref);
    }

    synchronized void offer(long id, ChangeLog.Change change) {
        EventOperation operation = switch (change.kind()) {
            case ADD -> EventOperation.ADD;
            case MOD -> EventOperation.MOD;
            case DEL -> EventOperation.DEL;
        };
        pendingSize += size(change.row());
        if (pendingSize > MAX_PENDING) {
            pending = new ArrayList<>();
            pendingSize = 0;
            lost = true;
            return;
        }
        pending.add(Changes.event(
                Long.toString(id),
                System.currentTimeMillis() / 1000 + ".",
                change.model(),
                operation,
                change.ref(),
                change.row()));
    }

    private static long size(@Nullable Row<?> row) {
        long size = 100;
        if (row != null) {
            for (var field : row.model().publicFields()) {
                size += field.name().length()
                        + 5
                        + String.valueOf((Object) row.get(field.index())).length();
            }
        }
        return size;
    }

    /** Answers the call that waits longest with what has come. */
    void wake() {
        CompletableFuture<List<Row<Event>>> ready;
        List<Row<Event>> events;
        boolean tooFar;
        synchronized (this) {
            if (waiting.isEmpty() || pending.isEmpty() && !lost) {
                return;
            }
            ready = waiting.remove();
            tooFar = lost;
            lost = false;
            events = tooFar ? List.of() : take();
        }
        if (tooFar) {
            ready.completeExceptionally(Errors.eventsLost());
        } else {
            ready.complete(events);
        }
    }

    private List<Row<Event>> take() {
        List<Row<Event>> events = pending;
        pending = new ArrayList<>();
        pendingSize = 0;
        return events;
    }

    /** The session has ended: waiting calls get an error. */
    void end(XenApiException error) {
        List<CompletableFuture<List<Row<Event>>>> all;
        synchronized (this) {
            ended = error;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        all.forEach(w -> w.completeExceptionally(error));
    }

    synchronized CompletionStage<List<Row<Event>>> next() {
        if (ended != null) {
            throw ended;
        }
        if (lost) {
            lost = false;
            throw Errors.eventsLost();
        }
        if (!pending.isEmpty()) {
            return CompletableFuture.completedFuture(take());
        }
        CompletableFuture<List<Row<Event>>> answer = new CompletableFuture<>();
        waiting.add(answer);
        return answer;
    }
}
