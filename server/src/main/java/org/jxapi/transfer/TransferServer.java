package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallContext;
import org.jxapi.http.HttpAccess;
import org.jxapi.http.Refusal;
import org.jxapi.http.RequestHead;
import org.jxapi.http.TransferHandler;
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

    /** The most that is read of a body that nobody needs, so that its client hears the answer. */
    private static final int LEFTOVER = 16 << 20;

    private final Store store;
    private final Tasks tasks;
    private final HttpAccess access;
    private final Map<String, Action> actions;

    /**
     * What is done at a path.
     *
     * @param label name of the task, as XAPI's; null for what takes no time and needs none
     */
    record Action(String permission, String label, Work work) {}

    /** Serves a request; the result is the task's, in XML-RPC. */
    interface Work {
        String run(Transfer transfer);
    }

    TransferServer(Store store, Tasks tasks, HttpAccess access, Map<String, Action> actions) {
        this.store = store;
        this.tasks = tasks;
        this.access = access;
        this.actions = actions;
    }

    /** Some clients write a slash behind the path. */
    private Action action(String method, String path) {
        String name = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return actions.get(method + " " + name);
    }

    @Override
    public boolean serves(String method, String path) {
        return action(method, path) != null;
    }

    @Override
    public void serve(RequestHead head, InputStream body, Answer answer) throws IOException {
        Action action = action(head.method(), head.path());
        String given = head.param("task_id");
        Ref<Task> task = given == null ? Ref.nil() : Ref.of(given);
        try (HttpAccess.Grant grant = access.grant(head, action.permission())) {
            if (given == null && "0".equals(head.headers().get("content-length"))) {
                // Xen Orchestra asks so whether another host is the right one.
                answer.ok(Map.of());
                return;
            }
            if (action.label() == null) {
                answer(action, new Transfer(head, body, answer, null));
                return;
            }
            Ref<Task> own = given == null ? tasks.begin(action.label(), grant.session(), origin(head)) : Ref.nil();
            CallContext call = new CallContext(
                    action.label(),
                    grant.session(),
                    given == null ? own : task,
                    false,
                    origin(head),
                    store,
                    tasks,
                    grant.rights());
            try {
                run(action, new Transfer(head, body, answer, call));
            } finally {
                if (!own.isNull()) {
                    tasks.forget(own);
                }
            }
        } catch (Refusal e) {
            LOG.info("{} {} refused to {}: {}", head.method(), head.path(), head.peer(), e.getMessage());
            XenApiException error = e.status() == 403
                    ? Errors.rbacPermissionDenied(action.permission(), "No permission in user session")
                    : new XenApiException("SESSION_AUTHENTICATION_FAILED", List.of());
            tasks.fail(task, error.code(), error.params());
            answer.refuse(e);
        }
    }

    private static void answer(Action action, Transfer transfer) throws IOException {
        try {
            action.work().run(transfer);
        } catch (XenApiException e) {
            ended(transfer, e);
        }
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

    private void run(Action action, Transfer transfer) throws IOException {
        Ref<Task> task = transfer.call().task();
        try {
            if (!pending(task)) {
                throw Errors.handleInvalid("task", task.value());
            }
            // From here on the task is not the client's to end.
            tasks.progress(task, 0);
            tasks.succeed(task, action.work().run(transfer));
            drain(transfer);
        } catch (XenApiException e) {
            LOG.info("{} for {} failed: {}", action.label(), transfer.head().peer(), e.getMessage());
            tasks.fail(task, e.code(), e.params());
            ended(transfer, e);
        } catch (RuntimeException e) {
            LOG.error("{} failed unexpectedly", action.label(), e);
            XenApiException error = Errors.internalError(String.valueOf(e));
            tasks.fail(task, error.code(), error.params());
            ended(transfer, error);
        }
    }

    private boolean pending(Ref<Task> task) {
        return store.snapshot()
                .find(Task.XEN_CLASS, task)
                .map(Stored::row)
                .map(row -> row.get(Task.STATUS) == TaskStatusType.PENDING)
                .orElse(false);
    }

    /** A body that has begun cannot become an error: the connection breaks off, so that nobody takes it for whole. */
    private static void ended(Transfer transfer, XenApiException e) throws IOException {
        if (!transfer.answer().begun()) {
            transfer.answer().refuse(Refusal.internal(e.code() + ": [ " + String.join("; ", e.params()) + " ]"));
            drain(transfer);
        } else if (transfer.head().method().equals("GET")) {
            throw new IOException("an answer was not completed: " + e.getMessage(), e);
        }
    }

    private static void drain(Transfer transfer) {
        if (transfer.length() > LEFTOVER) {
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
