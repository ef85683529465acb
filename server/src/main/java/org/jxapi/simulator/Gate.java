package org.jxapi.simulator;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;
import org.jxapi.xenapi.XenModel;

/** Lets calls pass, and holds them up while the world changes as a whole. */
public final class Gate {
    /** They wait for what others do, and change nothing. */
    private static final Set<String> WAITING = Set.of("event.from", "event.next");

    /** How long work that has begun may take until the world changes. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long LOOK_MS = 5;

    private final Store store;
    private final Set<Ref<Task>> begun = new HashSet<>();
    private int inside;
    private @Nullable CompletableFuture<Void> closed;

    public Gate(Store store) {
        this.store = store;
    }

    /** Runs a call now, or when the gate is open again. */
    CompletionStage<Reply> pass(Call.Request request, Supplier<CompletionStage<Reply>> call) {
        if (WAITING.contains(request.method())) {
            return call.get();
        }
        CompletableFuture<Void> open;
        synchronized (this) {
            open = closed;
            if (open == null) {
                inside++;
            }
        }
        if (open != null) {
            return open.thenComposeAsync(nothing -> pass(request, call), ForkJoinPool.commonPool());
        }
        return call.get().whenComplete((reply, e) -> left(request, reply));
    }

    private synchronized void left(Call.Request request, @Nullable Reply reply) {
        inside--;
        if (request.method().startsWith("Async.")
                && reply instanceof Reply.Success success
                && success.value() instanceof Ref<?> task) {
            begun.add(Task.XEN_CLASS.cast(task));
        }
    }

    /**
     * Waits for the calls and tasks that have begun, and runs the work while no other begins.
     *
     * @throws BusyException when they do not end
     */
    void alone(Runnable work) {
        CompletableFuture<Void> opening = new CompletableFuture<>();
        synchronized (this) {
            if (closed != null) {
                throw new BusyException("another reset or snapshot is under way");
            }
            closed = opening;
        }
        try {
            awaitQuiet();
            work.run();
        } finally {
            synchronized (this) {
                closed = null;
            }
            opening.complete(null);
        }
    }

    private void awaitQuiet() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (List<String> busy = busy(); !busy.isEmpty(); busy = busy()) {
            if (System.nanoTime() > end) {
                throw new BusyException(
                        "this did not end in " + PATIENCE.toSeconds() + " s: " + String.join(", ", busy));
            }
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BusyException("interrupted");
            }
        }
    }

    /** The work that is under way: calls, their tasks, and operations on objects. */
    private List<String> busy() {
        Snapshot now = store.snapshot();
        Set<String> busy = new HashSet<>();
        synchronized (this) {
            if (inside > 0) {
                busy.add(inside + " calls");
            }
            for (Iterator<Ref<Task>> tasks = begun.iterator(); tasks.hasNext(); ) {
                Stored<Task> task = now.find(tasks.next()).orElse(null);
                if (task != null && task.row().get(Task.STATUS) == TaskStatusType.PENDING) {
                    busy.add("task " + task.row().get(Task.NAME_LABEL));
                } else {
                    tasks.remove();
                }
            }
        }
        for (ClassModel<?> model : XenModel.CLASSES) {
            Field<?, ?> operations = model.field("current_operations");
            if (model.stored() && operations != null && operations.type() instanceof Type.MapOf) {
                inUse(now, model, operations.index(), busy);
            }
        }
        return List.copyOf(busy);
    }

    private static <C> void inUse(Snapshot now, ClassModel<C> model, int field, Set<String> busy) {
        for (Stored<C> object : now.all(model)) {
            if (object.row().get(field) instanceof Map<?, ?> operations && !operations.isEmpty()) {
                busy.add(operations.values().iterator().next() + " of a " + model.name());
            }
        }
    }
}
