package org.jxapi.event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.TrackId;
import org.jxapi.local.ThisPool;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.EventMessages;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.XenModel;

/** The messages of class event. A client that waits costs an entry in a set and a timer, no thread. */
public final class EventService implements EventMessages<Call>, ChangeLog.Listener {
    /** Changes that come close together travel together. */
    private static final long BATCH_MS = 50;
    /** The timeout that replaces a meaningless one, in seconds. */
    private static final double DAY = 86_400;
    /** Longer timeouts mean nothing, in seconds: their nanoseconds are no exact floating point numbers. */
    private static final double LONGEST = (1L << 53) / 1e9;

    private final Store store;
    private final Changes changes;
    private final ScheduledExecutorService timer;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final Map<String, Registration> registrations = new ConcurrentHashMap<>();
    private final AtomicLong nextId = new AtomicLong();

    public EventService(Store store, ScheduledExecutorService timer) {
        this.store = store;
        this.changes = new Changes(store.changes());
        this.timer = timer;
        store.changes().addListener(this);
    }

    @Override
    public CompletionStage<EventBatch> from(Call call, List<String> classes, String token, double timeout) {
        return from(call.session(), EventFilter.of(classes), Token.parse(token), timeout);
    }

    /**
     * The same for a stream of events, whose client does not count its objects: it fails with EVENTS_LOST when the change
     * log no longer knows all removals after the token.
     */
    public CompletionStage<EventBatch> follow(
            Ref<Session> session, List<String> classes, String token, Duration timeout) {
        try {
            Token since = Token.parse(token);
            EventFilter subscription = EventFilter.of(classes);
            if (changes.lost(since, subscription, store.snapshot())) {
                throw Errors.eventsLost();
            }
            return from(session, subscription, since, timeout.toMillis() / 1000.0);
        } catch (XenApiException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<EventBatch> from(
            Ref<Session> session, EventFilter subscription, Token since, double timeout) {
        double seconds = timeout >= 0 && timeout <= LONGEST ? timeout : DAY;
        Waiter waiter = new Waiter(session, subscription, since);
        waiters.add(waiter);
        waiter.answer.whenComplete((batch, e) -> {
            waiters.remove(waiter);
            waiter.done();
        });
        // Looked at after the waiter is in the set: a change comes either before this look or wakes it.
        EventBatch now = changes.since(since, waiter.subscription, store.snapshot());
        if (seconds == 0 || since.start() && !now.events().isEmpty()) {
            waiter.answer.complete(now);
            return waiter.answer;
        }
        if (!now.events().isEmpty()) {
            lookSoon(waiter);
        }
        waiter.timesOutWith(timer.schedule(() -> look(waiter, true), (long) (seconds * 1000), TimeUnit.MILLISECONDS));
        return waiter.answer;
    }

    private void lookSoon(Waiter waiter) {
        if (waiter.due.compareAndSet(false, true)) {
            long delay = waiter.subscription.onlyTasks() ? 0 : BATCH_MS;
            timer.schedule(() -> look(waiter, false), delay, TimeUnit.MILLISECONDS);
        }
    }

    /** Answers when there is something to tell, or when the time is over. */
    private void look(Waiter waiter, boolean timeIsOver) {
        waiter.due.set(false);
        if (waiter.answer.isDone()) {
            return;
        }
        try {
            Snapshot snapshot = store.snapshot();
            if (snapshot.find(waiter.session).isEmpty()) {
                waiter.answer.completeExceptionally(Errors.sessionInvalid(waiter.session.value()));
                return;
            }
            EventBatch batch = changes.since(waiter.since, waiter.subscription, snapshot);
            if (timeIsOver || !batch.events().isEmpty()) {
                waiter.answer.complete(batch);
            }
        } catch (RuntimeException | Error e) {
            waiter.answer.completeExceptionally(e);
        }
    }

    @Override
    public void committed(Snapshot snapshot, List<ChangeLog.Change> committed) {
        try {
            for (ChangeLog.Change change : committed) {
                if (change.model() == Session.XEN_CLASS && change.kind() == ChangeLog.Kind.DEL) {
                    ended(change.ref());
                } else if (change.model().events()) {
                    announce(change);
                }
            }
        } catch (RejectedExecutionException stopping) {
            // The daemon stops; its connections are closed with it.
        }
    }

    private void ended(Ref<?> session) {
        for (Waiter waiter : waiters) {
            if (waiter.session.value().equals(session.value())) {
                timer.execute(() -> look(waiter, false));
            }
        }
        Registration registration = registrations.remove(session.value());
        if (registration != null) {
            timer.execute(() -> registration.end(Errors.sessionInvalid(session.value())));
        }
    }

    private void announce(ChangeLog.Change change) {
        for (Waiter waiter : waiters) {
            if (waiter.subscription.covers(change.model(), change.ref())) {
                lookSoon(waiter);
            }
        }
        boolean wanted = registrations.values().stream().anyMatch(r -> r.covers(change.model(), change.ref()));
        if (wanted) {
            long id = nextId.getAndIncrement();
            registrations.values().forEach(r -> {
                if (r.covers(change.model(), change.ref())) {
                    r.offer(id, change);
                    timer.execute(r::wake);
                }
            });
        }
    }

    /** Sends something to the readers of event.next from time to time, to detect dead connections. */
    public void heartbeat() {
        ThisPool.find(store.snapshot()).stream()
                .map(s -> new ChangeLog.Change(s.modified(), Pool.XEN_CLASS, s.ref(), ChangeLog.Kind.MOD, s.row()))
                .filter(change -> registrations.values().stream().anyMatch(r -> r.covers(change.model(), change.ref())))
                .forEach(change -> {
                    long id = nextId.getAndIncrement();
                    registrations.values().stream()
                            .filter(r -> r.covers(change.model(), change.ref()))
                            .forEach(r -> {
                                r.offer(id, change);
                                r.wake();
                            });
                });
    }

    @Override
    public void register(Call call, List<String> classes) {
        registrations
                .computeIfAbsent(call.session().value(), s -> new Registration())
                .add(classes);
    }

    @Override
    public void unregister(Call call, List<String> classes) {
        registrations
                .computeIfAbsent(call.session().value(), s -> new Registration())
                .remove(classes);
    }

    @Override
    public CompletionStage<List<Row<Event>>> next(Call call) {
        Registration registration = registrations.get(call.session().value());
        if (registration == null) {
            throw Errors.sessionNotRegistered(TrackId.of(call.session()));
        }
        return registration.next();
    }

    @Override
    public long getCurrentId(Call call) {
        return nextId.get();
    }

    @Override
    public String inject(Call call, String clazz, String ref) {
        ClassModel<?> model = XenModel.get(clazz);
        return store.transact(tx -> {
            if (model == null || tx.find(model.ref(ref)).isEmpty()) {
                throw Errors.handleInvalid(clazz, ref);
            }
            tx.touch(model.ref(ref));
            return new Token(tx.sequence() - 1, 0).toString();
        });
    }
}
