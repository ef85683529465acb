package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** Runs a long message as a task that others can see and cancel, and waits for its end; shows its progress if asked to. */
final class TaskWait {
    private static final double SECONDS = 30;
    private static final int WIDTH = 70;
    private static final String SPINNER = "|/-\\";

    private TaskWait() {}

    /**
     * Calls the message's {@code Async.} variant. If the client disconnects meanwhile, the task continues.
     *
     * @param message its full name
     */
    static void run(Context context, String message, Object... params) throws IOException {
        Ref<?> task = (Ref<?>) context.call("Async." + message, params);
        try {
            Row<Task> end = follow(context, task);
            if (context.has("progress")) {
                context.printer().warning("\n");
            }
            check(task, end);
        } finally {
            context.call("task.destroy", task);
        }
    }

    private static Row<Task> follow(Context context, Ref<?> task) throws IOException {
        String token = "";
        while (true) {
            Row<Task> row = context.api().record(Task.XEN_CLASS, task);
            if (row.get(Task.STATUS) != TaskStatusType.PENDING) {
                return row;
            }
            context.wire().checkClient();
            EventBatch batch = (EventBatch) context.call("event.from", List.of("task/" + task.value()), token, SECONDS);
            token = batch.token();
            if (context.has("progress")) {
                context.printer().warning(bar(row.get(Task.PROGRESS)));
            }
        }
    }

    static String bar(double progress) {
        int percent = (int) (progress * 100);
        char spin = SPINNER.charAt(Math.floorMod(percent, SPINNER.length()));
        return "\r %3d%% %c %s".formatted(percent, spin, "#".repeat(Math.max(0, (int) (progress * WIDTH))));
    }

    private static void check(Ref<?> task, Row<Task> end) {
        switch (end.get(Task.STATUS)) {
            case SUCCESS -> {
                return;
            }
            case CANCELLED, CANCELLING -> throw new XenApiException("TASK_CANCELLED", List.of(task.value()));
            default -> {
                List<String> error = end.get(Task.ERROR_INFO);
                if (error.isEmpty()) {
                    throw new CliException("Task failed but no error recorded: " + task.value());
                }
                throw new XenApiException(error.get(0), error.subList(1, error.size()));
            }
        }
    }
}
