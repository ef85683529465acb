package org.jxapi.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.harness.HandClock;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VmssFrequency;
import org.jxapi.xenapi.VmssType;

class ScheduledSnapshotsTest {
    @TempDir
    Path folder;

    private static LocalDateTime at(String time) {
        return LocalDateTime.parse(time);
    }

    @Test
    void theLastTimeIsTheOneBeforeNow() {
        Map<String, String> times = Map.of("min", "30", "hour", "5", "days", "Monday,Friday");
        // 2026-11-25 is a Wednesday.
        assertThat(SnapshotTimes.last(VmssFrequency.HOURLY, times, at("2026-11-25T00:29:59")))
                .isEqualTo(at("2026-11-24T23:30:00"));
        assertThat(SnapshotTimes.last(VmssFrequency.HOURLY, times, at("2026-11-25T00:30:00")))
                .isEqualTo(at("2026-11-25T00:30:00"));
        assertThat(SnapshotTimes.last(VmssFrequency.DAILY, times, at("2026-11-25T05:29:00")))
                .isEqualTo(at("2026-11-24T05:30:00"));
        assertThat(SnapshotTimes.last(VmssFrequency.WEEKLY, times, at("2026-11-25T12:00:00")))
                .isEqualTo(at("2026-11-23T05:30:00"));
        assertThat(SnapshotTimes.last(VmssFrequency.WEEKLY, times, at("2026-11-23T05:00:00")))
                .isEqualTo(at("2026-11-20T05:30:00"));
    }

    @Test
    void whatIsDueRunsOnceAndWhatIsMissedDoesNot() {
        try (H2Store store = H2Store.open(folder)) {
            Ref<VMSS> schedule = store.transact(tx -> tx.create(Row.of(VMSS.XEN_CLASS)
                    .with(VMSS.TYPE, VmssType.SNAPSHOT)
                    .with(VMSS.ENABLED, true)
                    .with(VMSS.FREQUENCY, VmssFrequency.HOURLY)
                    .with(VMSS.LAST_RUN_TIME, XenTime.NEVER)
                    .with(VMSS.SCHEDULE, Map.of("min", "15"))));
            HandClock clock = new HandClock("2026-11-25T00:00:00Z");
            List<String> runs = new ArrayList<>();
            ScheduledSnapshots scheduled = new ScheduledSnapshots(store, clock, Runnable::run, due -> {
                runs.add(clock.instant().toString());
                store.change(tx -> tx.set(due, VMSS.LAST_RUN_TIME, XenTime.of(clock.instant())));
            });
            for (String time : List.of("10:14:58", "10:15:03", "10:15:08", "11:15:01", "12:30:00", "13:15:02")) {
                clock.set("2026-11-25T" + time + "Z");
                scheduled.look();
            }
            assertThat(runs).containsExactly("2026-11-25T10:15:03Z", "2026-11-25T11:15:01Z", "2026-11-25T13:15:02Z");
            clock.set("2026-11-25T16:30:00Z");
            scheduled.passed(Instant.parse("2026-11-25T16:15:00Z"));
            assertThat(runs).as("none was due since").hasSize(3);
            scheduled.passed(Instant.parse("2026-11-25T14:00:00Z"));
            scheduled.passed(Instant.parse("2026-11-25T14:00:00Z"));
            assertThat(runs).as("two were due, and the last one ran").hasSize(4);
            runs.remove(3);
            store.change(tx -> tx.set(schedule, VMSS.ENABLED, false));
            clock.set("2026-11-25T17:15:02Z");
            scheduled.look();
            assertThat(runs).hasSize(3);
        }
    }
}
