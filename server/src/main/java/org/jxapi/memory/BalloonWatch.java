package org.jxapi.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jxapi.memory.Balloons.Balloon;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Detects guests that have stopped on the way to their target. */
final class BalloonWatch {
    private static final Logger LOG = LoggerFactory.getLogger(BalloonWatch.class);
    /** After so long without a move a balloon is stuck; squeezed's value. */
    static final long AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Map<Integer, Progress> progress = new HashMap<>();

    private record Progress(long actual, long target, long since, boolean stuck) {}

    /** Looks at all guests there are. */
    void look(List<Balloon> guests, long nanoTime) {
        progress.keySet().retainAll(guests.stream().map(Balloon::domid).toList());
        for (Balloon guest : guests) {
            Progress before = progress.get(guest.domid());
            boolean moved = before == null || before.target() != guest.target() || before.actual() != guest.actual();
            if (before == null || moved || guest.settled()) {
                progress.put(guest.domid(), new Progress(guest.actual(), guest.target(), nanoTime, false));
            } else if (!before.stuck() && nanoTime - before.since() >= AFTER_NANOS) {
                LOG.info(
                        "Guest of domain {}: its balloon stopped; target {} KiB, actual {}",
                        guest.domid(),
                        guest.target(),
                        guest.actual());
                progress.put(guest.domid(), new Progress(guest.actual(), guest.target(), before.since(), true));
            }
        }
    }

    boolean isStuck(Balloon guest) {
        Progress known = progress.get(guest.domid());
        return known != null && known.stuck();
    }

    /** Whether the guest is on its way. */
    boolean moves(Balloon guest) {
        return !guest.settled() && !isStuck(guest);
    }
}
