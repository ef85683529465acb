package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

/** QEMU's block layer in its storage daemon, without a domain; qemu-io, through NBD, is the guest that writes. */
class QemuDiskImagesTest {
    private static final int DOMID = 1;
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Process qemu;
    private QemuDiskImages images;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(installed("qemu-storage-daemon") && installed("qemu-img"), "qemu-utils is not installed");
        create("a", null, 8 * MIB);
        create("b", null, 8 * MIB);
        Path socket = folder.resolve("qmp");
        List<String> command = new ArrayList<>(List.of(
                "qemu-storage-daemon",
                "--chardev",
                "socket,id=qmp,server=on,wait=off,path=" + socket,
                "--monitor",
                "chardev=qmp",
                "--nbd-server",
                "addr.type=unix,addr.path=" + folder.resolve("nbd")));
        for (String disk : List.of("a", "b")) {
            command.addAll(List.of(
                    "--blockdev",
                    "qcow2,node-name=" + disk + "-qcow2,file.driver=file,file.locking=off,file.filename=" + file(disk),
                    "--export",
                    "nbd,id=" + disk + ",writable=on,node-name=" + disk + "-qcow2,name=" + disk));
        }
        create("c", null, 8 * MIB);
        command.addAll(List.of("--blockdev", "qcow2,node-name=c-qcow2,file.driver=file,file.filename=" + file("c")));
        qemu = new ProcessBuilder(command)
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

    private void create(String name, String backing, long bytes) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        if (backing != null) {
            command.addAll(List.of("-F", "qcow2", "-b", backing + ".qcow2"));
        }
        command.addAll(List.of(file(name).toString(), Long.toString(bytes)));
        run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The guest of a disk writes a byte over that many MiB from there. */
    private void write(String disk, int value, long offset, long length) throws Exception {
        run(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "write -P " + value + " " + offset * MIB + " " + length * MIB,
                "nbd+unix:///" + disk + "?socket=" + folder.resolve("nbd"));
    }

    /** Whether an image holds that byte in one MiB. */
    private void reads(String name, int value, long offset) throws Exception {
        String output = run(
                "qemu-io",
                "-r",
                "-U",
                "-f",
                "qcow2",
                "-c",
                "read -P " + value + " " + offset * MIB + " 1M",
                file(name).toString());
        assertThat(output).doesNotContain("verification failed");
    }

    @Test
    void theGuestWritesToTheOverlaysFromOneMomentOn() throws Exception {
        write("a", 1, 0, 2);
        create("a1", "a", 8 * MIB);
        create("b1", "b", 8 * MIB);
        assertThat(images.isOpen(DOMID, file("a"))).isTrue();
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1")), new Overlay(file("b"), file("b1"))));
        assertThat(images.isOpen(DOMID, file("a"))).isTrue();
        assertThat(images.isOpen(DOMID, file("a1"))).isTrue();
        write("a", 2, 1, 1);
        write("b", 3, 0, 1);
        reads("a", 1, 1);
        reads("a1", 1, 0);
        reads("a1", 2, 1);
        reads("b", 0, 0);
        reads("b1", 3, 0);
    }

    @Test
    void ofOverlaysThatCannotAllBeUsedNoneIs() throws Exception {
        create("a1", "a", 8 * MIB);
        assertThatThrownBy(() -> images.snapshot(
                        DOMID, List.of(new Overlay(file("a"), file("a1")), new Overlay(file("b"), file("missing")))))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("missing");
        write("a", 2, 0, 1);
        reads("a", 2, 0);
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
    }

    @Test
    void anImageBehindTheActiveOneIsMerged() throws Exception {
        write("a", 1, 0, 3);
        create("a1", "a", 8 * MIB);
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1"))));
        write("a", 2, 1, 1);
        create("a2", "a1", 8 * MIB);
        images.snapshot(DOMID, List.of(new Overlay(file("a1"), file("a2"))));
        write("a", 3, 2, 1);
        List<Double> progress = new ArrayList<>();
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", progress::add);
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        assertThat(run("qemu-img", "info", "-U", file("a2").toString())).contains("backing file: a1.qcow2");
        assertThat(progress).allMatch(done -> done >= 0 && done <= 1);
        Files.createLink(folder.resolve("link"), file("a"));
        Files.move(folder.resolve("link"), file("a1"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(images.isOpen(DOMID, file("a1")))
                .as("the file under its other name")
                .isTrue();
        reads("a", 2, 1);
        reads("a2", 1, 0);
        reads("a2", 2, 1);
        reads("a2", 3, 2);
    }

    @Test
    void aMergeThatIsCancelledChangesNothingForTheGuestAndCanBeRepeated() throws Exception {
        write("a", 1, 0, 8);
        create("a1", "a", 8 * MIB);
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1"))));
        write("a", 2, 0, 8);
        create("a2", "a1", 8 * MIB);
        images.snapshot(DOMID, List.of(new Overlay(file("a1"), file("a2"))));
        assertThatThrownBy(() -> images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        write("a", 3, 0, 1);
        reads("a2", 3, 0);
        reads("a2", 2, 1);
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {});
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {});
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        reads("a2", 3, 0);
        reads("a2", 2, 1);
    }

    @Test
    void aDiskBecomesLarger() throws Exception {
        images.resize(DOMID, file("c"), 16 * MIB);
        assertThat(run("qemu-img", "info", "-U", file("c").toString())).contains("16 MiB");
    }

    @Test
    void aQemuThatDoesNotAnswerIsAnError() {
        QemuDiskImages absent = new QemuDiskImages(domid -> folder.resolve("absent"));
        assertThat(absent.isOpen(DOMID, file("a"))).isFalse();
        assertThatThrownBy(() -> absent.resize(DOMID, file("a"), 16 * MIB))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("its QEMU cannot be reached");
    }
}
