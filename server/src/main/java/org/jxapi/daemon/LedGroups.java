package org.jxapi.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jxapi.volume.GroupChanges;

/**
 * Changes of volume groups by a coordinator in whose place the other hosts may elect another one. LVM knows no terms, so two
 * coordinators must not change a group at the same time: a program begins only while this host is known to lead, and those of
 * the former coordinator get time to end.
 */
final class LedGroups implements GroupChanges {
    /** Longer than a program of LVM takes that a former coordinator has begun in its last moment. */
    static final Duration SETTLED = Duration.ofSeconds(5);

    private final GroupChanges here;
    private final Supplier<CompletableFuture<Void>> lead;
    private final long begins;

    /**
     * @param here runs the programs on this host
     * @param lead completes when this host has led since the call, and fails when another one may lead
     * @param settled how long the first program waits, from now on
     */
    LedGroups(GroupChanges here, Supplier<CompletableFuture<Void>> lead, Duration settled) {
        this.here = here;
        this.lead = lead;
        this.begins = System.nanoTime() + settled.toNanos();
    }

    @Override
    public String run(String sr, List<String> command) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(begins - System.nanoTime());
            lead.get().get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "SR " + sr
                            + ": another host may be the pool's coordinator now, so this one does not change the volume group",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("SR " + sr + ": the change of the volume group was interrupted", e);
        }
        return here.run(sr, command);
    }
}
