package org.jxapi.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;

/**
 * Keeps the machines apart that work on the layers of one repository: a merge in the background at one, and operations at
 * others. An operation stops the merge and waits for its end. At one machine the driver does the same.
 */
final class MergeTurns {
    private final Map<Ref<SR>, Merge> merges = new HashMap<>();
    /** The machines that look at all layers of a repository now. */
    private final Map<Ref<SR>, List<Machine>> looks = new HashMap<>();

    /** A machine; the host is null for this one. */
    private record Machine(@Nullable Ref<Host> host) {}

    /** A merge that is under way, or about to begin. */
    final class Merge implements AutoCloseable {
        private final Ref<SR> sr;
        private final Machine machine;
        private final Set<String> volumes = new HashSet<>();
        private boolean stopped;

        private Merge(Ref<SR> sr, Machine machine) {
            this.sr = sr;
            this.machine = machine;
        }

        /** From here on, an operation on the volume stops the merge; ask after that whether one is under way. */
        void mayTouch(String location) {
            synchronized (MergeTurns.this) {
                volumes.add(location);
            }
        }

        /** CancellationException if an operation has stopped the merge. */
        void check() {
            synchronized (MergeTurns.this) {
                if (stopped) {
                    throw new CancellationException();
                }
            }
        }

        @Override
        public void close() {
            synchronized (MergeTurns.this) {
                merges.remove(sr, this);
                MergeTurns.this.notifyAll();
            }
        }
    }

    /** A look at all layers of a repository, which removes those that no volume needs. */
    final class Look implements AutoCloseable {
        private final Ref<SR> sr;
        private final Machine machine;

        private Look(Ref<SR> sr, Machine machine) {
            this.sr = sr;
            this.machine = machine;
        }

        @Override
        public void close() {
            synchronized (MergeTurns.this) {
                looks.computeIfPresent(sr, (repository, machines) -> {
                    machines.remove(machine);
                    return machines.isEmpty() ? null : machines;
                });
            }
        }
    }

    /** Begins a merge; null while another machine looks at all layers, or merges. */
    synchronized @Nullable Merge begin(Ref<SR> sr, @Nullable Ref<Host> elsewhere) {
        Machine machine = new Machine(elsewhere);
        if (merges.containsKey(sr)
                || looks.getOrDefault(sr, List.of()).stream().anyMatch(other -> !other.equals(machine))) {
            return null;
        }
        Merge merge = new Merge(sr, machine);
        merges.put(sr, merge);
        return merge;
    }

    /** Stops the merge at another machine that may touch one of these volumes; no later one does while an operation is on them. */
    synchronized void stop(Ref<SR> sr, @Nullable Ref<Host> elsewhere, List<String> locations) {
        Merge merge = merges.get(sr);
        if (merge != null && locations.stream().anyMatch(merge.volumes::contains)) {
            stop(merge, new Machine(elsewhere));
        }
    }

    /** Stops any merge at another machine, and keeps one from beginning there until this is closed. */
    synchronized Look look(Ref<SR> sr, @Nullable Ref<Host> elsewhere) {
        Machine machine = new Machine(elsewhere);
        looks.computeIfAbsent(sr, repository -> new ArrayList<>()).add(machine);
        Look look = new Look(sr, machine);
        Merge merge = merges.get(sr);
        try {
            if (merge != null) {
                stop(merge, machine);
            }
            return look;
        } catch (RuntimeException e) {
            look.close();
            throw e;
        }
    }

    private void stop(Merge merge, Machine machine) {
        if (merge.machine.equals(machine)) {
            return;
        }
        merge.stopped = true;
        boolean interrupted = false;
        while (Objects.equals(merges.get(merge.sr), merge)) {
            try {
                wait();
            } catch (InterruptedException e) {
                // It ends soon, and must have ended before the layers change.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
