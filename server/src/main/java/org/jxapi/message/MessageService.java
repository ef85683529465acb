package org.jxapi.message;

import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.query.Query;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.MessageMessages;

/** The messages of class message. */
public final class MessageService implements MessageMessages<Call> {
    private final Store store;
    private final Clock clock;

    public MessageService(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    public void bind(MessageTable<Call> table) {
        MessageMessages.bind(table, this);
    }

    @Override
    public Ref<Message> create(Call call, String name, long priority, Cls cls, String objUuid, String body) {
        return store.transact(tx -> Messages.create(tx, clock, name, priority, cls, objUuid, body));
    }

    @Override
    public void destroy(Call call, Ref<Message> self) {
        store.change(tx -> tx.destroy(self));
    }

    @Override
    public void destroyMany(Call call, List<Ref<Message>> messages) {
        store.change(tx -> messages.forEach(m -> tx.destroy(m)));
    }

    /** Filters are {@code before} and {@code after}, times, and {@code priority}; a message must pass all that are given. */
    @Override
    public void destroyAll(Call call, Map<String, String> filters) {
        XenTime before = time(filters, "before");
        XenTime after = time(filters, "after");
        Long priority = priority(filters);
        store.change(tx -> List.copyOf(tx.all(Message.XEN_CLASS)).stream()
                .filter(m -> {
                    XenTime at = m.row().get(Message.TIMESTAMP);
                    return (before == null || at.instant().isBefore(before.instant()))
                            && (after == null || at.instant().isAfter(after.instant()))
                            && (priority == null
                                    || m.row().get(Message.PRIORITY).equals(priority));
                })
                .forEach(m -> tx.destroy(m.ref())));
    }

    private static @Nullable XenTime time(Map<String, String> filters, String key) {
        String text = filters.get(key);
        try {
            return text == null ? null : XenTime.parse(text);
        } catch (RuntimeException e) {
            throw Errors.invalidValue(key, text).causedBy(e);
        }
    }

    private static @Nullable Long priority(Map<String, String> filters) {
        String text = filters.get("priority");
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw Errors.invalidValue("priority", text).causedBy(e);
        }
    }

    @Override
    public Map<Ref<Message>, Row<Message>> get(Call call, Cls cls, String objUuid, XenTime since) {
        if (!Messages.exists(store.snapshot(), cls, objUuid)) {
            throw new XenApiException("UUID_INVALID", List.of());
        }
        return found(m ->
                m.row().get(Message.CLS) == cls && m.row().get(Message.OBJ_UUID).equals(objUuid) && later(m, since));
    }

    private static boolean later(Stored<Message> message, XenTime since) {
        return message.row().get(Message.TIMESTAMP).instant().isAfter(since.instant());
    }

    @Override
    public List<Ref<Message>> getAll(Call call) {
        return List.copyOf(getAllRecords(call).keySet());
    }

    @Override
    public Map<Ref<Message>, Row<Message>> getSince(Call call, XenTime since) {
        return found(m -> later(m, since));
    }

    @Override
    public Row<Message> getRecord(Call call, Ref<Message> self) {
        return store.snapshot().row(self);
    }

    @Override
    public Ref<Message> getByUuid(Call call, String uuid) {
        return store.snapshot()
                .byUuid(Message.XEN_CLASS, uuid)
                .orElseThrow(() -> Errors.uuidInvalid("message", uuid))
                .ref();
    }

    @Override
    public Map<Ref<Message>, Row<Message>> getAllRecords(Call call) {
        return found(m -> true);
    }

    @Override
    public Map<Ref<Message>, Row<Message>> getAllRecordsWhere(Call call, String expr) {
        return found(new Query(expr)::matches);
    }

    /** The newest first, as XAPI answers. */
    private Map<Ref<Message>, Row<Message>> found(Predicate<? super Stored<Message>> which) {
        Map<Ref<Message>, Row<Message>> found = new LinkedHashMap<>();
        store.snapshot().all(Message.XEN_CLASS).stream()
                .filter(which)
                .sorted(Comparator.<Stored<Message>>comparingLong(Stored::created)
                        .reversed())
                .forEach(m -> found.put(m.ref(), m.row()));
        return found;
    }
}
