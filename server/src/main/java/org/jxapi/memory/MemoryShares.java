package org.jxapi.memory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.memory.Balloons.Balloon;

/**
 * How guests share memory, as in squeezed (squeeze.ml): each has its memory_dynamic_min, and of its range above that the
 * same part as all others.
 */
final class MemoryShares {
    private static final long MIB = 1024;

    private MemoryShares() {}

    /**
     * Returns what each guest is to have, in KiB.
     *
     * @param free KiB that nobody has and nobody has been promised
     */
    static Map<Balloon, Long> of(List<Balloon> guests, long free) {
        long surplus = free;
        long ranges = 0;
        for (Balloon guest : guests) {
            surplus += guest.target() - guest.min();
            ranges += guest.range();
        }
        double part = ranges == 0 ? 1 : Math.max(0, Math.min(1, (double) surplus / ranges));
        Map<Balloon, Long> shares = new LinkedHashMap<>();
        for (Balloon guest : guests) {
            long share = guest.min() + (long) (part * guest.range());
            // Whole MiB, so that rounding moves nothing from guest to guest each time.
            long rounded = part < 1 ? Math.max(guest.min(), share / MIB * MIB) : guest.max();
            shares.put(guest, rounded);
        }
        return shares;
    }

    /** The target of each guest so that the host gets so many KiB more; empty if they cannot give that. */
    static Map<Balloon, Long> without(List<Balloon> guests, long kib) {
        long all = guests.stream().mapToLong(Balloon::slack).sum();
        Map<Balloon, Long> shares = new LinkedHashMap<>();
        if (all < kib) {
            return shares;
        }
        for (Balloon guest : guests) {
            if (guest.slack() > 0) {
                long gives = (long) Math.ceil((double) kib * guest.slack() / all);
                shares.put(guest, guest.target() - Math.min(gives, guest.slack()));
            }
        }
        return shares;
    }
}
