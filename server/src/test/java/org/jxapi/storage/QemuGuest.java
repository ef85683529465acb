package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jxapi.hypervisor.contract.Listening;

/** A guest's QEMU with one disk: its storage daemon, to which qemu-io writes as the guest. */
final class QemuGuest implements AutoCloseable {
    private static final int MIB = 1 << 20;

    private final Path folder;
    private final Process process;

    /** @param folder a new folder for its sockets */
    QemuGuest(Path folder, Path disk) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.process = new ProcessBuilder(
                        "qemu-storage-daemon",
                        "--chardev",
                        "socket,id=qmp,server=on,wait=off,path=" + socket(),
                        "--monitor",
                        "chardev=qmp",
                        "--nbd-server",
                        "addr.type=unix,addr.path=" + folder.resolve("nbd"),
                        "--blockdev",
                        "qcow2,node-name=xvda-qcow2,discard=unmap,file.driver=file,file.discard=unmap,"
                                + "file.locking=off,file.filename=" + disk,
                        "--export",
                        "nbd,id=disk,writable=on,node-name=xvda-qcow2,name=disk")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Listening.await(process, folder.resolve("log"), folder.resolve("nbd"), socket());
    }

    static boolean isInstalled() {
        return Stream.of("qemu-storage-daemon", "qemu-io", "qemu-img")
                .allMatch(program -> Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, program))));
    }

    /** Its QMP socket. */
    Path socket() {
        return folder.resolve("qmp");
    }

    /** The guest fills the MiB at {@code at} with a byte. */
    void write(int at, int value) throws Exception {
        io("write -P " + value + " " + (long) at * MIB + " 1M");
    }

    /** Fails unless the guest reads that byte all over the MiB at {@code at}. */
    void reads(int at, int value) throws Exception {
        io("read -P " + value + " " + (long) at * MIB + " 1M");
    }

    /** Runs a command of qemu-io on the disk. */
    void io(String command) throws Exception {
        Process io = new ProcessBuilder(
                        "qemu-io",
                        "-f",
                        "raw",
                        "-c",
                        command,
                        "-c",
                        "flush",
                        "nbd+unix:///disk?socket=" + folder.resolve("nbd"))
                .redirectErrorStream(true)
                .start();
        String said = new String(io.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(io.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain("verification failed");
    }

    @Override
    public void close() throws IOException {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
