package org.jxapi.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.MapRights;
import org.jxapi.session.Permissions;
import org.jxapi.session.Rights;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskMessages;
import org.jxapi.xenapi.TaskStatusType;

/** The messages of class task. */
public final class TaskService implements TaskMessages<Call> {
    private final Store store;
    private final Tasks tasks;

    public TaskService(Store store, Tasks tasks) {
        this.store = store;
        this.tasks = tasks;
    }

    @Override
    public Ref<Task> create(Call call, String label, String description) {
        return store.transact(tx -> tx.create(tasks.pending(tx, label, description, call.session())));
    }

    @Override
    public void destroy(Call call, Ref<Task> self) {
        store.change(tx -> {
            checkOwner(call, tx, self);
            if (tx.get(self, Task.STATUS) == TaskStatusType.PENDING) {
                Tasks.requestDestroy(tx, self);
            } else {
                tx.destroy(self);
            }
        });
    }

    @Override
    public void cancel(Call call, Ref<Task> task) {
        store.change(tx -> {
            checkOwner(call, tx, task);
            Tasks.requestCancel(tx, task);
        });
    }

    @Override
    public void setStatus(Call call, Ref<Task> self, TaskStatusType value) {
        change(call, self, tx -> {
            tx.set(self, Task.STATUS, value);
            if (value != TaskStatusType.PENDING && tx.get(self, Task.FINISHED).equals(XenTime.NEVER)) {
                tx.set(self, Task.FINISHED, XenTime.now());
            }
        });
    }

    @Override
    public void setProgress(Call call, Ref<Task> self, double value) {
        change(call, self, tx -> tx.set(self, Task.PROGRESS, value));
    }

    @Override
    public void setResult(Call call, Ref<Task> self, String value) {
        change(call, self, tx -> tx.set(self, Task.RESULT, value));
    }

    @Override
    public void setErrorInfo(Call call, Ref<Task> self, List<String> value) {
        change(call, self, tx -> tx.set(self, Task.ERROR_INFO, value));
    }

    @Override
    public void addToOtherConfig(Call call, Ref<Task> self, String key, String value) {
        change(call, self, tx -> {
            Map<String, String> config = new LinkedHashMap<>(tx.get(self, Task.OTHER_CONFIG));
            if (config.putIfAbsent(key, value) != null) {
                throw Errors.mapDuplicateKey("task", "other_config", self.value(), key);
            }
            tx.set(self, Task.OTHER_CONFIG, config);
        });
    }

    @Override
    public void removeFromOtherConfig(Call call, Ref<Task> self, String key) {
        change(call, self, tx -> {
            Map<String, String> config = new LinkedHashMap<>(tx.get(self, Task.OTHER_CONFIG));
            config.remove(key);
            tx.set(self, Task.OTHER_CONFIG, config);
        });
    }

    @Override
    public void setOtherConfig(Call call, Ref<Task> self, Map<String, String> value) {
        change(call, self, tx -> {
            MapRights.check(call, "task", "other_config", tx.get(self, Task.OTHER_CONFIG), value);
            tx.set(self, Task.OTHER_CONFIG, value);
        });
    }

    private void change(Call call, Ref<Task> self, java.util.function.Consumer<Transaction> work) {
        store.change(tx -> {
            checkOwner(call, tx, self);
            work.accept(tx);
        });
    }

    /** A task belongs to the user of the session that made it. */
    private static void checkOwner(Call call, Snapshot snapshot, Ref<Task> task) {
        if (!Tasks.owns(snapshot, call.session(), task) && !call.permits(Permissions.TASKS_OF_OTHERS)) {
            throw Rights.denied(Permissions.TASKS_OF_OTHERS);
        }
    }
}
