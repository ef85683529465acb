package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.DiskFiles;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** Repositories in one folder, and passwords in device_config, in the database of an earlier version. */
class EarlierRepositoriesTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    /**
     * The state that an earlier version left: a second SR in the folder of the first, with a disk of the first in it.
     */
    private Ref<SR> second(Path data, String pbd, String location) {
        try (Store store = H2Store.open(data)) {
            return store.transact(tx -> {
                Ref<SR> sr = tx.create(
                        Row.of(SR.XEN_CLASS).with(SR.NAME_LABEL, "second").with(SR.TYPE, "file"));
                Row<PBD> first = tx.row(PBD.XEN_CLASS.ref(pbd));
                Map<String, String> config =
                        Map.of("location", first.get(PBD.DEVICE_CONFIG).get("location"), "cifspassword", "geheim");
                tx.create(first.with(PBD.UUID, "").with(PBD.SR, sr).with(PBD.DEVICE_CONFIG, config));
                tx.create(Row.of(VDI.XEN_CLASS)
                        .with(VDI.SR, sr)
                        .with(VDI.UUID, UUID.randomUUID().toString())
                        .with(VDI.LOCATION, location)
                        .with(VDI.MANAGED, true)
                        .with(VDI.VIRTUAL_SIZE, MIB));
                return sr;
            });
        }
    }

    @Test
    void eachKeepsItsDisksAndNoneRemovesTheOthersFiles() throws Exception {
        Path location = folder.resolve("both");
        String sr;
        String both;
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            Map<String, String> config = Map.of("location", location.toString());
            sr = calls.fileSr("first", config);
            both = calls.text("VDI.get_uuid", calls.vdi(sr, MIB));
            calls.vdi(sr, MIB);
            Files.writeString(folder.resolve("pbd"), calls.first("SR.get_PBDs", sr));
        }
        String second = second(folder.resolve("data"), Files.readString(folder.resolve("pbd")), both)
                .value();
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            assertThat(Files.readString(folder.resolve("log")))
                    .contains("shares the folder " + location.toRealPath(), "SR.forget");

            calls.ok("SR.scan", second);
            String adopted = calls.first("SR.get_VDIs", second);
            assertThat(calls.list("SR.get_VDIs", second)).hasSize(1);
            calls.ok("SR.scan", sr);
            assertThat(calls.list("SR.get_VDIs", sr)).hasSize(2);

            String own = calls.text("VDI.get_uuid", calls.vdi(second, MIB));
            calls.ok("SR.scan", sr);
            assertThat(calls.list("SR.get_VDIs", sr)).hasSize(2);
            assertThat(calls.error("VDI.introduce", "", "", "", sr, "user", false, false, Map.of(), own))
                    .containsExactly("LOCATION_NOT_UNIQUE", sr, own);

            calls.ok("VDI.destroy", adopted);
            assertThat(DiskFiles.locations(location)).contains(both);
            assertThat(calls.list("SR.get_VDIs", sr)).hasSize(2);
            calls.ok("VDI.destroy", calls.text("VDI.get_by_uuid", both));
            assertThat(DiskFiles.locations(location)).doesNotContain(both);

            String pbd = calls.first("SR.get_PBDs", second);
            secretsAreHidden(calls, pbd);
            calls.ok("VDI.destroy", calls.text("VDI.get_by_uuid", own));
            calls.ok("PBD.unplug", pbd);
            assertThat(calls.error("PBD.plug", pbd)).containsExactly("SR_DEVICE_IN_USE");
            assertThat(calls.error("SR.destroy", second)).containsExactly("SR_DEVICE_IN_USE");
            calls.ok("SR.forget", second);
            assertThat(calls.list("secret.get_all")).isEmpty();
            calls.ok("SR.scan", sr);
            assertThat(calls.list("SR.get_VDIs", sr)).hasSize(1);
        }
    }

    private static void secretsAreHidden(Calls calls, String pbd) throws Exception {
        var config = calls.ok("PBD.get_device_config", pbd);
        assertThat(config.has("cifspassword")).isFalse();
        String secret = calls.text(
                "secret.get_by_uuid", config.get("cifspassword_secret").asText());
        assertThat(calls.list("secret.get_all")).isEqualTo(List.of(secret));
        assertThat(calls.text("secret.get_value", secret)).isEqualTo("geheim");
    }
}
