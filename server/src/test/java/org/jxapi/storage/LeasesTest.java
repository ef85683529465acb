package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** Two daemons on one folder: a shared repository is used by one host at a time. */
class LeasesTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon first = RunningDaemon.onSimulator();

    @RegisterExtension
    static final RunningDaemon second = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static String plugged(Calls calls, String sr) throws Exception {
        return calls.text("PBD.get_currently_attached", pbd(calls, sr));
    }

    private static String pbd(Calls calls, String sr) throws Exception {
        return calls.first("SR.get_PBDs", sr);
    }

    private static String hostUuid(Calls calls) throws Exception {
        return calls.text("host.get_uuid", calls.first("host.get_all"));
    }

    private static void refused(List<String> error, Calls holder) throws Exception {
        assertThat(error.get(0)).isEqualTo("SR_BACKEND_FAILURE_47");
        assertThat(error.get(2)).contains(hostUuid(holder), "jxapi-break-lease");
    }

    private static Path lease(Path location) {
        return location.resolve(".jxapi-lease");
    }

    private static String create(Path location) throws Exception {
        Calls calls = first.calls();
        return calls.text(
                "SR.create",
                calls.first("host.get_all"),
                Map.of("location", location.toString()),
                0,
                "shared",
                "",
                "file",
                "user",
                true,
                Map.of());
    }

    /** The second host gets a record of the repository, and a PBD that is not plugged. */
    private static String introduce(Path location, String sr) throws Exception {
        Calls calls = second.calls();
        String uuid = first.calls().text("SR.get_uuid", sr);
        String other = calls.text("SR.introduce", uuid, "shared", "", "file", "user", true, Map.of());
        calls.ok(
                "PBD.create",
                Map.of(
                        "host",
                        calls.first("host.get_all"),
                        "SR",
                        other,
                        "device_config",
                        Map.of("location", location.toString()),
                        "other_config",
                        Map.of()));
        return other;
    }

    @Test
    void theOtherHostGetsTheRepositoryWhenTheFirstHasUnpluggedIt() throws Exception {
        Path location = folder.resolve("handed over");
        String sr = create(location);
        String vdi = first.calls().vdi(sr, MIB);
        String other = introduce(location, sr);
        refused(second.calls().error("PBD.plug", pbd(second.calls(), other)), first.calls());
        assertThat(plugged(second.calls(), other)).isEqualTo("false");

        first.calls().ok("PBD.unplug", pbd(first.calls(), sr));
        assertThat(lease(location)).doesNotExist();
        second.calls().ok("PBD.plug", pbd(second.calls(), other));
        assertThat(second.calls().list("SR.get_VDIs", other)).hasSize(1);
        refused(first.calls().error("PBD.plug", pbd(first.calls(), sr)), second.calls());

        second.calls().ok("PBD.unplug", pbd(second.calls(), other));
        first.calls().ok("PBD.plug", pbd(first.calls(), sr));
        first.calls().ok("VDI.destroy", vdi);
        first.calls().ok("PBD.unplug", pbd(first.calls(), sr));
        first.calls().ok("SR.destroy", sr);
        assertThat(location).doesNotExist();
    }

    @Test
    void aLeaseOutlivesItsDaemonAndIsBrokenOnlyKnowingly() throws Exception {
        Path location = folder.resolve("broken");
        String sr = create(location);
        String vdi = first.calls().vdi(sr, MIB);
        String other = introduce(location, sr);
        String foreign = pbd(second.calls(), other);

        first.killAndStart();
        assertThat(plugged(first.calls(), sr)).isEqualTo("true");
        first.calls().ok("VDI.snapshot", vdi, Map.of());
        refused(second.calls().error("PBD.plug", foreign), first.calls());

        second.calls().ok("SR.add_to_other_config", other, "jxapi-break-lease", hostUuid(second.calls()));
        refused(second.calls().error("PBD.plug", foreign), first.calls());
        second.calls().ok("SR.remove_from_other_config", other, "jxapi-break-lease");
        second.calls().ok("SR.add_to_other_config", other, "jxapi-break-lease", hostUuid(first.calls()));
        second.calls().ok("PBD.plug", foreign);
        assertThat(second.calls().ok("SR.get_other_config", other).has("jxapi-break-lease"))
                .as("the permission is used up")
                .isFalse();

        refused(first.calls().error("SR.scan", sr), second.calls());
        refused(first.calls().error("VDI.snapshot", vdi, Map.of()), second.calls());
        first.killAndStart();
        assertThat(plugged(first.calls(), sr))
                .as("plugged after a restart without the lease")
                .isEqualTo("false");
        second.calls().ok("SR.scan", other);
        assertThat(second.calls().list("SR.get_VDIs", other)).hasSize(2);
    }

    @Test
    void aLeaseOfAnEarlierVersionBelongsToItsHost() throws Exception {
        Path location = folder.resolve("earlier");
        String sr = create(location);
        List<String> lines = Files.readAllLines(lease(location));
        String pool = first.calls().text("pool.get_uuid", first.calls().first("pool.get_all"));
        assertThat(lines).hasSize(5).startsWith(hostUuid(first.calls())).endsWith(pool, "1");

        Files.write(lease(location), lines.subList(0, 3));
        first.calls().ok("SR.scan", sr);
        assertThat(lease(location)).content().isEqualTo(String.join("\n", lines) + "\n");

        Files.write(lease(location), List.of(lines.get(0), "another machine", lines.get(2)));
        refused(first.calls().error("SR.scan", sr), first.calls());
        Files.write(lease(location), lines);
        first.calls().ok("PBD.unplug", pbd(first.calls(), sr));
        assertThat(lease(location)).doesNotExist();
    }
}
