package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** Orders the client to send or fetch a file over HTTP, and waits for the result in the task. */
final class TransferWait {
    /** A task's progress before the daemon gets the transfer. Until then, only this class ends the task. */
    private static final double UNHEARD = -1.0;

    private static final double SECONDS = 5;

    /** The key of other_config in which a transfer reports about each setting of a configuration. */
    private static final String REPORT = "report";

    private TransferWait() {}

    /** A transfer that the client carries out. The result is whether it succeeded. */
    private interface Order {
        boolean give(String query) throws IOException;
    }

    /** A task's name and description. */
    record Label(String name, String description) {
        Label(String name) {
            this(name, "");
        }
    }

    /**
     * Has the client fetch a path into a new file.
     *
     * @param query what the path needs in addition to session and task; empty, or begins with an ampersand
     * @return the task at its end, which is a success
     */
    static Row<Task> get(Context c, Label label, String file, String path, String query) throws IOException {
        needPath(c, "GET", path);
        return run(c, label, q -> c.wire().get(file, path + "?" + q + query));
    }

    /** As {@link #get}, but has the client send a file. */
    static Row<Task> put(Context c, Label label, String file, String path, String query) throws IOException {
        needPath(c, "PUT", path);
        return run(c, label, q -> c.wire().put(file, path + "?" + q + query));
    }

    private static void needPath(Context c, String method, String path) {
        if (!c.paths().serve(method, path)) {
            throw new XenApiException("NOT_IMPLEMENTED", List.of(method + " " + path));
        }
    }

    /** Runs a transfer under a task; the parameter of the order is the part of the query that names session and task. */
    private static Row<Task> run(Context c, Label label, Order order) throws IOException {
        boolean given = c.has("task-uuid");
        Ref<?> task =
                given ? c.ref("task", "task-uuid") : (Ref<?>) c.call("task.create", label.name(), label.description());
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
            Row<Task> end = end(c, task, client);
            String report = end.get(Task.OTHER_CONFIG).getOrDefault(REPORT, "");
            if (!report.isEmpty()) {
                c.wire().printStderr(report);
            }
            boolean could = join(client);
            if (end.get(Task.STATUS) != TaskStatusType.SUCCESS) {
                throw failed(task, end, label.name());
            }
            if (!could) {
                throw new CliException(label.name() + " failed, unknown error.");
            }
            return end;
        } finally {
            endUnheard(c, task);
            if (!given) {
                c.call("task.destroy", task);
            }
        }
    }

    /** Ends the task of a client that has gone without a transfer. */
    private static void endUnheard(Context c, Ref<?> task) {
        try {
            Row<Task> row = c.api().record(Task.XEN_CLASS, task);
            if (row.get(Task.STATUS) == TaskStatusType.PENDING && row.get(Task.PROGRESS) < 0) {
                c.call("task.set_status", task, TaskStatusType.FAILURE);
            }
        } catch (XenApiException e) {
            // Another client has destroyed it.
        }
    }

    private static boolean join(CompletableFuture<Boolean> client) throws IOException {
        try {
            return client.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            if (e.getCause() instanceof Error problem) {
                throw problem;
            }
            throw new IOException("the client has disconnected", e.getCause());
        }
    }

    private static Row<Task> end(Context c, Ref<?> task, CompletableFuture<Boolean> client) throws IOException {
        if (!c.flag("progress")) {
            return follow(c, task, client, progress -> {});
        }
        TransferBar bar = new TransferBar(System.nanoTime());
        Row<Task> end = follow(c, task, client, progress -> {
            Optional<String> line = bar.update(progress, System.nanoTime());
            if (line.isPresent()) {
                c.wire().printStderr(line.get());
            }
        });
        c.wire().printStderr(bar.end(System.nanoTime()));
        return end;
    }

    /** Gets the progress of a task. */
    private interface Listener {
        void progress(double progress) throws IOException;
    }

    private static Row<Task> follow(Context c, Ref<?> task, CompletableFuture<Boolean> client, Listener listener)
            throws IOException {
        String token = "";
        while (true) {
            Row<Task> row = c.api().record(Task.XEN_CLASS, task);
            listener.progress(row.get(Task.PROGRESS));
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
        }
    }

    private static RuntimeException failed(Ref<?> task, Row<Task> end, String label) {
        if (end.get(Task.STATUS) == TaskStatusType.CANCELLED) {
            return new XenApiException("TASK_CANCELLED", List.of(task.value()));
        }
        List<String> error = end.get(Task.ERROR_INFO);
        return error.isEmpty()
                ? new CliException(label + " failed, unknown error")
                : new XenApiException(error.get(0), error.subList(1, error.size()));
    }
}
