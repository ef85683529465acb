package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.libxl.QemuDiskImages;
import org.jxapi.image.Qcow2Image;
import org.jxapi.program.Program;

/** The power fails right after a running guest's disk was enlarged. The disk has its new size at the next start. */
class OnlineResizeTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    @TempDir
    Path folder;

    private CutDisk disk() {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        return new CutDisk(MOUNTS, Format.EXT4);
    }

    /** QEMU does not flush what it writes, as if it ran with {@code cache=unsafe}. */
    @Test
    void aQcow2DiskThatQemuHas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-storage-daemon")), "qemu-utils is not installed");
        CutDisk disk = disk();
        Guests guests = new Guests();
        ImageFolder repository = new ImageFolder(disk.place(), "sr", "qcow2", guests, new Merges());
        repository.create("disk", 8 * MIB, false);
        Path image = repository.guestDisk("disk").path();
        Path socket = folder.resolve("qmp");
        Process qemu = new ProcessBuilder(
                        "qemu-storage-daemon",
                        "--chardev",
                        "socket,id=qmp,server=on,wait=off,path=" + socket,
                        "--monitor",
                        "chardev=qmp",
                        "--blockdev",
                        "qcow2,node-name=xvda-qcow2,cache.no-flush=on,file.driver=file,file.locking=off,"
                                + "file.cache.no-flush=on,file.filename=" + image)
                .inheritIO()
                .start();
        try {
            Eventually.holds(() -> assertThat(socket).exists());
            guests.socket = socket;
            repository.resize("disk", 16 * MIB);
            disk.afterStart(
                    disk.cut(false),
                    started -> assertThat(Qcow2Image.info(started.resolve(image.getFileName()))
                                    .bytes())
                            .isEqualTo(16 * MIB));
        } finally {
            qemu.destroyForcibly().waitFor();
        }
    }

    @Test
    void aRawDiskThatTheKernelServes() throws Exception {
        CutDisk disk = disk();
        RawFolder repository = new RawFolder(disk.place());
        repository.create("disk", 8 * MIB);
        Path image = repository.path("disk");
        String device = Program.of("losetup", "--find", "--show", image.toString())
                .run()
                .strip();
        try {
            repository.resize("disk", 16 * MIB);
            disk.afterStart(
                    disk.cut(false),
                    started -> assertThat(started.resolve(image.getFileName())).hasSize(16 * MIB));
        } finally {
            Program.of("losetup", "--detach", device).run();
        }
    }

    /** A guest that has the disk once it has started. */
    private static final class Guests implements LiveDisks {
        private Path socket;

        @Override
        public List<Guest> guests(String sr, String location) {
            return socket == null ? List.of() : List.of(new Guest(7, true, true));
        }

        @Override
        public DiskImages images() {
            return new QemuDiskImages(domid -> socket);
        }
    }
}
