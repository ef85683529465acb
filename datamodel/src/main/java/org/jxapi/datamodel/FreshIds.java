package org.jxapi.datamodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * UUIDs that nothing has yet. A simulator can have them follow from a seed. Each purpose has a sequence of its own then, so
 * that what the daemon makes in the background does not change what a client gets.
 */
public final class FreshIds {
    /** The seed; nothing for real chance. */
    private static final AtomicReference<Long> SEED = new AtomicReference<>();

    private static final Map<String, Random> SEQUENCES = new ConcurrentHashMap<>();

    private FreshIds() {}

    /** Has all UUIDs from now on follow from a seed; null for real chance. For the whole process. */
    public static void seed(@Nullable Long from) {
        SEQUENCES.clear();
        SEED.set(from);
    }

    /**
     * Has UUIDs follow from another seed, but for those of one class: its objects stay, and their UUIDs must not come again.
     *
     * @param stays the name of that class
     */
    public static void restart(long from, String stays) {
        Map<String, Random> kept = new HashMap<>();
        for (String purpose : List.of(stays, "reference of " + stays)) {
            Random sequence = SEQUENCES.get(purpose);
            if (sequence != null) {
                kept.put(purpose, sequence);
            }
        }
        seed(from);
        SEQUENCES.putAll(kept);
    }

    /**
     * A new UUID.
     *
     * @param purpose what it is for, such as a class
     */
    public static UUID uuid(String purpose) {
        Long from = SEED.get();
        if (from == null) {
            return UUID.randomUUID();
        }
        Random sequence = SEQUENCES.computeIfAbsent(purpose, p -> new Random(from * 31 + p.hashCode()));
        synchronized (sequence) {
            // Version 4, as any UUID by chance.
            long high = sequence.nextLong() & ~0xF000L | 0x4000L;
            long low = sequence.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
            return new UUID(high, low);
        }
    }
}
