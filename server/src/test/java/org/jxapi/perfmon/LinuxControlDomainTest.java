package org.jxapi.perfmon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxControlDomainTest {
    @TempDir
    Path root;

    /** python3/bin/perfmon, get_percent_mem_usage. */
    @Test
    void swapThatIsUsedCountsAsMemory() throws Exception {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/meminfo"),
                "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 150 kB\nSwapTotal: 500 kB\nSwapFree: 200 kB\n"
                        + "HugePages_Total:       0\n");
        assertThat(new LinuxControlDomain(root).memoryUsage()).isEqualTo(1.0);
    }

    @Test
    void theFileSystemIsAsFullAsDfSays() throws Exception {
        Process df = new ProcessBuilder("df", "--output=pcent", "/").start();
        String[] lines = new String(df.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
        double said = Double.parseDouble(lines[1].replaceAll("[^0-9]", "")) / 100;
        assertThat(new LinuxControlDomain().fileSystemUsage()).isCloseTo(said, Offset.offset(0.02));
    }

    @Test
    void anUnreadableSystemIsUnknown() {
        LinuxControlDomain nothing = new LinuxControlDomain(root.resolve("none"));
        assertThat(nothing.fileSystemUsage()).isNaN();
        assertThat(nothing.logFileSystemUsage()).isNaN();
        assertThat(nothing.memoryUsage()).isNaN();
    }
}
