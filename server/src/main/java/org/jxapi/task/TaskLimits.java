package org.jxapi.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** How long finished tasks stay, and how many: XAPI's numbers. */
public final class TaskLimits {
    private static final Duration FINISHED = Duration.ofSeconds(3_900);
    private static final Duration PENDING = Duration.ofSeconds(86_400);
    private static final int MAX = 200;

    private TaskLimits() {}

    /** Destroys the tasks that nobody will look at any more. */
    public static void destroyOld(Store store, Instant now) {
        List<Stored<Task>> old = new ArrayList<>();
        List<Stored<Task>> finished = new ArrayList<>();
        int rest = 0;
        for (Stored<Task> stored : store.snapshot().all(Task.XEN_CLASS)) {
            Row<Task> row = stored.row();
            boolean pending = row.get(Task.STATUS) == TaskStatusType.PENDING;
            Instant since = row.get(pending ? Task.CREATED : Task.FINISHED).instant();
            if (since.plus(pending ? PENDING : FINISHED).isBefore(now)) {
                old.add(stored);
                continue;
            }
            rest++;
            if (!pending) {
                finished.add(stored);
            }
        }
        finished.sort(Comparator.comparing(s -> s.row().get(Task.FINISHED).instant()));
        old.addAll(finished.subList(0, Math.max(0, Math.min(finished.size(), rest - MAX))));
        if (!old.isEmpty()) {
            store.change(tx -> old.forEach(s -> {
                tx.destroyIfThere(s.ref());
            }));
        }
    }
}
