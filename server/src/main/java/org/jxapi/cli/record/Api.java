package org.jxapi.cli.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API under a session, for one command. Objects are read and changed through it, with the session's rights. */
public final class Api implements AutoCloseable {
    /** The text for an object that does not exist. */
    public static final String ABSENT = "<not in database>";

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private final Store store;
    private final Dispatcher dispatcher;
    private final Call.Origin origin;
    private final String session;
    private final boolean own;

    private Api(Store store, Dispatcher dispatcher, Call.Origin origin, String session, boolean own) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.origin = origin;
        this.session = session;
        this.own = own;
    }

    /**
     * Logs in with the user of the command line, without waiting; fails with a XenApiException.
     *
     * @param given a session that the client has already
     * @param peer address of the client
     */
    public static CompletionStage<Api> login(
            Store store,
            Dispatcher dispatcher,
            CommandLine line,
            Optional<String> given,
            boolean unixSocket,
            String peer) {
        Call.Origin origin = Call.Origin.of(unixSocket, peer, "xe", "cli");
        if (given.isPresent()) {
            String session = given.get();
            return dispatch(dispatcher, origin, "session.get_uuid", List.of(session, session))
                    .thenApply(uuid -> new Api(store, dispatcher, origin, session, false));
        }
        String user = line.get("username", unixSocket ? "root" : "");
        List<Object> params =
                List.of(unixSocket && user.isEmpty() ? "root" : user, line.get("password", ""), "2.21", "cli");
        return dispatch(dispatcher, origin, "session.login_with_password", params)
                .thenApply(session -> new Api(store, dispatcher, origin, session.toString(), true));
    }

    /**
     * The same, with calls that stop waiting when their client has disconnected.
     *
     * @param gone whether the client has disconnected
     */
    public Api watching(BooleanSupplier gone) {
        return new Api(store, dispatcher, origin.watched(gone), session, false);
    }

    /** The API under a session of another user. */
    public Api login(String user, String password) {
        Object made = send("session.login_with_password", List.of(user, password, "1.3", "cli"));
        return new Api(store, dispatcher, origin, made.toString(), true);
    }

    /** Calls with another session, which ends with them. */
    public Api with(Ref<?> other) {
        return new Api(store, dispatcher, origin, other.value(), true);
    }

    /** The session's reference, for what the client fetches itself. */
    public String session() {
        return session;
    }

    /** Calls a message with the session before its parameters. The result is of the message's type; for void, it is "". */
    public Object call(String method, Object... params) {
        List<Object> all = new ArrayList<>();
        all.add(session);
        for (Object param : params) {
            all.add(plain(param));
        }
        return send(method, all);
    }

    private Object send(String method, List<Object> params) {
        return result(dispatcher.call(new Call.Request(method, params, origin)));
    }

    private static CompletionStage<Object> dispatch(
            Dispatcher dispatcher, Call.Origin origin, String method, List<Object> params) {
        return dispatcher.dispatch(new Call.Request(method, params, origin)).thenApply(Api::result);
    }

    private static Object result(Reply reply) {
        if (reply instanceof Reply.Failure failure) {
            throw new XenApiException(failure.code(), failure.params());
        }
        if (reply instanceof Reply.Success success) {
            Object value = success.value();
            return value == null ? "" : value;
        }
        throw new IllegalStateException("not a message of the API");
    }

    /** A value as a client would send it. */
    private static Object plain(Object value) {
        if (value instanceof Ref<?> ref) {
            return ref.value();
        }
        if (value instanceof XenEnum constant) {
            return constant.wire();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Api::plain).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            map.forEach((k, v) -> entries.put(plain(k), plain(v)));
            return entries;
        }
        return value;
    }

    /** All objects of a class, the oldest first. */
    @SuppressWarnings("unchecked")
    public <C> Map<Ref<C>, Row<C>> records(ClassModel<C> model) {
        Map<Ref<C>, Row<C>> found = (Map<Ref<C>, Row<C>>) call(model.name() + ".get_all_records_where", "true");
        Snapshot snapshot = store.snapshot();
        List<Map.Entry<Ref<C>, Row<C>>> entries = new ArrayList<>(found.entrySet());
        entries.sort(Comparator.comparingLong(
                e -> snapshot.find(e.getKey()).map(Stored::created).orElse(Long.MAX_VALUE)));
        Map<Ref<C>, Row<C>> sorted = new LinkedHashMap<>();
        entries.forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    /** The object of that uuid; UUID_INVALID when there is none. */
    public Ref<?> byUuid(String className, String uuid) {
        return (Ref<?>) call(className + ".get_by_uuid", uuid);
    }

    /** The objects of that name. */
    @SuppressWarnings("unchecked")
    public List<Ref<?>> byName(String className, String name) {
        return (List<Ref<?>>) call(className + ".get_by_name_label", name);
    }

    public <C> Row<C> record(ClassModel<C> model, Ref<?> ref) {
        return ((Row<?>) call(model.name() + ".get_record", ref)).as(model);
    }

    /** One value, by a field's getter. */
    @SuppressWarnings("unchecked")
    public <T> T get(Field<?, T> field, Ref<?> ref) {
        return (T) call(field.className() + ".get_" + field.name(), ref);
    }

    /** The pool, of which there is one. */
    public Ref<?> pool() {
        return ((List<?>) call("pool.get_all"))
                .stream().map(r -> (Ref<?>) r).findFirst().orElseThrow();
    }

    /** The host that serves this session. */
    public Ref<?> thisHost() {
        return (Ref<?>) call("session.get_this_host", session);
    }

    /** The uuid of the object that the reference names. */
    public String uuid(Ref<?> ref) {
        return uuid(ref.value());
    }

    /** The uuid of the object that has this reference. */
    public String uuid(String ref) {
        return object(ref).flatMap(row -> text(row, "uuid")).orElse(ABSENT);
    }

    /** The name of the object that the reference names. */
    public String name(Ref<?> ref) {
        return object(ref.value()).flatMap(row -> text(row, "name_label")).orElse(ABSENT);
    }

    /** A reference as uuid and name in brackets, for what is an object; other text as it is. */
    public String shown(String text) {
        return object(text)
                .flatMap(row -> text(row, "uuid")
                        .map(uuid -> uuid
                                + text(row, "name_label")
                                        .map(n -> " (" + n + ")")
                                        .orElse("")))
                .orElse(text);
    }

    /** The object itself, read without regard to rights; for what a shown object says about its neighbours. */
    public <C> Optional<Row<C>> neighbour(Ref<C> ref) {
        return store.snapshot().find(ref).map(Stored::row);
    }

    /** The object of any class that has this reference, read without regard to rights. */
    public Optional<Row<?>> object(String ref) {
        Snapshot snapshot = store.snapshot();
        return snapshot.classOf(ref)
                .flatMap(model -> snapshot.find(model.ref(ref)))
                .map(Stored::row);
    }

    private static Optional<String> text(Row<?> row, String fieldName) {
        Field<?, ?> field = row.model().field(fieldName);
        return field == null ? Optional.empty() : Optional.of((String) row.get(field.index()));
    }

    /** The value of a field of a row, by the field's name; of the model's type. */
    public static Object value(Row<?> row, String fieldName) {
        return row.get(row.model().requireField(fieldName).index());
    }

    @Override
    public void close() {
        if (!own) {
            return;
        }
        try {
            call("session.logout");
        } catch (XenApiException e) {
            LOG.debug("A command's session has ended already: {}", e.getMessage());
        }
    }
}
