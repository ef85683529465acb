package org.jxapi.dispatch;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call.Origin;
import org.jxapi.session.Rights;
import org.jxapi.session.Sessions;
import org.jxapi.session.TokenPlugin;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.XenModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the message of a call, checks session, role and parameters in XAPI's order, and runs it. */
public final class XenDispatcher implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(XenDispatcher.class);

    /** The prefixes that ask for a task. The second is used between hosts. */
    private static final List<String> ASYNC = List.of("Async.", "InternalAsync.");

    private static final Set<MessageModel.Kind> READS = EnumSet.of(
            MessageModel.Kind.GETTER,
            MessageModel.Kind.GET_ALL,
            MessageModel.Kind.GET_ALL_RECORDS,
            MessageModel.Kind.GET_BY_UUID,
            MessageModel.Kind.GET_BY_NAME_LABEL,
            MessageModel.Kind.GET_RECORD);

    /** Messages for sessions that read another pool's database, in addition to those that read fields. */
    private static final Set<String> FOREIGN = Set.of(
            "VM.assert_can_be_recovered",
            "VM.get_SRs_required_for_recovery",
            "VM.recover",
            "VM_appliance.assert_can_be_recovered",
            "VM_appliance.get_SRs_required_for_recovery",
            "VM_appliance.recover",
            "session.logout");

    private static final Object[] NO_ARGUMENTS = {};
    private static final Audit.Entry UNRECORDED = (denied, failure) -> {};

    private static final Set<MessageModel.Kind> QUERIES =
            EnumSet.of(MessageModel.Kind.GET_ALL_WHERE, MessageModel.Kind.GET_ALL_RECORDS_WHERE);

    /** A message and its code; those that are not there yet have none. */
    private record Target(MessageModel message, MessageTable.@Nullable Body<Call> body) {}

    private final Store store;
    private final Tasks tasks;
    private final Sessions sessions;
    private final Workers workers;
    private final SessionStores databases;
    private final Audit audit;
    private final BiFunction<Type, Object, String> encoder;
    private final Map<String, Target> targets = new HashMap<>();
    private final List<String> methodNames = new ArrayList<>();
    /** Messages that the generic code answers from a snapshot. */
    private final Set<String> immediate = new HashSet<>();

    /**
     * @param table the code of explicit messages, and of implicit ones that do more than the generic code
     * @param workers where messages run that may take time
     * @param databases the databases of other pools
     * @param audit records calls
     * @param encoder writes a value as tasks keep their result: in XML-RPC
     */
    public XenDispatcher(
            Store store,
            Tasks tasks,
            Clock clock,
            MessageTable<Call> table,
            Workers workers,
            SessionStores databases,
            Audit audit,
            BiFunction<Type, Object, String> encoder) {
        this.store = store;
        this.tasks = tasks;
        this.sessions = new Sessions(store, clock);
        this.workers = workers;
        this.databases = databases;
        this.audit = audit;
        this.encoder = encoder;
        ImplicitBodies implicit = new ImplicitBodies(store);
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                MessageTable.Body<Call> body = table.get(message.fullName());
                if (body == null && message.implicit()) {
                    body = implicit.of(model, message);
                }
                if (body == null && message.offered()) {
                    throw new IllegalStateException(message.fullName() + " has no code");
                }
                if (table.get(message.fullName()) == null && READS.contains(message.kind())) {
                    immediate.add(message.fullName());
                }
                targets.put(message.fullName(), new Target(message, body));
                methodNames.add(message.fullName());
            }
        }
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        try {
            return route(request, workers::of);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.completedFuture(failure(request.method(), e));
        }
    }

    @Override
    public boolean immediate(String method) {
        return immediate.contains(method);
    }

    @Override
    public Reply call(Call.Request request) {
        try {
            return route(request, message -> Runnable::run)
                    .toCompletableFuture()
                    .join();
        } catch (RuntimeException | Error e) {
            return failure(request.method(), e);
        }
    }

    /** @param threads where a message runs whose caller waits */
    private CompletionStage<Reply> route(Call.Request request, Function<MessageModel, Executor> threads) {
        String name = request.method();
        String plain = plain(name);
        if (plain.equals("system.listMethods")) {
            return CompletableFuture.completedFuture(new Reply.Methods(methodNames));
        }
        Target target = targets.get(plain);
        target = target == null ? alias(plain) : target;
        if (target == null) {
            if (!request.params().isEmpty()) {
                // XAPI looks for an extension of that name, which only some may call.
                Ref<Session> session =
                        sessions.check(Coerce.string(request.params().get(0)));
                sessions.rights(session).check("host.call_extension");
            }
            throw Errors.messageMethodUnknown(plain);
        }
        return run(target, request, !plain.equals(name), threads);
    }

    /** The name without what asks for a task instead of an answer. */
    private static String plain(String name) {
        for (String prefix : ASYNC) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    /** {@code Class_message}, where the class's name may hold underscores too. */
    private @Nullable Target alias(String name) {
        for (int i = name.indexOf('_'); i >= 0; i = name.indexOf('_', i + 1)) {
            Target target = targets.get(name.substring(0, i) + "." + name.substring(i + 1));
            if (target != null) {
                return target;
            }
        }
        return null;
    }

    private CompletionStage<Reply> run(
            Target target, Call.Request request, boolean async, Function<MessageModel, Executor> threads) {
        MessageModel message = target.message();
        LOG.debug("{} from {}", message.fullName(), request.origin().peer());
        List<Object> given = request.params();
        checkCount(message, request.method(), given.size());
        boolean removed = message.lifecycle().removed();
        String ref = message.session() ? Coerce.string(given.get(0)) : null;
        Object[] args =
                removed ? NO_ARGUMENTS : arguments(message, ref == null ? given : given.subList(1, given.size()));
        Ref<Session> session = ref == null ? Ref.nil() : sessions.check(ref);
        Rights rights = ref == null ? Rights.ALL : sessions.rights(session);
        if (removed) {
            throw Errors.messageRemoved();
        }
        if (message.poolInternal()) {
            throw Errors.internalError(
                    "Internal API \"" + message.fullName() + "\" call attempted with non-pool (external) session");
        }
        if (async && !message.async()) {
            return CompletableFuture.completedFuture(new Reply.Failure(
                    "Fault", List.of("No async mode for this operation (rpc: " + plain(request.method()) + ")")));
        }
        Store read = session.isNull() ? null : databases.of(session);
        MessageTable.Body<Call> body = read == null ? target.body() : foreign(target, read);
        if (body == null) {
            return now(
                    message,
                    (call, arguments) -> {
                        throw Errors.notImplemented(message.fullName());
                    },
                    context(message, session, Ref.nil(), false, request.origin(), read, rights),
                    args);
        }
        Origin origin = async ? request.origin().unwatched() : request.origin();
        Executor thread = async ? workers.of(message) : threads.apply(message);
        if (origin.taskId() != null) {
            Ref<Task> theirs = Task.XEN_CLASS.ref(origin.taskId());
            return forwarded(
                    message, body, context(message, session, theirs, false, origin, read, rights), args, async, thread);
        }
        if (!message.async()) {
            return now(message, body, context(message, session, Ref.nil(), false, origin, read, rights), args);
        }
        Ref<Task> task = tasks.begin(request.method(), session, origin);
        CallContext call = context(message, session, task, !async, origin, read, rights);
        CompletableFuture<Reply> done = new CompletableFuture<>();
        thread.execute(() -> now(message, body, call, args).whenComplete((reply, e) -> {
            finish(task, reply, async);
            done.complete(reply);
        }));
        return async ? CompletableFuture.completedFuture(new Reply.Success(new Type.Reference("task"), task)) : done;
    }

    /** A call under a task that the client has made, and ends itself. */
    private CompletionStage<Reply> forwarded(
            MessageModel message,
            MessageTable.Body<Call> body,
            CallContext call,
            Object[] args,
            boolean async,
            Executor thread) {
        if (!message.async()) {
            return now(message, body, call, args);
        }
        CompletableFuture<Reply> done = new CompletableFuture<>();
        thread.execute(() -> now(message, body, call, args).thenAccept(done::complete));
        return async
                ? CompletableFuture.completedFuture(new Reply.Success(new Type.Reference("task"), call.task()))
                : done;
    }

    private CallContext context(
            MessageModel message,
            Ref<Session> session,
            Ref<Task> task,
            boolean takesTask,
            Origin origin,
            @Nullable Store read,
            Rights rights) {
        Store database = read == null ? store : read;
        return new CallContext(message.fullName(), session, task, takesTask, origin, database, tasks, rights);
    }

    /** The code of a message for a session that reads another pool's database; null when it has none for that. */
    private static MessageTable.@Nullable Body<Call> foreign(Target target, Store read) {
        MessageModel message = target.message();
        ClassModel<?> model = XenModel.get(message.className());
        if (model != null && (READS.contains(message.kind()) || QUERIES.contains(message.kind()))) {
            return new ImplicitBodies(read).of(model, message);
        }
        return FOREIGN.contains(message.fullName()) ? target.body() : null;
    }

    /** A client that waits takes its answer; the task of one that does not wait keeps it. */
    private void finish(Ref<Task> task, Reply reply, boolean async) {
        try {
            if (!async) {
                tasks.forget(task);
            } else if (reply instanceof Reply.Success success) {
                tasks.succeed(task, encoder.apply(success.type(), success.value()));
            } else if (reply instanceof Reply.Failure failure) {
                tasks.fail(task, failure.code(), failure.params());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("Task: its end cannot be stored", e);
        }
    }

    private CompletionStage<Reply> now(
            MessageModel message, MessageTable.Body<Call> body, CallContext call, Object[] args) {
        Audit.Entry entry = message.session() ? audit.message(message, call, args) : UNRECORDED;
        try {
            if (!TokenPlugin.checksRights(message, args)) {
                call.rights().check(message, mapKey(message, args));
            }
        } catch (XenApiException e) {
            entry.end(true, e);
            return CompletableFuture.completedFuture(failure(message.fullName(), e));
        }
        try {
            Object value = body.call(call, args);
            if (value instanceof CompletionStage<?> stage) {
                return stage.handle((v, e) -> ended(
                        entry, e == null ? new Reply.Success(message.result(), v) : failure(message.fullName(), e)));
            }
            return CompletableFuture.completedFuture(ended(entry, new Reply.Success(message.result(), value)));
        } catch (Exception | Error e) {
            return CompletableFuture.completedFuture(ended(entry, failure(message.fullName(), e)));
        }
    }

    private static Reply ended(Audit.Entry entry, Reply reply) {
        entry.end(
                false,
                reply instanceof Reply.Failure failure ? new XenApiException(failure.code(), failure.params()) : null);
        return reply;
    }

    private static Reply failure(String method, Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof XenApiException known) {
            return new Reply.Failure(known.code(), known.params());
        }
        if (cause instanceof StoreException store) {
            // The store has logged why, once.
            XenApiException told =
                    store.full() ? Errors.outOfSpace(store.getMessage()) : Errors.internalError(store.getMessage());
            return new Reply.Failure(told.code(), told.params());
        }
        LOG.error("{}: failed unexpectedly", method, cause);
        return new Reply.Failure("INTERNAL_ERROR", List.of(String.valueOf(cause)));
    }

    private static void checkCount(MessageModel message, String name, int given) {
        int own = message.session() ? 1 : 0;
        int required = message.requiredParams();
        boolean optional = required < message.params().size();
        int received = given - own;
        if (received < required || !optional && received > required) {
            throw Errors.messageParameterCountMismatch(
                    plain(name), Integer.toString(required), Integer.toString(received));
        }
    }

    private static Object[] arguments(MessageModel message, List<Object> given) {
        Object[] args = new Object[message.params().size()];
        for (int i = 0; i < args.length; i++) {
            MessageModel.Param param = message.params().get(i);
            args[i] = i < given.size() ? Coerce.to(param.type(), given.get(i)) : param.defaultValue();
        }
        return args;
    }

    /** The map key that an add or remove is about, for keys with a role of their own. */
    private static @Nullable String mapKey(MessageModel message, Object[] args) {
        Field<?, ?> field = message.field();
        boolean implicit = field != null
                && field.elements() == Field.Elements.MAP
                && (message.kind() == MessageModel.Kind.ADD || message.kind() == MessageModel.Kind.REMOVE);
        boolean explicit = message.kind() == MessageModel.Kind.EXPLICIT
                && !message.keyRoles().isEmpty()
                && args.length > 1;
        return implicit || explicit ? String.valueOf(args[1]) : null;
    }
}
