package org.jxapi.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VMSS;

/**
 * Takes the snapshots that a VMSS schedules, in UTC. As in XAPI, it skips those that were due while jxapid was down.
 */
public final class ScheduledSnapshots {
    /** How late a run may begin; well above the time between two looks. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private final Store store;
    private final Clock clock;
    private final Executor workers;
    private final Consumer<Ref<VMSS>> run;
    private final Set<Ref<VMSS>> underWay = ConcurrentHashMap.newKeySet();

    public ScheduledSnapshots(Store store, Clock clock, Executor workers, Consumer<Ref<VMSS>> run) {
        this.store = store;
        this.clock = clock;
        this.workers = workers;
        this.run = run;
    }

    /** Begins what is due now. */
    public void look() {
        LocalDateTime now = utc(clock.instant());
        begin(now, due -> due.plus(GRACE).isAfter(now));
    }

    /** Begins what was due since a moment, once for each schedule: a simulated clock has gone forward from it. */
    public void passed(Instant from) {
        LocalDateTime before = utc(from);
        begin(utc(clock.instant()), due -> due.isAfter(before));
    }

    private static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private void begin(LocalDateTime now, Predicate<LocalDateTime> timely) {
        for (Stored<VMSS> stored : store.snapshot().all(VMSS.XEN_CLASS)) {
            Ref<VMSS> schedule = stored.ref();
            if (due(stored.row(), now, timely) && underWay.add(schedule)) {
                workers.execute(() -> {
                    try {
                        run.accept(schedule);
                    } finally {
                        underWay.remove(schedule);
                    }
                });
            }
        }
    }

    private static boolean due(Row<VMSS> schedule, LocalDateTime now, Predicate<LocalDateTime> timely) {
        if (!schedule.get(VMSS.ENABLED)) {
            return false;
        }
        LocalDateTime due = SnapshotTimes.last(schedule.get(VMSS.FREQUENCY), schedule.get(VMSS.SCHEDULE), now);
        return timely.test(due) && schedule.get(VMSS.LAST_RUN_TIME).local().isBefore(due);
    }
}
