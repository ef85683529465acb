package org.jxapi.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Image;
import org.jxapi.store.Store;
import org.jxapi.volume.Copying;
import org.jxapi.volume.Differences;
import org.jxapi.volume.Repository;

/**
 * A copy of a disk that a guest goes on writing to, where no QEMU can mirror the disk. The copy gets the contents of one
 * moment, and then again and again the changes up to a later one. It gets the last changes when no guest has the disk any
 * more.
 */
final class FollowedCopy implements AutoCloseable {
    /** A guest that writes faster than this can copy is not waited for. */
    private static final int MOST_ROUNDS = 10;

    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Store store;
    private final DiskCopies copies;
    private final AttachedSr from;
    private final String location;
    /** The contents of the copy; null before there are any. */
    private @Nullable NewDisk copied;

    /** @param location of the disk in {@code from} */
    FollowedCopy(Store store, DiskCopies copies, AttachedSr from, String location) {
        this.store = store;
        this.copies = copies;
        this.from = from;
        this.location = location;
    }

    /**
     * Copies what the disk has now into a new volume, and the changes since then, until the next changes would take a moment.
     *
     * @param progress gets the fraction that is done, from 0 to 1, and then 1 again and again; an exception from it ends the
     *     copy
     * @return false, and nothing is copied, if the repository cannot keep what the disk has now without a copy
     */
    boolean copy(Repository to, String copy, DoubleConsumer progress) throws IOException {
        NewDisk kept = contents();
        if (kept == null) {
            return false;
        }
        copied = kept;
        Copying.into(to, copy, from.repository(), kept.location(), progress);
        long took;
        int round = 0;
        do {
            progress.accept(1);
            NewDisk next = contents();
            if (next == null) {
                throw new IOException(
                        "disk " + location + " has become one that cannot be copied while a guest uses it");
            }
            long began = System.nanoTime();
            try {
                change(kept, to, copy, next.location(), progress);
                took = System.nanoTime() - began;
            } finally {
                close();
                copied = next;
                kept = next;
            }
        } while (took > SHORT.toNanos() && ++round < MOST_ROUNDS);
        return true;
    }

    /** Copies the last changes, while no guest has the disk; nothing if nothing has been copied before. */
    void finish(Repository to, String copy) throws IOException {
        if (copied != null) {
            change(copied, to, copy, location, done -> {});
        }
    }

    private void change(NewDisk since, Repository to, String copy, String source, DoubleConsumer progress)
            throws IOException {
        try (Differences changes = from.repository().differences(source, since.location());
                Image out = to.open(copy, true)) {
            Copying.differences(changes, out, done -> progress.accept(1));
        }
    }

    /** A volume with the contents that the disk has now; null when that takes a copy. It counts for nothing without a row. */
    private @Nullable NewDisk contents() throws IOException {
        NewDisk made = new NewDisk(store, from);
        copies.copying(made.location(), from.sr());
        boolean done = false;
        try {
            made.begin();
            done = from.repository().clone(location, made.location());
        } finally {
            if (!done) {
                drop(made);
            }
        }
        return done ? made : null;
    }

    private void drop(NewDisk disk) {
        disk.close();
        copies.copied(disk.location(), from.sr());
    }

    @Override
    public void close() {
        NewDisk kept = copied;
        copied = null;
        if (kept != null) {
            drop(kept);
        }
    }
}
