package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.contract.Listening;

/** Images that a QEMU hands over to another one, as in a migration. */
class QemuHandOverTest {
    private static final int DOMID = 1;

    @TempDir
    Path folder;

    private Process qemu;
    private QemuDiskImages images;

    @BeforeEach
    void start() throws Exception {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "qemu-system-x86_64")));
        if ("true".equals(System.getenv("CI"))) {
            assertThat(installed).as("qemu-system-x86_64 is installed").isTrue();
        }
        assumeTrue(installed, "qemu-system-x86_64 is not installed");
        assertThat(run("qemu-img", "create", "-q", "-f", "qcow2", image(), "16M"))
                .isZero();
        Path socket = folder.resolve("qmp");
        qemu = new ProcessBuilder(
                        "qemu-system-x86_64",
                        "-machine",
                        "none",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-qmp",
                        "unix:" + socket + ",server=on,wait=off",
                        "-blockdev",
                        "qcow2,node-name=disk,file.driver=file,file.filename=" + image())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Listening.await(qemu, folder.resolve("log"), socket);
        images = new QemuDiskImages(domid -> domid == DOMID ? socket : folder.resolve("none"));
    }

    @AfterEach
    void stop() throws Exception {
        if (qemu != null) {
            qemu.destroyForcibly().waitFor();
        }
    }

    private String image() {
        return folder.resolve("disk.qcow2").toString();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    /** Writes as the guest does; the answer is empty if that works. */
    private String write(int value) throws IOException {
        try (Qmp qmp = Qmp.connect(folder.resolve("qmp"))) {
            return qmp.run(
                            "human-monitor-command",
                            Qmp.object().put("command-line", "qemu-io disk \"write -P " + value + " 0 64k\""))
                    .asText();
        }
    }

    /** Whether another process finds a value there, also while QEMU has the image open. */
    private boolean reads(int value) throws Exception {
        return run("qemu-io", "-U", "-r", "-c", "read -P " + value + " 0 64k", image()) == 0;
    }

    /** Whether another QEMU could write to the image now. */
    private boolean free() throws Exception {
        return run("qemu-img", "check", image()) == 0;
    }

    @Test
    void anotherHostFindsAllWritesAndTheFormerOneMakesNoneAfterThat() throws Exception {
        assertThat(write(7)).isEmpty();
        assertThat(reads(7)).as("QEMU keeps its tables in memory").isFalse();
        assertThat(free()).isFalse();
        images.handOver(DOMID);
        assertThat(reads(7)).isTrue();
        assertThat(free()).isTrue();
        assertThat(write(8)).isNotEmpty();
        images.handOver(DOMID);
        byte[] before = Files.readAllBytes(Path.of(image()));
        qemu.destroy();
        assertThat(qemu.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllBytes(Path.of(image()))).isEqualTo(before);
    }

    @Test
    void aGuestThatStaysWritesAgain() throws Exception {
        images.takeBack(DOMID);
        images.handOver(DOMID);
        images.takeBack(DOMID);
        assertThat(write(9)).isEmpty();
        assertThat(free()).isFalse();
        images.handOver(DOMID);
        assertThat(reads(9)).isTrue();
        images.handOver(2);
        images.takeBack(2);
    }
}
