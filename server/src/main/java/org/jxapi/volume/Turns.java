package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns of threads at volumes: one thread works on a volume, and the others that need it wait. */
final class Turns {
    private final Set<Path> taken = new HashSet<>();

    /** A piece of work that is done in one turn. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does the work when no other thread works on that volume; an interrupt ends the wait with IOException. */
    <T> T take(Path volume, Work<T> work) throws IOException {
        return take(Set.of(volume), work);
    }

    /** The same for several volumes. Threads that want some of the same cannot block each other. */
    <T> T take(Collection<Path> volumes, Work<T> work) throws IOException {
        List<Path> mine = new ArrayList<>();
        try {
            // Always in the same order.
            for (Path volume : volumes.stream().sorted().toList()) {
                await(volume);
                mine.add(volume);
            }
            return work.run();
        } finally {
            synchronized (taken) {
                mine.forEach(taken::remove);
                taken.notifyAll();
            }
        }
    }

    private void await(Path volume) throws IOException {
        synchronized (taken) {
            try {
                while (!taken.add(volume)) {
                    taken.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while another thread worked on " + volume, e);
            }
        }
    }
}
