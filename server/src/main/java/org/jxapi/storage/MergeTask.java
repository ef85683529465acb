package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;

/**
 * The task of the merges of layers in one repository. It has the names of XenServer's garbage collector (libs/sm/cleanup.py
 * of sm), begins with the first merge and ends with the last.
 */
final class MergeTask {
    /** Each step is a change of the database. */
    private static final double STEP = 0.05;

    private final Tasks tasks;
    private final Store store;
    private final Ref<SR> sr;
    private Ref<Task> task = Ref.nil();
    private double shown;

    MergeTask(Tasks tasks, Store store, Ref<SR> sr) {
        this.tasks = tasks;
        this.store = store;
        this.sr = sr;
    }

    /** Shows the fraction of the present merge that is done, from 0 to 1. */
    void progress(double done) {
        Snapshot now = store.snapshot();
        if (task.isNull() && now.find(sr).isPresent()) {
            task = tasks.begin(
                    "Garbage Collection",
                    "Garbage collection for SR " + now.get(sr, SR.UUID),
                    Map.of("applies_to", sr.value()));
        }
        if (Math.abs(done - shown) >= STEP) {
            shown = done;
            tasks.progress(task, done);
        }
    }

    void succeed() {
        if (!task.isNull()) {
            tasks.succeed(task, "");
        }
    }

    void fail(String reason) {
        if (!task.isNull()) {
            tasks.fail(task, "INTERNAL_ERROR", List.of(reason));
        }
    }
}
