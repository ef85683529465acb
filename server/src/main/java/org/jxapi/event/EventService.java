package org.jxapi.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.EventMessages;
import org.jxapi.xenapi.EventOperation;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.XenModel;

/** The messages of class event. A client that waits costs an entry in a set and a timer, no thread. */
public final class EventService implements EventMessages<Call>, ChangeLog.Listener {
    /** Changes that come close together travel together. */
    private static final long BATCH_MS = 50;
    /** What a timeout that means nothing stands for. */
    private static final double DAY = 86_400;

    private final Store store;
    private final ScheduledExecutorService timer;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final Map<String, Registration> registrations = new ConcurrentHashMap<>();

    public EventService(Store store, ScheduledExecutorService timer) {
        this.store = store;
        this.timer = timer;
        store.changes().addListener(this);
    }

    /** A call of event.from that has nothing to tell yet. */
    private record Waiter(
            Ref<Session> session, Subscription subscription, Token since, CompletableFuture<EventBatch> answer) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @Override
    public CompletionStage<EventBatch> from(Call call, List<String> classes, String token, double timeout) {
        Token since = Token.parse(token);
        Subscription subscription = Subscription.of(classes);
        EventBatch now = collect(store.snapshot(), subscription, since);
        if (since.start() && !now.events().isEmpty()) {
            return CompletableFuture.completedFuture(now);
        }
        double seconds = Double.isNaN(timeout) || timeout > DAY ? DAY : Math.max(0, timeout);
        Waiter waiter = new Waiter(call.session(), subscription, since, new CompletableFuture<>());
        waiters.add(waiter);
        waiter.answer().whenComplete((batch, e) -> waiters.remove(waiter));
        if (!now.events().isEmpty()) {
            later(waiter);
        } else if (!collect(store.snapshot(), subscription, since).events().isEmpty()) {
            // A change came between the first look and the waiting.
            later(waiter);
        }
        timer.schedule(() -> finish(waiter), (long) (seconds * 1000), TimeUnit.MILLISECONDS);
        return waiter.answer();
    }

    private void later(Waiter waiter) {
        long delay = waiter.subscription().onlyTasks() ? 0 : BATCH_MS;
        timer.schedule(() -> finish(waiter), delay, TimeUnit.MILLISECONDS);
    }

    private void finish(Waiter waiter) {
        if (waiter.answer().isDone()) {
            return;
        }
        Snapshot snapshot = store.snapshot();
        if (snapshot.find(Session.XEN_CLASS, waiter.session()).isEmpty()) {
            waiter.answer()
                    .completeExceptionally(
                            Errors.sessionInvalid(waiter.session().value()));
        } else {
            waiter.answer().complete(collect(snapshot, waiter.subscription(), waiter.since()));
        }
    }

    @Override
    public void committed(Snapshot snapshot, List<ChangeLog.Change> changes) {
        for (ChangeLog.Change change : changes) {
            boolean ended = change.model() == Session.XEN_CLASS && change.kind() == ChangeLog.Kind.DEL;
            for (Waiter waiter : waiters) {
                if (ended && waiter.session().value().equals(change.ref().value())) {
                    timer.execute(() -> finish(waiter));
                } else if (change.model().events() && waiter.subscription().covers(change.model(), change.ref())) {
                    later(waiter);
                }
            }
            if (ended) {
                registrations.remove(change.ref().value());
            } else if (change.model().events()) {
                registrations.values().forEach(r -> r.offer(change));
            }
        }
        registrations.values().forEach(Registration::wake);
    }

    private EventBatch collect(Snapshot snapshot, Subscription subscription, Token since) {
        List<Row> adds = new ArrayList<>();
        List<Row> mods = new ArrayList<>();
        List<Row> dels = new ArrayList<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        long newest = since.database();
        for (ClassModel model : XenModel.CLASSES) {
            if (!model.stored()) {
                continue;
            }
            if (model.database()) {
                counts.put(model.name().toLowerCase(Locale.ROOT), snapshot.count(model));
            }
            if (!model.events() || !subscription.covers(model)) {
                continue;
            }
            List<Stored> changed = new ArrayList<>();
            for (Stored stored : snapshot.all(model)) {
                if (stored.modified() > since.database() && subscription.covers(model, stored.ref())) {
                    changed.add(stored);
                }
            }
            changed.sort(java.util.Comparator.comparing(s -> s.ref().value()));
            for (Stored stored : changed) {
                newest = Math.max(newest, stored.modified());
                boolean added = stored.created() > since.database();
                (added ? adds : mods)
                        .add(event(
                                added ? stored.created() : stored.modified(),
                                model,
                                added ? EventOperation.ADD : EventOperation.MOD,
                                stored.ref(),
                                stored.row()));
            }
            for (ChangeLog.Deleted removal : store.changes().deletedAfter(model, since.database())) {
                if (removal.sequence() <= snapshot.sequence() && subscription.covers(model, removal.ref())) {
                    newest = Math.max(newest, removal.sequence());
                    if (removal.created() <= since.database() && !since.start()) {
                        dels.add(event(removal.sequence(), model, EventOperation.DEL, removal.ref(), null));
                    }
                }
            }
        }
        List<Row> events = new ArrayList<>(adds);
        events.addAll(mods);
        events.addAll(dels);
        return new EventBatch(events, counts, new Token(newest, since.messages()).toString());
    }

    /** An event's record; its timestamp has been no more than a text for a long time. */
    static Row event(long id, ClassModel model, EventOperation operation, Ref<?> ref, Row snapshot) {
        return event(Long.toString(id), "0.0", model, operation, ref, snapshot);
    }

    static Row event(
            String id, String timestamp, ClassModel model, EventOperation operation, Ref<?> ref, Row snapshot) {
        Object[] values = new Object[Event.XEN_CLASS.fields().size()];
        values[Event.ID.index()] = id;
        values[Event.TIMESTAMP.index()] = timestamp;
        values[Event.CLASS.index()] = model.name().toLowerCase(Locale.ROOT);
        values[Event.OPERATION.index()] = operation;
        values[Event.REF.index()] = ref.value();
        values[Event.OBJ_UUID.index()] = "";
        values[Event.SNAPSHOT.index()] = snapshot;
        return Row.of(Event.XEN_CLASS, values);
    }

    @Override
    public void register(Call call, List<String> classes) {
        registrations
                .computeIfAbsent(call.session().value(), s -> new Registration())
                .add(classes);
    }

    @Override
    public void unregister(Call call, List<String> classes) {
        Registration registration = registrations.get(call.session().value());
        if (registration != null) {
            registration.remove(classes);
        }
    }

    @Override
    public CompletionStage<List<Row>> next(Call call) {
        Registration registration = registrations.get(call.session().value());
        if (registration == null) {
            throw Errors.sessionNotRegistered(call.session().value());
        }
        return registration.next();
    }

    @Override
    public long getCurrentId(Call call) {
        return store.snapshot().sequence() + 1;
    }

    @Override
    public String inject(Call call, String clazz, String ref) {
        return store.transact(tx -> {
            Map<String, ClassModel> byName = new HashMap<>();
            XenModel.CLASSES.forEach(c -> byName.put(c.name().toLowerCase(Locale.ROOT), c));
            ClassModel model = byName.get(clazz.toLowerCase(Locale.ROOT));
            if (model == null || tx.find(model, Ref.of(ref)).isEmpty()) {
                throw Errors.handleInvalid(clazz, ref);
            }
            tx.touch(model, Ref.of(ref));
            return new Token(tx.sequence() - 1, 0).toString();
        });
    }
}
