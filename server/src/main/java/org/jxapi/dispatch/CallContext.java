package org.jxapi.dispatch;

import org.jxapi.datamodel.Ref;
import org.jxapi.session.Rights;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;

/**
 * The context of one call.
 *
 * @param takesTask whether the task goes with the end of the call
 */
public record CallContext(
        String method,
        Ref<Session> session,
        Ref<Task> task,
        boolean takesTask,
        Origin origin,
        Store store,
        Tasks tasks,
        Rights rights)
        implements Call {

    @Override
    public void progress(double fraction) {
        if (!task.isNull()) {
            tasks.progress(task, fraction);
        }
    }

    @Override
    public boolean cancelled() {
        return !task.isNull() && tasks.cancelling(task);
    }

    @Override
    public void throwIfCancelled() {
        if (cancelled()) {
            throw Errors.taskCancelled(task.value());
        }
    }

    @Override
    public boolean abandoned() {
        return origin.gone().getAsBoolean();
    }

    @Override
    public Cancellable cancellable() {
        if (task.isNull()) {
            return () -> {};
        }
        tasks.setCancellable(task, true);
        return () -> tasks.setCancellable(task, false);
    }

    @Override
    public void end(Transaction last) {
        if (takesTask) {
            Tasks.forget(last, task);
        }
    }

    @Override
    public Call part() {
        return new CallContext(method, session, task, false, origin, store, tasks, rights);
    }

    @Override
    public boolean permits(String permission) {
        return rights.permits(permission);
    }
}
