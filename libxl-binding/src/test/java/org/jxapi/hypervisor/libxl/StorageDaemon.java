package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jxapi.hypervisor.contract.Listening;

/** QEMU's block layer in its storage daemon, without a domain; qemu-io, through NBD, is the guest that writes. */
final class StorageDaemon implements AutoCloseable {
    static final long MIB = 1 << 20;

    private static final long DISK = 8 * MIB;

    private final Path folder;
    private final List<String> options = new ArrayList<>();
    private Process process;

    /** A daemon with its images in that folder. Tests are skipped where QEMU is not installed. */
    StorageDaemon(Path folder) {
        assumeTrue(installed("qemu-storage-daemon") && installed("qemu-img"), "qemu-utils is not installed");
        this.folder = folder;
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    Path file(String name) {
        return folder.resolve(name + ".qcow2");
    }

    /** Makes an image of 8 MiB, on another one if that is given. */
    void create(String name, String backing) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        if (backing != null) {
            command.addAll(List.of("-F", "qcow2", "-b", backing + ".qcow2"));
        }
        command.addAll(List.of(file(name).toString(), Long.toString(DISK)));
        run(command.toArray(String[]::new));
    }

    /** Makes an image that the daemon opens. */
    void open(String name, String node, String more) throws Exception {
        create(name, null);
        options.addAll(List.of(
                "--blockdev", "qcow2,node-name=" + node + ",file.driver=file," + more + "file.filename=" + file(name)));
    }

    /** The same for an image that a guest has, as that disk. */
    void serve(String name, String node, String disk) throws Exception {
        open(name, node, "file.locking=off,");
        options.addAll(List.of("--export", "nbd,id=" + disk + ",writable=on,node-name=" + node + ",name=" + disk));
    }

    void start() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "qemu-storage-daemon",
                "--chardev",
                "socket,id=qmp,server=on,wait=off,path=" + socket(),
                "--monitor",
                "chardev=qmp",
                "--nbd-server",
                "addr.type=unix,addr.path=" + folder.resolve("nbd")));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu.log").toFile())
                .start();
        Listening.await(process, folder.resolve("qemu.log"), folder.resolve("nbd"), socket());
    }

    private Path socket() {
        return folder.resolve("qmp");
    }

    /** Another client of the daemon. */
    QemuDiskImages images() {
        return new QemuDiskImages(domid -> socket());
    }

    /** The guest of a disk writes a byte over that many MiB from there. */
    void write(String disk, int value, long offset, long length) throws Exception {
        run(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "write -P " + value + " " + offset * MIB + " " + length * MIB,
                "nbd+unix:///" + disk + "?socket=" + folder.resolve("nbd"));
    }

    /** Fails unless an image, with what is behind it, holds that byte in one MiB. */
    void reads(String name, int value, long offset) throws Exception {
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

    /** What {@code qemu-img info} says of an image. */
    String info(String name) throws Exception {
        return run("qemu-img", "info", "-U", file(name).toString());
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
