package org.jxapi.task;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.TaskStatusType;

/** The life of task objects. */
public final class Tasks {
    private final Store store;
    private final Clock clock;

    public Tasks(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Makes the pending task of a call. */
    public Ref<Task> begin(String label, Ref<Session> session, Call.Origin origin) {
        return store.transact(tx -> tx.create(pending(tx, label, "", session)
                .with(Task.SUBTASK_OF, origin.subtaskOf() == null ? Ref.nil() : Task.XEN_CLASS.ref(origin.subtaskOf()))
                .with(Task.OTHER_CONFIG, origin.otherConfig())));
    }

    /** Makes the pending task of work that the daemon does by itself. */
    public Ref<Task> begin(String label, String description, Map<String, String> otherConfig) {
        return store.transact(
                tx -> tx.create(pending(tx, label, description, Ref.nil()).with(Task.OTHER_CONFIG, otherConfig)));
    }

    Row<Task> pending(Snapshot snapshot, String label, String description, Ref<Session> session) {
        return Row.of(Task.XEN_CLASS)
                .with(Task.NAME_LABEL, label)
                .with(Task.NAME_DESCRIPTION, description)
                .with(Task.CREATED, XenTime.of(clock.instant()))
                .with(Task.FINISHED, XenTime.NEVER)
                .with(Task.STATUS, TaskStatusType.PENDING)
                .with(Task.TYPE, "<none/>")
                .with(Task.BACKTRACE, "()")
                .with(Task.SESSION, session)
                .with(Task.RESIDENT_ON, host(snapshot));
    }

    private static Ref<Host> host(Snapshot snapshot) {
        return ThisHost.find(snapshot).<Ref<Host>>map(Stored::ref).orElse(Ref.nil());
    }

    /** Ends a task well; {@code result} is the XML-RPC encoding of the value. */
    public void succeed(Ref<Task> task, String result) {
        end(task, TaskStatusType.SUCCESS, result, List.of());
    }

    /** The same, as a part of the transaction that makes the outcome true. */
    public void succeed(Transaction last, Ref<Task> task, String result) {
        end(last, task, TaskStatusType.SUCCESS, result, List.of());
    }

    /** Ends a task with a failure. */
    public void fail(Ref<Task> task, String code, List<String> params) {
        List<String> info = new ArrayList<>();
        info.add(code);
        info.addAll(params);
        end(task, code.equals("TASK_CANCELLED") ? TaskStatusType.CANCELLED : TaskStatusType.FAILURE, "", info);
    }

    private void end(Ref<Task> task, TaskStatusType status, String result, List<String> errorInfo) {
        settle(tx -> end(tx, task, status, result, errorInfo));
    }

    private void end(Transaction tx, Ref<Task> task, TaskStatusType status, String result, List<String> errorInfo) {
        if (tx.find(task).isEmpty() || tx.get(task, Task.STATUS) != TaskStatusType.PENDING) {
            return;
        }
        tx.set(task, Task.ALLOWED_OPERATIONS, List.of());
        tx.set(task, Task.FINISHED, XenTime.of(clock.instant()));
        tx.set(task, Task.PROGRESS, 1.0);
        tx.set(task, Task.RESULT, result);
        tx.set(task, Task.ERROR_INFO, errorInfo);
        tx.set(task, Task.STATUS, status);
        if (tx.get(task, Task.CURRENT_OPERATIONS).containsValue(TaskAllowedOperations.DESTROY)) {
            tx.destroy(task);
        }
    }

    /** Removes the task of a call that nobody waits for. */
    public void forget(Ref<Task> task) {
        settle(tx -> forget(tx, task));
    }

    /** The same, as a part of a transaction. */
    public static void forget(Transaction tx, Ref<Task> task) {
        tx.destroyIfThere(task);
    }

    /** Makes the change now; when the database cannot be written, as soon as it can, while the caller goes on. */
    private void settle(Consumer<Transaction> work) {
        try {
            store.change(work);
        } catch (StoreException e) {
            Thread later = new Thread(
                    () -> {
                        try {
                            store.insist(work);
                        } catch (StoreException closed) {
                            // The next start fails what is pending.
                        }
                    },
                    "task-end");
            later.setDaemon(true);
            later.start();
        }
    }

    /** Sets the progress of a pending task, from 0 to 1. */
    public void progress(Ref<Task> task, double fraction) {
        store.change(tx -> {
            if (tx.find(task).isPresent() && tx.get(task, Task.STATUS) == TaskStatusType.PENDING) {
                tx.set(task, Task.PROGRESS, Math.max(0, Math.min(1, fraction)));
            }
        });
    }

    /** Says whether a pending task looks whether it was asked to stop. */
    public void setCancellable(Ref<Task> task, boolean cancellable) {
        store.change(tx -> {
            if (tx.find(task).isPresent() && tx.get(task, Task.STATUS) == TaskStatusType.PENDING) {
                tx.set(
                        task,
                        Task.ALLOWED_OPERATIONS,
                        cancellable ? List.of(TaskAllowedOperations.CANCEL) : List.<TaskAllowedOperations>of());
            }
        });
    }

    /** Whether somebody asked the task to stop. */
    public boolean cancelling(Ref<Task> task) {
        return store.snapshot()
                .find(task)
                .map(s -> s.row().get(Task.CURRENT_OPERATIONS).containsValue(TaskAllowedOperations.CANCEL))
                .orElse(false);
    }

    /** Asks a task to stop; as in XAPI the call that asks, which has no task itself, stands as the operation's. */
    static void requestCancel(Transaction tx, Ref<Task> task) {
        request(tx, task, "DummyRef:|" + UUID.randomUUID() + "|task.cancel", TaskAllowedOperations.CANCEL);
    }

    /** Has a task destroyed as soon as it ends. */
    static void requestDestroy(Transaction tx, Ref<Task> task) {
        request(tx, task, "task", TaskAllowedOperations.DESTROY);
    }

    private static void request(Transaction tx, Ref<Task> task, String asking, TaskAllowedOperations what) {
        Map<String, TaskAllowedOperations> operations = new LinkedHashMap<>(tx.get(task, Task.CURRENT_OPERATIONS));
        operations.put(asking, what);
        tx.set(task, Task.CURRENT_OPERATIONS, operations);
    }

    /** Fails what an earlier run of the daemon left unfinished: nobody works on it any more. */
    public void failInterrupted(List<Ref<Task>> interrupted) {
        XenApiException error = Errors.internalError("The daemon stopped while the task was under way");
        interrupted.forEach(task -> fail(task, error.code(), error.params()));
    }

    /** Whether a task belongs to the user of that session, who may then change it and end it. */
    public static boolean owns(Snapshot snapshot, Ref<Session> session, Ref<Task> task) {
        Ref<Session> owner = snapshot.get(task, Task.SESSION);
        return owner.equals(session) || user(snapshot, owner).equals(user(snapshot, session));
    }

    private static String user(Snapshot snapshot, Ref<Session> session) {
        return snapshot.find(session)
                .map(s -> s.row().get(Session.AUTH_USER_SID))
                .orElse("");
    }

    /** The tasks that have not ended. */
    public List<Ref<Task>> pending() {
        List<Ref<Task>> pending = new ArrayList<>();
        for (Stored<Task> stored : store.snapshot().all(Task.XEN_CLASS)) {
            if (stored.row().get(Task.STATUS) == TaskStatusType.PENDING) {
                pending.add(stored.ref());
            }
        }
        return pending;
    }
}
