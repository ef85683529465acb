package org.jxapi.event;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.EventOperation;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.XenModel;

/**
 * The events of event.from: the changes since a token, one event per object. Messages come first, then additions,
 * modifications and removals. The cost depends on the number of changes, not on the number of objects.
 */
final class Changes {
    private final ChangeLog log;

    Changes(ChangeLog log) {
        this.log = log;
    }

    /** Whether removals that a client with this token has not received are forgotten, or the token is of another database. */
    boolean lost(Token since, EventFilter subscription, Snapshot snapshot) {
        if (since.start()) {
            return false;
        }
        return since.database() > snapshot.sequence()
                || XenModel.CLASSES.stream()
                        .filter(model -> model.stored() && model.events() && subscription.covers(model))
                        .anyMatch(model -> log.forgottenUpTo(model) > since.database());
    }

    /** The events that a client with the token {@code since} has not received. */
    EventBatch since(Token since, EventFilter subscription, Snapshot snapshot) {
        List<Row<Event>> messages = new ArrayList<>();
        List<Row<Event>> adds = new ArrayList<>();
        List<Row<Event>> mods = new ArrayList<>();
        List<Row<Event>> dels = new ArrayList<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        long newest = since.database();
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (!model.stored()) {
                continue;
            }
            if (model.database()) {
                counts.put(EventFilter.className(model), snapshot.count(model));
            }
            if (!model.events() || !subscription.covers(model)) {
                continue;
            }
            boolean message = model == Message.XEN_CLASS;
            for (Stored<?> stored : changed(snapshot, model, subscription, since.database())) {
                newest = Math.max(newest, stored.modified());
                if (stored.created() > since.database()) {
                    (message ? messages : adds)
                            .add(event(message ? 0 : stored.created(), model, EventOperation.ADD, stored));
                } else if (!message) {
                    mods.add(event(stored.modified(), model, EventOperation.MOD, stored));
                }
            }
            for (ChangeLog.Deleted removal : log.deletedAfter(model, since.database())) {
                if (removal.sequence() <= snapshot.sequence() && subscription.covers(model, removal.ref())) {
                    newest = Math.max(newest, removal.sequence());
                    if (removal.created() <= since.database()) {
                        (message ? messages : dels)
                                .add(event(
                                        Long.toString(message ? 0 : removal.sequence()),
                                        "0.0",
                                        model,
                                        EventOperation.DEL,
                                        removal.ref(),
                                        null));
                    }
                }
            }
        }
        messages.addAll(adds);
        messages.addAll(mods);
        messages.addAll(dels);
        return new EventBatch(List.copyOf(messages), counts, new Token(newest, since.messages()).toString());
    }

    private static <C> List<Stored<C>> changed(
            Snapshot snapshot, ClassModel<C> model, EventFilter subscription, long since) {
        List<Stored<C>> changed = new ArrayList<>();
        if (subscription.coversAll(model)) {
            changed.addAll(snapshot.modifiedAfter(model, since));
        } else {
            for (String ref : subscription.objectsOf(model)) {
                snapshot.find(model.ref(ref)).filter(s -> s.modified() > since).ifPresent(changed::add);
            }
        }
        changed.sort(Comparator.comparing(s -> s.ref().value()));
        return changed;
    }

    private static Row<Event> event(long id, ClassModel<?> model, EventOperation operation, Stored<?> stored) {
        return event(Long.toString(id), "0.0", model, operation, stored.ref(), stored.row());
    }

    /** An event's record; {@code snapshot} is null for what is gone. */
    static Row<Event> event(
            String id,
            String timestamp,
            ClassModel<?> model,
            EventOperation operation,
            Ref<?> ref,
            @Nullable Row<?> snapshot) {
        Object[] values = new Object[Event.XEN_CLASS.fields().size()];
        values[Event.ID.index()] = id;
        values[Event.TIMESTAMP.index()] = timestamp;
        values[Event.CLASS.index()] = EventFilter.className(model);
        values[Event.OPERATION.index()] = operation;
        values[Event.REF.index()] = ref.value();
        values[Event.OBJ_UUID.index()] = "";
        values[Event.SNAPSHOT.index()] = snapshot;
        return Row.of(Event.XEN_CLASS, values);
    }
}
