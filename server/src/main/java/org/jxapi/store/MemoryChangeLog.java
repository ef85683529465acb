package org.jxapi.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jxapi.datamodel.ClassModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The removals that are still remembered, and the listeners for changes. */
final class MemoryChangeLog implements ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryChangeLog.class);

    /** As many removals a class as XAPI remembers. */
    private static final int REMEMBERED = 512;

    private final Map<String, Deque<Deleted>> deleted = new HashMap<>();
    /** The newest removal of each class that is forgotten. */
    private final Map<String, Long> forgotten = new HashMap<>();

    /** Objects of classes that are not kept have vanished up to here, without a trace. */
    private long volatileUpTo;
    /** The database remembers no removals up to here. */
    private long prunedUpTo;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /**
     * Takes over the removals that a database remembers, instead of those that it has.
     *
     * @param start the newest sequence number of the earlier run
     */
    synchronized void restore(List<LoggedChange> log, long start) {
        deleted.clear();
        forgotten.clear();
        volatileUpTo = start;
        if (!log.isEmpty()) {
            prunedUpTo = Math.max(0, log.get(log.size() - 1).sequence() - Database.KEPT_CHANGES);
        }
        for (LoggedChange line : log) {
            ClassModel<?> model = StoreModel.get(line.className());
            if (line.kind().equals(Kind.DEL.name()) && model != null) {
                remember(new Deleted(line.sequence(), line.created(), model, model.ref(line.ref())));
            }
        }
    }

    /** All removals that are remembered, the oldest of each class first. */
    synchronized List<Deleted> removals() {
        return deleted.values().stream().flatMap(Deque::stream).toList();
    }

    void committed(Applied applied) {
        List<Change> changes =
                applied.changes().stream().map(ObjectChange::announcement).toList();
        applied.changes().stream().filter(change -> change.now() == null).forEach(this::removed);
        Snapshot snapshot = applied.after().state();
        for (Listener listener : listeners) {
            try {
                listener.committed(snapshot, changes);
            } catch (RuntimeException | Error e) {
                LOG.error("Change log: a listener failed", e);
            }
        }
    }

    private void removed(ObjectChange<?> removal) {
        remember(new Deleted(removal.number(), removal.created(), removal.model(), removal.ref()));
    }

    private synchronized void remember(Deleted removal) {
        Deque<Deleted> of = deleted.computeIfAbsent(removal.model().name(), n -> new ArrayDeque<>());
        of.addLast(removal);
        if (of.size() > REMEMBERED) {
            forgotten.put(removal.model().name(), of.removeFirst().sequence());
        }
    }

    @Override
    public synchronized List<Deleted> deletedAfter(ClassModel<?> model, long sequence) {
        Deque<Deleted> of = deleted.get(model.name());
        if (of == null || of.getLast().sequence() <= sequence) {
            return List.of();
        }
        return of.stream().filter(d -> d.sequence() > sequence).toList();
    }

    @Override
    public synchronized long forgottenUpTo(ClassModel<?> model) {
        return Math.max(forgotten.getOrDefault(model.name(), 0L), model.persist() ? prunedUpTo : volatileUpTo);
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }
}
