package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of its own with little room, in memory; only root can make one. Closing it unmounts it. */
public final class SmallDisk implements AutoCloseable {
    private static final int LARGE = 65_536;
    private static final int SMALL = 512;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts one on a folder, which is made; the test is skipped where that cannot be done. */
    public static SmallDisk mount(Path folder, int mebibytes) throws Exception {
        Files.createDirectories(folder);
        Program.Ran ran = Program.run(
                folder.getParent(),
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + mebibytes + "m",
                "tmpfs",
                folder.toString());
        assumeTrue(ran.status() == 0, "a file system can be mounted");
        return new SmallDisk(folder);
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    /** Takes all room but that many bytes. */
    public void fill(long but) throws IOException {
        for (int size : new int[] {LARGE, SMALL}) {
            byte[] piece = new byte[size];
            try (OutputStream out =
                    Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (but == 0 || folder.toFile().getUsableSpace() > but) {
                    out.write(piece);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }
    }

    /** Gives the room back. */
    public void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    @Override
    public void close() throws Exception {
        assertThat(Program.run(folder.getParent(), "umount", "-l", folder.toString())
                        .status())
                .isZero();
    }
}
