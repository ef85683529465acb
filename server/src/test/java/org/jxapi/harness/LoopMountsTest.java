package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.LoopMounts.Format;

class LoopMountsTest {
    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    @Test
    void mountsOfAKilledRunAreRemovedAndThoseOfOthersStay() throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        Path living = Files.writeString(MOUNTS.make(Format.EXT4).resolve("file"), "living");
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path left = Files.createTempDirectory("jxapi-loop-" + dead.pid() + "-");
        Path mount = Files.createDirectories(left.resolve("mount0"));
        Process mounting = new ProcessBuilder("mount", "-t", "tmpfs", "tmpfs", mount.toString()).start();
        assertThat(mounting.waitFor()).isZero();
        Files.writeString(mount.resolve("file"), "left");

        LoopMounts next = new LoopMounts();
        assertThat(next.folder()).isDirectory();
        assertThat(left).doesNotExist();
        assertThat(living).hasContent("living");
        Path folder = next.folder();
        next.afterAll(null);
        assertThat(folder).doesNotExist();
        assertThat(living).hasContent("living");
    }
}
