package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Schedules by which VMs get snapshots. */
class SnapshotScheduleTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    /** Not in force, so that nothing runs but what a test asks for. */
    private static Map<String, Object> record(String name) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name_label", name);
        record.put("enabled", false);
        record.put("type", "snapshot");
        record.put("retained_snapshots", 2);
        record.put("frequency", "weekly");
        record.put("schedule", Map.of("days", "monday,FRIDAY"));
        return record;
    }

    private static String time(String schedule, String key) throws Exception {
        return calls.ok("VMSS.get_schedule", schedule).path(key).asText();
    }

    @Test
    void aScheduleTakesOnlyTimesThatItsFrequencyHas() throws Exception {
        String schedule = calls.text("VMSS.create", record("times"));
        JsonNode times = calls.ok("VMSS.get_schedule", schedule);
        assertThat(times)
                .isEqualTo(JsonClient.JSON.valueToTree(Map.of("days", "Monday,Friday", "hour", "0", "min", "0")));
        assertThat(calls.error("VMSS.create", Calls.with(record("hours"), "frequency", "daily")))
                .containsExactly("INVALID_VALUE", "schedule:days", "monday,FRIDAY");
        assertThat(calls.error("VMSS.create", Calls.with(record("many"), "retained_snapshots", 11)))
                .containsExactly("INVALID_VALUE", "retained_snapshots", "11");
        assertThat(calls.error("VMSS.create", Calls.with(record("rest"), "type", "snapshot_with_quiesce")))
                .containsExactly("LICENCE_RESTRICTION", "VSS");
        assertThat(calls.error("VMSS.set_type", schedule, "snapshot_with_quiesce"))
                .containsExactly("LICENCE_RESTRICTION", "VSS");
        calls.ok("VMSS.set_schedule", schedule, Map.of("hour", "23"));
        assertThat(time(schedule, "hour")).isEqualTo("23");
        assertThat(time(schedule, "days")).isEqualTo("Monday,Friday");
        assertThat(calls.error("VMSS.set_schedule", schedule, Map.of("min", "20")))
                .containsExactly("INVALID_VALUE", "schedule:min", "20");
        assertThat(calls.error("VMSS.add_to_schedule", schedule, "hour", "1").get(0))
                .isEqualTo("MAP_DUPLICATE_KEY");
        calls.ok("VMSS.remove_from_schedule", schedule, "hour");
        assertThat(calls.error("VMSS.add_to_schedule", schedule, "hour", "24"))
                .containsExactly("INVALID_VALUE", "schedule:hour", "24");
        assertThat(time(schedule, "hour"))
                .as("a failed change keeps the old value")
                .isEqualTo("23");
        calls.ok("VMSS.set_frequency", schedule, "hourly");
        assertThat(calls.ok("VMSS.get_schedule", schedule)).hasSize(1);
        assertThat(calls.error("VMSS.set_retained_snapshots", schedule, 0))
                .containsExactly("INVALID_VALUE", "retained_snapshots", "0");
        calls.ok("VMSS.set_retained_snapshots", schedule, 10);
        calls.ok("VMSS.destroy", schedule);
        assertThat(calls.error("VMSS.get_record", schedule).get(0)).isEqualTo("HANDLE_INVALID");
    }

    @Test
    void theNewestScheduledSnapshotsAreKeptAndTheOthersGoWithTheirDisks() throws Exception {
        String vm = calls.vm("scheduled");
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        calls.ok("VBD.create", Calls.vbdRecord(vm, calls.vdi(sr, MIB)));
        String own = calls.text("VM.snapshot", vm, "own", List.of());
        String schedule = calls.text("VMSS.create", record("kept"));
        calls.ok("VM.set_snapshot_schedule", vm, schedule);
        assertThat(calls.error("VMSS.destroy", schedule)).containsExactly("VMSS_HAS_VM");
        int disks = calls.list("VDI.get_all").size();
        String first = calls.text("VM.get_by_uuid", calls.text("VMSS.snapshot_now", schedule));
        assertThat(calls.ok("VM.get_is_vmss_snapshot", first).asBoolean()).isTrue();
        assertThat(calls.text("VM.get_snapshot_of", first)).isEqualTo(vm);
        assertThat(calls.list("VDI.get_all")).hasSize(disks + 1);
        calls.ok("VMSS.snapshot_now", schedule);
        String third = calls.text("VM.get_by_uuid", calls.text("VMSS.snapshot_now", schedule));
        assertThat(calls.list("VM.get_snapshots", vm)).hasSize(3).contains(own, third);
        assertThat(calls.list("VDI.get_all")).hasSize(disks + 2);
        assertThat(calls.text("VMSS.get_last_run_time", schedule)).doesNotStartWith("1970");
        String clone = calls.text("VM.clone", third, "from snapshot");
        assertThat(calls.ok("VM.get_is_vmss_snapshot", clone).asBoolean()).isFalse();
        calls.ok("VM.set_snapshot_schedule", vm, "OpaqueRef:NULL");
        calls.ok("VMSS.destroy", schedule);
    }

    @Test
    void aVmThatCannotGetASnapshotIsToldOf() throws Exception {
        String vm = calls.vm("blocked");
        String schedule = calls.text("VMSS.create", record("reports"));
        String uuid = calls.text("VMSS.get_uuid", schedule);
        calls.ok("VM.set_snapshot_schedule", vm, schedule);
        calls.ok("VM.add_to_blocked_operations", vm, "snapshot", "no");
        assertThat(calls.text("VMSS.snapshot_now", schedule)).isEmpty();
        JsonNode told = calls.ok("message.get", "VMSS", uuid, "19700101T00:00:00Z");
        assertThat(told.findValuesAsText("name")).containsExactly("VMSS_SNAPSHOT_FAILED");
        assertThat(told.findValuesAsText("body").get(0)).contains("OPERATION_BLOCKED");
        calls.ok("VM.remove_from_blocked_operations", vm, "snapshot");
        calls.ok("VMSS.snapshot_now", schedule);
        JsonNode then = calls.ok("message.get", "VMSS", uuid, "19700101T00:00:00Z");
        assertThat(then.findValuesAsText("name")).as(then.toString()).contains("VMSS_SNAPSHOT_SUCCEEDED");
    }
}
