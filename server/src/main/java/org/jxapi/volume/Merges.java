package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleConsumer;

/**
 * The merges of layers that are under way, one a folder. A merge works in the background for as long as no operation needs
 * its volumes: an operation stops it first. A part of a merge does no harm.
 */
final class Merges {
    private final Map<Path, Merge> running = new HashMap<>();

    /** A merge that is under way. */
    private static final class Merge {
        private final Set<String> locations;
        private volatile boolean stopped;

        Merge(Set<String> locations) {
            this.locations = locations;
        }
    }

    /** The work of a merge, which calls the consumer often, with the fraction that is done. */
    interface Work {
        boolean run(DoubleConsumer progress) throws IOException;
    }

    /** Merges layers behind these volumes; false when another merge is under way there, or this one was stopped. */
    boolean run(Path folder, Set<String> locations, DoubleConsumer progress, Work work) throws IOException {
        Merge merge = new Merge(locations);
        synchronized (running) {
            if (running.putIfAbsent(folder, merge) != null) {
                return false;
            }
        }
        try {
            return work.run(done -> {
                if (merge.stopped) {
                    throw new CancellationException();
                }
                progress.accept(done);
            });
        } catch (CancellationException e) {
            return false;
        } finally {
            synchronized (running) {
                running.remove(folder);
                running.notifyAll();
            }
        }
    }

    /** Stops a merge of layers behind that volume, and waits until it has ended. */
    void stop(Path folder, String location) throws IOException {
        synchronized (running) {
            Merge merge = running.get(folder);
            if (merge == null || !merge.locations.contains(location)) {
                return;
            }
            await(folder, merge);
        }
    }

    /** Stops any merge in that folder, and waits until it has ended. */
    void stop(Path folder) throws IOException {
        synchronized (running) {
            Merge merge = running.get(folder);
            if (merge != null) {
                await(folder, merge);
            }
        }
    }

    private void await(Path folder, Merge merge) throws IOException {
        merge.stopped = true;
        try {
            while (running.get(folder) == merge) {
                running.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a merge of layers was being stopped", e);
        }
    }
}
