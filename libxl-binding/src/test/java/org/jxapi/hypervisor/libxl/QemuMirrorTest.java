package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;

/** Disks that QEMU moves to another image while a guest uses them: its storage daemon, with qemu-io as the guest. */
class QemuMirrorTest {
    private static final int DOMID = 1;
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private Process qemu;
    private QemuDiskImages images;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(installed("qemu-storage-daemon") && installed("qemu-img"), "qemu-utils is not installed");
        create("old", null);
        Path socket = folder.resolve("qmp");
        qemu = new ProcessBuilder(
                        "qemu-storage-daemon",
                        "--chardev",
                        "socket,id=qmp,server=on,wait=off,path=" + socket,
                        "--monitor",
                        "chardev=qmp",
                        "--nbd-server",
                        "addr.type=unix,addr.path=" + folder.resolve("nbd"),
                        "--blockdev",
                        "qcow2,node-name=xvda,file.driver=file,file.locking=off,file.filename=" + file("old"),
                        "--export",
                        "nbd,id=disk,writable=on,node-name=xvda,name=disk")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu.log").toFile())
                .start();
        images = new QemuDiskImages(domid -> socket);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(folder.resolve("nbd")) || !Files.exists(socket)) {
            assertThat(qemu.isAlive() && System.nanoTime() < deadline)
                    .as(Files.readString(folder.resolve("qemu.log")))
                    .isTrue();
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (qemu != null) {
            qemu.destroyForcibly().waitFor();
        }
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private Path file(String name) {
        return folder.resolve(name + ".qcow2");
    }

    private void create(String name, String backing) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        if (backing != null) {
            command.addAll(List.of("-F", "qcow2", "-b", backing + ".qcow2"));
        }
        command.addAll(List.of(file(name).toString(), Integer.toString(8 * MIB)));
        run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private String guest(String command) throws Exception {
        return run("qemu-io", "-f", "raw", "-c", command, "nbd+unix:///disk?socket=" + folder.resolve("nbd"));
    }

    private void write(int value, long offset, long length) throws Exception {
        guest("write -P " + value + " " + offset * MIB + " " + length * MIB);
    }

    /** Whether an image, with what is behind it, holds that byte in one MiB. */
    private void holds(String name, int value, long offset) throws Exception {
        String read = "read -P " + value + " " + offset * MIB + " 1M";
        assertThat(run(
                        "qemu-io",
                        "-r",
                        "-U",
                        "-f",
                        "qcow2",
                        "-c",
                        read,
                        file(name).toString()))
                .doesNotContain("verification failed");
    }

    @Test
    void theGuestsWritesGoToBothImagesAndAfterThePivotOnlyToTheNewOne() throws Exception {
        write(1, 0, 4);
        create("layer", "old");
        images.snapshot(DOMID, List.of(new Overlay(file("old"), file("layer"))));
        write(2, 1, 1);
        create("new", null);
        List<Double> progress = new ArrayList<>();
        images.mirror(DOMID, file("layer"), file("new"), progress::add);
        assertThat(progress).endsWith(1.0).allMatch(done -> done >= 0 && done <= 1);
        write(3, 2, 1);
        holds("layer", 3, 2);
        holds("new", 3, 2);
        assertThat(images.pivot(DOMID, file("new"))).isTrue();
        assertThat(images.isOpen(DOMID, file("new"))).isTrue();
        assertThat(images.isOpen(DOMID, file("layer"))).isFalse();
        assertThat(images.isOpen(DOMID, file("old"))).isFalse();
        assertThat(images.pivot(DOMID, file("new"))).as("repeated").isTrue();
        write(4, 3, 1);
        holds("new", 1, 0);
        holds("new", 2, 1);
        holds("new", 3, 2);
        holds("new", 4, 3);
        holds("layer", 1, 3);
        assertThat(run("qemu-img", "info", "-U", file("new").toString())).doesNotContain("backing file");
        create("newer", "new");
        images.snapshot(DOMID, List.of(new Overlay(file("new"), file("newer"))));
        write(5, 0, 1);
        holds("newer", 5, 0);
        holds("new", 1, 0);
    }

    @Test
    void aMirrorThatIsCancelledLeavesTheGuestWhereItWas() throws Exception {
        write(1, 0, 8);
        create("new", null);
        assertThatThrownBy(() -> images.mirror(DOMID, file("old"), file("new"), done -> {
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        assertThat(images.isOpen(DOMID, file("new"))).isFalse();
        assertThat(images.pivot(DOMID, file("new"))).isFalse();
        write(2, 0, 1);
        holds("old", 2, 0);
        Files.delete(file("new"));
        create("new", null);
        images.mirror(DOMID, file("old"), file("new"), done -> {});
        assertThat(images.pivot(DOMID, file("new"))).isTrue();
        holds("new", 2, 0);
        holds("new", 1, 1);
    }

    @Test
    void mirrorsThatADaemonHasLeftAreEndedOrPivotedByTheNext() throws Exception {
        write(1, 0, 1);
        create("new", null);
        images.mirror(DOMID, file("old"), file("new"), done -> {});
        QemuDiskImages next = new QemuDiskImages(domid -> folder.resolve("qmp"));
        next.endMirrors(DOMID);
        assertThat(next.isOpen(DOMID, file("new"))).isFalse();
        assertThat(next.isOpen(DOMID, file("old"))).isTrue();
        create("newer", null);
        images.mirror(DOMID, file("old"), file("newer"), done -> {});
        assertThat(next.pivot(DOMID, file("newer"))).isTrue();
        next.endMirrors(DOMID);
        write(2, 0, 1);
        holds("newer", 2, 0);
    }

    @Test
    void aTargetThatQemuCannotUseIsAnError() throws Exception {
        assertThatThrownBy(() -> images.mirror(DOMID, file("old"), file("missing"), done -> {}))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("missing");
        write(1, 0, 1);
        holds("old", 1, 0);
    }
}
