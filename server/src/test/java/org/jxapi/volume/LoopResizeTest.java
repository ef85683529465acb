package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.LoopMounts;
import org.jxapi.program.Program;

/** A guest has a raw disk through a loop device, which must become larger with its file. */
class LoopResizeTest {
    private static final long MIB = 1 << 20;
    private static final long SECTOR = 512;

    @TempDir
    Path folder;

    @Test
    void aLoopDeviceBecomesLargerWithItsDisk() throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        RawFolder repository = new RawFolder(folder);
        repository.create("disk", 8 * MIB);
        String file = repository.path("disk").toString();
        String device = Program.of("losetup", "--find", "--show", file).run().strip();
        try {
            Path size = Path.of("/sys/block", Path.of(device).getFileName().toString(), "size");
            assertThat(Files.readString(size).strip()).isEqualTo(Long.toString(8 * MIB / SECTOR));
            repository.resize("disk", 16 * MIB);
            assertThat(Files.readString(size).strip()).isEqualTo(Long.toString(16 * MIB / SECTOR));
        } finally {
            Program.of("losetup", "--detach", device).run();
        }
    }
}
