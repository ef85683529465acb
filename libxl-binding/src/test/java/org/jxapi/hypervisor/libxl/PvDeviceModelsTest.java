package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** With a script in the place of QEMU. The contract of devices tries the real one on a real Xen. */
class PvDeviceModelsTest {
    private static final int DOMID = 7;
    private static final String PID = "/local/domain/7/image/device-model-pid";
    private static final String STATE = "/local/domain/0/device-model/7/state";

    /**
     * Goes to the background with the words of its start, as QEMU does. It returns when the process there has these words: for a
     * moment of its start, it has none.
     */
    private static final String QEMU = """
            #!/bin/sh
            if [ "$1" = serve ]; then
                : >"$(dirname "$0")/serving.$$"
                while :; do sleep 1; done
            fi
            echo started >>"$(dirname "$0")/starts"
            while [ "$1" != -pidfile ]; do shift; done
            "$0" serve -xen-domid 7 >/dev/null 2>&1 </dev/null &
            while [ ! -e "$(dirname "$0")/serving.$!" ]; do sleep 0.05; done
            echo $! >"$2"
            """;

    @TempDir
    Path folder;

    private final SimulatedHypervisor machine = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final Xenstore xenstore = machine.xenstore();
    private PvDeviceModels models;

    @BeforeEach
    void start() throws IOException {
        models = models(program("qemu", QEMU));
        xenstore.write(STATE, "running");
    }

    @AfterEach
    void end() {
        models.ended(DOMID);
        machine.close();
    }

    private PvDeviceModels models(Path program) {
        return new PvDeviceModels(
                xenstore, List.of(folder.resolve("absent"), program), folder, folder, Duration.ofSeconds(20));
    }

    private Path program(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private ProcessHandle recorded() {
        return ProcessHandle.of(Long.parseLong(xenstore.read(PID).orElseThrow()))
                .orElseThrow();
    }

    private List<String> starts() throws IOException {
        return Files.readAllLines(folder.resolve("starts"));
    }

    @Test
    void aGuestGetsOneDeviceModelWhichLibxlFinds() throws Exception {
        models.start(DOMID, null);
        models.start(DOMID, null);

        assertThat(recorded().isAlive()).isTrue();
        assertThat(starts()).hasSize(1);
    }

    @Test
    void aGuestWithADeviceModelKeepsIt() {
        xenstore.write(PID, "4711");

        models.start(DOMID, null);

        assertThat(xenstore.read(PID)).contains("4711");
        assertThat(folder.resolve("starts")).doesNotExist();
    }

    @Test
    void aDeviceModelThatWasNotRecordedIsUsedAndNotStartedTwice() throws Exception {
        models.start(DOMID, null);
        long first = recorded().pid();
        xenstore.remove(PID);

        models.start(DOMID, null);

        assertThat(recorded().pid()).isEqualTo(first);
        assertThat(starts()).hasSize(1);
    }

    @Test
    void oneThatWasNotRecordedEndsWithItsDomain() throws Exception {
        models.start(DOMID, null);
        ProcessHandle model = recorded();
        xenstore.remove(PID);

        models.ended(DOMID);

        model.onExit().get(20, TimeUnit.SECONDS);
        assertThat(folder.resolve("jxapi-qemu-7.pid")).doesNotExist();
    }

    @Test
    void theProcessOfAnotherProgramIsLeftAlone() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(folder.resolve("jxapi-qemu-7.pid"), Long.toString(other.pid()));

            models.ended(DOMID);

            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void theReasonOfAFailureIsInTheError() throws Exception {
        models = models(program("broken", "#!/bin/sh\necho 'xenpv: unsupported machine type'\nexit 1\n"));

        assertThatThrownBy(() -> models.start(DOMID, null))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("status 1: xenpv: unsupported machine type");
        assertThat(xenstore.read(PID)).isEmpty();
    }

    @Test
    void aMissingQemuIsNamed() {
        models = models(folder.resolve("none"));

        assertThatThrownBy(() -> models.start(DOMID, null)).hasMessageContaining("qemu-system-xen");
    }

    @Test
    void qcow2DisksAndThoseOfQemuNeedOne() {
        DiskConfig raw = DiskConfig.disk("/srv/a.raw", "xvda", DiskFormat.RAW);

        assertThat(PvDeviceModels.needed(raw)).isFalse();
        assertThat(PvDeviceModels.needed(DiskConfig.cdrom(null, "xvdd"))).isFalse();
        assertThat(PvDeviceModels.needed(
                        raw.toBuilder().format(DiskFormat.QCOW2).build()))
                .isTrue();
        assertThat(PvDeviceModels.needed(
                        raw.toBuilder().backend(DiskBackend.QDISK).build()))
                .isTrue();
        assertThat(PvDeviceModels.needed(raw.toBuilder()
                        .backend(DiskBackend.QDISK)
                        .backendDomid(3)
                        .build()))
                .isFalse();
    }
}
