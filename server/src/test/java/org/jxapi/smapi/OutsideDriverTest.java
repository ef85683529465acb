package org.jxapi.smapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.ExampleDriver;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Drivers from outside in a real daemon, through the XenAPI. */
@EnabledIf("org.jxapi.harness.ExampleDriver#possible")
class OutsideDriverTest {
    private static final long MIB = 1 << 20;

    @TempDir
    static Path folder;

    private static final Path DRIVERS = drivers();

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--storage-driver-dir", DRIVERS.toString());

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());

    /** The example, one that pauses while a volume is made, and one for a type of jxapi. */
    private static Path drivers() {
        try {
            Path drivers = Files.createTempDirectory("drivers");
            Path example = ExampleDriver.copyTo(drivers);
            String slow = Files.readString(example)
                    .replace("\"plugin\": \"rawfolder\"", "\"plugin\": \"slow\"")
                    .replaceFirst("(def volume_create[^#]*?sync_folder\\(sr\\)\n)", "$1    pause(sr)\n")
                    .replace("def main():", """
                            def pause(sr):
                                import time
                                while os.path.exists(os.path.join(sr, "pause")):
                                    time.sleep(0.05)


                            def main():""");
            ExampleDriver.write(drivers.resolve("slow"), slow);
            ExampleDriver.shell(drivers, "file", "echo '" + ExampleDriver.description("file", "") + "'");
            return drivers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void clean() throws IOException {
        try (Stream<Path> list = Files.list(DRIVERS)) {
            for (Path file : list.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(DRIVERS);
    }

    private static String create(String type, Map<String, String> config) throws Exception {
        return calls.text(
                "SR.create", calls.first("host.get_all"), config, 0, "made", "", type, "user", false, Map.of());
    }

    private static List<String> images(Path place) throws IOException {
        try (Stream<Path> list = Files.list(place)) {
            return list.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".img"))
                    .sorted()
                    .toList();
        }
    }

    private static Path image(Path place, String vdi) throws Exception {
        return place.resolve(calls.text("VDI.get_uuid", vdi) + ".img");
    }

    private static JsonNode sm(String type) throws Exception {
        for (JsonNode sm : calls.ok("SM.get_all_records")) {
            if (sm.get("type").asText().equals(type)) {
                return sm;
            }
        }
        throw new AssertionError("no SM object of type " + type);
    }

    @Test
    void itsTypeIsPublishedAndNoTypeOfJxapiIsReplaced() throws Exception {
        assertThat(calls.list("SR.get_supported_types")).contains("rawfolder", "slow");
        JsonNode sm = sm("rawfolder");
        assertThat(sm.get("name_label").asText()).isEqualTo("Raw files in a folder");
        assertThat(sm.get("version").asText()).isEqualTo("1.0");
        assertThat(sm.get("driver_filename").asText()).endsWith("/rawfolder");
        assertThat(sm.get("configuration").has("path")).isTrue();
        assertThat(sm.get("capabilities").toString()).contains("VDI_CREATE", "VDI_SNAPSHOT", "VDI_RESIZE");
        assertThat(sm("file").get("vendor").asText()).isEqualTo("jxapi");
    }

    @Test
    void aRepositoryLivesFromXesCreateToDestroy() throws Exception {
        Path place = folder.resolve("life");
        String uuid = xe.run("sr-create", "type=rawfolder", "name-label=mine", "device-config:path=" + place)
                .ok();
        String sr = calls.text("SR.get_by_uuid", uuid);
        String pbd = calls.first("SR.get_PBDs", sr);
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isPositive();

        String vdi = calls.vdi(sr, 5 * MIB);
        assertThat(image(place, vdi)).hasSize(5 * MIB);
        Files.writeString(image(place, vdi), "x".repeat(Math.toIntExact(5 * MIB)));
        String snapshot = calls.text("VDI.snapshot", vdi, Map.of());
        assertThat(image(place, snapshot)).hasSameBinaryContentAs(image(place, vdi));
        calls.ok("VDI.resize", vdi, Long.toString(7 * MIB));
        assertThat(image(place, vdi)).hasSize(7 * MIB);

        String vm = calls.vm("guest");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);

        Files.delete(image(place, snapshot));
        calls.ok("SR.scan", sr);
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
        calls.ok("VDI.destroy", vdi);
        assertThat(images(place)).isEmpty();
        calls.ok("PBD.unplug", pbd);
        assertThat(calls.text(
                        "SR.probe",
                        calls.first("host.get_all"),
                        Map.of("path", place.toString()),
                        "rawfolder",
                        Map.of()))
                .contains(uuid);
        calls.ok("SR.destroy", sr);
        assertThat(place).doesNotExist();
    }

    @Test
    void theDriversErrorsReachClients() throws Exception {
        assertThat(calls.error(
                        "SR.create",
                        calls.first("host.get_all"),
                        Map.of("path", "relative"),
                        0,
                        "made",
                        "",
                        "rawfolder",
                        "user",
                        false,
                        Map.of()))
                .containsExactly(
                        "SR_BACKEND_FAILURE_94", "", "device_config:path must be the absolute path of a folder", "");
    }

    /** The mark of an unfinished volume is in jxapid's own data, and the start attaches the repository again. */
    @Test
    void aVolumeWhoseCreationWasCutShortByAKillIsRemoved() throws Exception {
        Path place = folder.resolve("killed");
        String sr = create("slow", Map.of("path", place.toString()));
        String kept = calls.vdi(sr, MIB);
        Path pause = Files.createFile(place.resolve("pause"));
        CompletableFuture<Void> creation = CompletableFuture.runAsync(() -> {
            try {
                calls.vdi(sr, 2 * MIB);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Eventually.holds(() -> assertThat(images(place)).hasSize(2));
        daemon.killAndStart();
        assertThat(creation).isCompletedExceptionally();
        assertThat(images(place))
                .containsExactly(image(place, kept).getFileName().toString());
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(kept);
        Files.delete(pause);
        String later = calls.vdi(sr, 3 * MIB);
        assertThat(image(place, later)).hasSize(3 * MIB);
    }
}
