package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** Has the client send or fetch a file by HTTP, and waits until the task says what came of it. */
final class TransferWait {
    /** A task's progress before the daemon has heard of the transfer: then nobody else ends the task. */
    private static final double UNHEARD = -1.0;

    private static final double SECONDS = 5;

    private TransferWait() {}

    /** What the client is told to do; whether it could. */
    interface Order {
        boolean give(String query) throws IOException;
    }

    /**
     * Runs a transfer under a task.
     *
     * @param order gives the order; its parameter is the part of the query that names session and task
     * @return the task at its end, which is a success
     */
    static Row run(Context c, String label, String description, Order order) throws IOException {
        boolean given = c.has("task-uuid");
        Ref<?> task = given ? c.ref("task", "task-uuid") : (Ref<?>) c.call("task.create", label, description);
        c.call("task.set_progress", task, UNHEARD);
        try {
            String query = "session_id=" + c.api().session() + "&task_id=" + task.value();
            CompletableFuture<Boolean> client = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    client.complete(order.give(query));
                } catch (IOException | RuntimeException | Error e) {
                    client.completeExceptionally(e);
                }
            });
            reader.setDaemon(true);
            reader.start();
            Row end = end(c, task, client);
            boolean could = join(client);
            if (end.get(Task.STATUS) != TaskStatusType.SUCCESS) {
                throw failed(task, end, label);
            }
            if (!could) {
                throw new CliException(label + " failed, unknown error.");
            }
            return end;
        } finally {
            if (!given) {
                c.call("task.destroy", task);
            }
        }
    }

    private static boolean join(CompletableFuture<Boolean> client) throws IOException {
        try {
            return client.join();
        } catch (CompletionException e) {
            throw new IOException("the client went away", e.getCause());
        }
    }

    private static Row end(Context c, Ref<?> task, CompletableFuture<Boolean> client) throws IOException {
        String token = "";
        while (true) {
            Row row = c.api().record("task", task);
            if (row.get(Task.STATUS) != TaskStatusType.PENDING) {
                return row;
            }
            boolean over = client.isDone() && (client.isCompletedExceptionally() || !client.join());
            if (over && row.get(Task.PROGRESS) < 0) {
                c.call("task.set_status", task, TaskStatusType.FAILURE);
                continue;
            }
            double seconds = client.isDone() ? SECONDS : 1;
            EventBatch batch = (EventBatch) c.call("event.from", List.of("task/" + task.value()), token, seconds);
            token = batch.token();
            if (c.flag("progress")) {
                c.printer().warning(TaskWait.bar(Math.max(0, row.get(Task.PROGRESS))));
            }
        }
    }

    private static RuntimeException failed(Ref<?> task, Row end, String label) {
        if (end.get(Task.STATUS) == TaskStatusType.CANCELLED) {
            return new XenApiException("TASK_CANCELLED", List.of(task.value()));
        }
        List<String> error = end.get(Task.ERROR_INFO);
        return error.isEmpty()
                ? new CliException(label + " failed, unknown error")
                : new XenApiException(error.get(0), error.subList(1, error.size()));
    }
}
