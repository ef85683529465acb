package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallContext;
import org.jxapi.http.Grant;
import org.jxapi.http.Refusal;
import org.jxapi.http.RequestHead;
import org.jxapi.http.TransferHandler;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports and imports over HTTP, at XAPI's paths. A request comes with a task that the client has made ({@code
 * task_id}), or gets one; what came of it is in the task, since an answer has begun before it is known.
 */
public final class TransferServer implements TransferHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TransferServer.class);

    /** The most that is read of an unused body, so that its client receives the answer. */
    private static final int LEFTOVER = 16 << 20;

    /** Requests that save or replace a host, which members do not do. */
    private static final Set<String> OF_COORDINATORS = Set.of("http/get_host_backup", "http/put_host_restore");

    private final Store store;
    private final Tasks tasks;
    private final Map<String, Action> actions;

    /**
     * The handler of a path.
     *
     * @param permission what the caller needs, such as {@code http/get_export}
     * @param label name of the task, as XAPI's
     * @param tasked whether a request without a task gets one
     * @param open the requests that need neither a session nor a password
     */
    public record Action(String permission, String label, boolean tasked, Predicate<RequestHead> open, Work work) {
        public Action(String permission, String label, Work work) {
            this(permission, label, true, work);
        }

        public Action(String permission, String label, boolean tasked, Work work) {
            this(permission, label, tasked, head -> false, work);
        }
    }

    /** Serves a request; the result is the task's, in XML-RPC. */
    public interface Work {
        String run(Transfer transfer);
    }

    TransferServer(Store store, Tasks tasks, Map<String, Action> actions) {
        this.store = store;
        this.tasks = tasks;
        this.actions = actions;
    }

    /** Some clients write a slash behind the path. */
    private @Nullable Action action(String method, String path) {
        String name = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return actions.get(method + " " + name);
    }

    @Override
    public boolean serves(String method, String path) {
        return action(method, path) != null;
    }

    @Override
    public Optional<String> open(RequestHead head) {
        return Optional.ofNullable(action(head.method(), head.path()))
                .filter(action -> action.open().test(head))
                .map(Action::permission);
    }

    @Override
    public String realm(RequestHead head) {
        Action action = action(head.method(), head.path());
        String name = action == null ? head.path() : action.permission();
        return name.substring(name.lastIndexOf('/') + 1);
    }

    @Override
    public void serve(RequestHead head, InputStream body, Answer answer) throws IOException {
        Action action = action(head.method(), head.path());
        if (action == null) {
            missing(head, answer);
            return;
        }
        try {
            serve(action, head.admitted(), head, body, new LastByte(answer));
        } catch (Refusal e) {
            LOG.info("{} {} refused to {}: {}", head.method(), head.path(), head.peer(), e.getMessage());
            answer.refuse(e);
        }
    }

    private void serve(Action action, Grant grant, RequestHead head, InputStream body, LastByte answer)
            throws IOException {
        String given = head.param("task_id");
        Ref<Task> task = given == null ? Ref.nil() : Task.XEN_CLASS.ref(given);
        refuseForeign(grant, task);
        if (!grant.permits(action.permission())) {
            Refusal denied = Refusal.denied(action.permission());
            fail(action, head, task, denied.error());
            throw denied;
        }
        if (head.member() != null && OF_COORDINATORS.contains(action.permission())) {
            fail(action, head, task, Errors.notImplemented(head.method() + " " + head.path()));
            throw new Refusal(
                    501,
                    "Not Implemented",
                    "This host is a member of a pool, whose coordinator has the database; save that.");
        }
        if (given == null
                && head.method().equals("PUT")
                && "0".equals(head.headers().get("content-length"))) {
            // Xen Orchestra asks so whether another host is the right one.
            head.record(action.permission(), null);
            answer.ok(Map.of());
            return;
        }
        boolean fresh = given == null && action.tasked();
        Call.Origin origin = origin(head).watched(answer::clientGone);
        Ref<Task> own = fresh ? tasks.begin(action.label(), grant.session(), origin) : Ref.nil();
        CallContext call = new CallContext(
                action.label(), grant.session(), fresh ? own : task, false, origin, store, tasks, grant.rights());
        try {
            run(action, new Transfer(head, body, answer, call), answer);
        } finally {
            if (!own.isNull()) {
                tasks.forget(own);
            }
        }
    }

    /** Records a request that is refused, and ends its task. */
    private void fail(Action action, RequestHead head, Ref<Task> task, XenApiException error) {
        head.record(action.permission(), error);
        tasks.fail(task, error.code(), error.params());
    }

    /** A task is ended only by those who may change it. */
    private void refuseForeign(Grant grant, Ref<Task> task) {
        Snapshot now = store.snapshot();
        if (!grant.permits("task.destroy/any")
                && now.find(task).isPresent()
                && !Tasks.owns(now, grant.session(), task)) {
            throw Refusal.forbidden();
        }
    }

    /** Nothing is at this path. The task of somebody who is known ends all the same, since nobody else ends it. */
    private void missing(RequestHead head, Answer answer) throws IOException {
        String given = head.param("task_id");
        if (given != null) {
            try {
                Ref<Task> task = Task.XEN_CLASS.ref(given);
                refuseForeign(head.admitted(), task);
                XenApiException error = Errors.notImplemented(head.method() + " " + head.path());
                tasks.fail(task, error.code(), error.params());
            } catch (Refusal e) {
                LOG.debug("A task was not ended for {}: {}", head.peer(), e.getMessage());
            }
        }
        answer.refuse(missing(head));
    }

    private static Call.Origin origin(RequestHead head) {
        return new Call.Origin(
                head.unixSocket(),
                head.peer(),
                head.headers().getOrDefault("user-agent", ""),
                "",
                null,
                head.param("subtask_of"),
                Map.of());
    }

    private void run(Action action, Transfer transfer, LastByte answer) throws IOException {
        Ref<Task> task = transfer.call().task();
        try {
            if (!task.isNull()) {
                if (!pending(task)) {
                    throw Errors.handleInvalid("task", task.value());
                }
                // From here on the task is not the client's to end.
                tasks.progress(task, 0);
            }
            String result = action.work().run(transfer);
            if (!task.isNull()) {
                tasks.succeed(task, result);
            }
            transfer.head().record(action.permission(), null);
            answer.complete();
            drain(transfer);
        } catch (Refused e) {
            fail(action, transfer, e.error());
            transfer.answer().refuse(new Refusal(e.status(), e.title(), text(e.error())));
            drain(transfer);
        } catch (XenApiException e) {
            fail(action, transfer, e);
            ended(transfer, e);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: failed unexpectedly", action.label(), e);
            XenApiException error = Errors.internalError(String.valueOf(e));
            transfer.head().record(action.permission(), error);
            tasks.fail(task, error.code(), error.params());
            ended(transfer, error);
        }
    }

    private void fail(Action action, Transfer transfer, XenApiException e) {
        LOG.info("{} for {} failed: {}", action.label(), transfer.head().peer(), e.getMessage());
        transfer.head().record(action.permission(), e);
        if (!transfer.call().task().isNull()) {
            tasks.fail(transfer.call().task(), e.code(), e.params());
        }
    }

    private static String text(XenApiException e) {
        return e.code() + ": [ " + String.join("; ", e.params()) + " ]";
    }

    private boolean pending(Ref<Task> task) {
        return store.snapshot()
                .find(task)
                .map(Stored::row)
                .map(row -> row.get(Task.STATUS) == TaskStatusType.PENDING)
                .orElse(false);
    }

    /** A body that has begun cannot become an error: the connection breaks off, so that nobody takes it for whole. */
    private static void ended(Transfer transfer, XenApiException e) throws IOException {
        if (!transfer.answer().begun()) {
            transfer.answer().refuse(Refusal.internal(text(e)));
            drain(transfer);
        } else if (transfer.head().method().equals("GET")) {
            throw new IOException("an answer was not completed: " + e.getMessage(), e);
        }
    }

    private static void drain(Transfer transfer) {
        if (transfer.length() > LEFTOVER || transfer.encoding() != null) {
            return;
        }
        try {
            byte[] buffer = new byte[64 * 1024];
            int left = LEFTOVER;
            for (int n = 0; n >= 0 && left > 0; left -= n) {
                n = transfer.body().read(buffer);
            }
        } catch (IOException e) {
            LOG.debug("A client ended before its body did: {}", e.getMessage());
        }
    }
}
