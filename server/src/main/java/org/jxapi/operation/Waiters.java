package org.jxapi.operation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.VBD;

/**
 * Calls that wait for objects, in the order in which they came. When the operations on an object change, the first one in
 * its line is woken, and each that has tried wakes the next, until several in a row have tried in vain. Their number is
 * bounded.
 */
final class Waiters implements ChangeLog.Listener {
    /** As many as XAPI has connections, or so: beyond that a client asks for more than anybody can mean. */
    private static final int MOST_OF_ONE = 512;

    private static final int MOST = 1024;

    /** After so many in a row that cannot go on, the others would not either, most probably. */
    private static final int IN_VAIN = 16;

    private final Map<String, Line> lines = new HashMap<>();
    private final Map<String, Set<Place>> byTask = new HashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private long arrivals;

    /** Those that wait for one object. */
    private static final class Line {
        private final TreeMap<Long, Place> places = new TreeMap<>();
        private @Nullable Object operations;
    }

    /** The place of one call in the line of the object that it waits for. */
    final class Place implements AutoCloseable {
        private final Semaphore woken = new Semaphore(0);
        private final String task;
        private @Nullable String object;
        private long number;
        private int inVain;

        private Place(String task) {
            this.task = task;
        }

        /**
         * Goes to the line of the object that is in the way now; whether it was in another one, so that it has to try
         * again before it waits.
         */
        boolean moveTo(XenApiException reason) {
            synchronized (Waiters.this) {
                if (object(reason).equals(object)) {
                    return false;
                }
                leaveLine();
                joinLine(reason);
                return true;
            }
        }

        /** Waits until something has changed, but not longer than that; whether it has. */
        boolean await(long millis) throws InterruptedException {
            boolean changed = woken.tryAcquire(millis, TimeUnit.MILLISECONDS);
            woken.drainPermits();
            return changed;
        }

        /** Has tried in vain: it is the next one's turn. */
        void passOn() {
            synchronized (Waiters.this) {
                wakeNext(inVain + 1);
                inVain = 0;
            }
        }

        private void wakeNext(int triedInVain) {
            Line line = lines.get(object);
            Map.Entry<Long, Place> next = line == null ? null : line.places.higherEntry(number);
            if (next != null && triedInVain < IN_VAIN) {
                next.getValue().inVain = triedInVain;
                next.getValue().woken.release();
            }
        }

        private void joinLine(XenApiException reason) {
            Line line = lines.get(object(reason));
            if (line != null && line.places.size() >= MOST_OF_ONE) {
                throw reason;
            }
            object = object(reason);
            number = arrivals++;
            lines.computeIfAbsent(object, o -> new Line()).places.put(number, this);
        }

        private void leaveLine() {
            if (object != null) {
                wakeNext(0);
                lines.computeIfPresent(object, (of, line) -> {
                    line.places.remove(number);
                    return line.places.isEmpty() ? null : line;
                });
                object = null;
            }
        }

        @Override
        public void close() {
            synchronized (Waiters.this) {
                leaveLine();
                byTask.computeIfPresent(task, (of, same) -> {
                    same.remove(this);
                    return same.isEmpty() ? null : same;
                });
                total.decrementAndGet();
            }
        }
    }

    /**
     * Takes a place in the line of the object that is in the way; throws the reason when too many wait already.
     *
     * @param task reference of the call's task: who cancels it wakes the call
     */
    synchronized Place enter(XenApiException reason, String task) {
        if (total.get() >= MOST) {
            throw reason;
        }
        Place place = new Place(task);
        place.joinLine(reason);
        byTask.computeIfAbsent(task, t -> new HashSet<>()).add(place);
        total.incrementAndGet();
        return place;
    }

    /** OTHER_OPERATION_IN_PROGRESS names a class, an object, an operation and its task. */
    private static String object(XenApiException reason) {
        return reason.params().size() > 1 ? reason.params().get(1) : "";
    }

    @Override
    public void committed(Snapshot snapshot, List<ChangeLog.Change> changes) {
        if (total.get() == 0) {
            return;
        }
        synchronized (this) {
            for (ChangeLog.Change change : changes) {
                String ref = change.ref().value();
                change.rowOf(Task.XEN_CLASS).ifPresent(task -> wakeCancelled(ref, task));
                Line line = lines.get(ref);
                if (line != null) {
                    Object operations = operations(change);
                    if (operations == null || !operations.equals(line.operations)) {
                        line.operations = operations;
                        wakeFirst(ref);
                    }
                }
                // An operation on a VBD may block its disk.
                change.rowOf(VBD.XEN_CLASS)
                        .ifPresent(vbd -> wakeFirst(vbd.get(VBD.VDI).value()));
            }
        }
    }

    private void wakeCancelled(String task, Row<Task> row) {
        if (row.get(Task.CURRENT_OPERATIONS).containsValue(TaskAllowedOperations.CANCEL)) {
            byTask.getOrDefault(task, Set.of()).forEach(place -> place.woken.release());
        }
    }

    /** Wakes those that wait for an object which is busy with something that is not in its current_operations. */
    synchronized void wakeFirst(String object) {
        Line line = lines.get(object);
        if (line != null) {
            line.places.firstEntry().getValue().woken.release();
        }
    }

    private static @Nullable Object operations(ChangeLog.Change change) {
        Row<?> row = change.row();
        Field<?, ?> field = change.model().field("current_operations");
        return row == null || field == null ? null : row.get(field.index());
    }
}
