package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Type dummy: records without data, as sm's libs/sm/drivers/DummySR.py makes them. */
class DummyRepositoryTest {
    private static final long TIB = 1L << 40;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());

    private static String create() throws Exception {
        return calls.text(
                "SR.get_by_uuid",
                xe.run("sr-create", "type=dummy", "name-label=none").ok());
    }

    @Test
    void disksAreRecordsOfAnySizeAndOutliveScansAndKills() throws Exception {
        String sr = create();
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isEqualTo(2_000_000_000_000L);
        String vdi = calls.vdi(sr, 3 * TIB);
        assertThat(calls.ok("VDI.get_sm_config", vdi).get("samplekey").asText()).isEqualTo("This is a dummy SR VDI");
        String snapshot = calls.text("VDI.snapshot", vdi, Map.of());
        String clone = calls.text("VDI.clone", snapshot, Map.of());
        calls.ok("VDI.resize", vdi, Long.toString(4 * TIB));
        assertThat(calls.error("VDI.resize", vdi, Long.toString(TIB))).startsWith("SR_BACKEND_FAILURE_79");
        String other = create();
        calls.ok("SR.scan", sr);
        daemon.killAndStart();
        calls.ok("SR.scan", sr);
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactlyInAnyOrder(vdi, snapshot, clone);
        assertThat(calls.list("SR.get_VDIs", other)).isEmpty();
        assertThat(calls.ok("VDI.get_virtual_size", vdi).asLong()).isEqualTo(4 * TIB);
        assertThat(calls.ok("VDI.get_virtual_size", snapshot).asLong()).isEqualTo(3 * TIB);
        assertThat(calls.ok("VDI.get_virtual_size", clone).asLong()).isEqualTo(3 * TIB);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isEqualTo(10 * TIB);
        for (String disk : calls.list("SR.get_VDIs", sr)) {
            calls.ok("VDI.destroy", disk);
        }
        for (String each : new String[] {sr, other}) {
            calls.ok("PBD.unplug", calls.first("SR.get_PBDs", each));
            calls.ok("SR.destroy", each);
        }
    }

    @Test
    void aDiskOfAnyLocationIsIntroduced() throws Exception {
        String sr = create();
        String vdi = calls.text(
                "VDI.introduce",
                "d2c5b0b2-9f0e-4c8f-8f0a-2d2f6f7d1a01",
                "mine",
                "",
                sr,
                "user",
                false,
                false,
                Map.of(),
                "anything at all",
                Map.of(),
                Map.of());
        assertThat(calls.text("VDI.get_location", vdi)).isEqualTo("anything at all");
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
    }

    @Test
    void itsDisksReadAsZerosAndRefuseWhatXenServersRefuse() throws Exception {
        String sr = create();
        String vdi = calls.vdi(sr, 1 << 20);
        String file = calls.vdi(calls.fileSr("file", Map.of("location", daemon.folder() + "/disks")), 1 << 20);
        assertThat(calls.text("VDI.checksum", vdi)).isEqualTo(calls.text("VDI.checksum", file));
        assertThat(calls.error("VDI.set_on_boot", vdi, "reset")).startsWith("SR_OPERATION_NOT_SUPPORTED");
        assertThat(calls.error("VDI.resize_online", vdi, Long.toString(2 << 20)))
                .startsWith("SR_OPERATION_NOT_SUPPORTED");
        assertThat(calls.text("SR.probe", calls.first("host.get_all"), Map.of(), "dummy", Map.of()))
                .containsPattern("<UUID>\\s*[0-9a-f-]{36}\\s*</UUID>")
                .containsPattern("<size>\\s*1024\\s*</size>");
    }
}
