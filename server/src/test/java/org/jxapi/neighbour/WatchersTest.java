package org.jxapi.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchersTest {
    private static final Path LOGS = Path.of("/var/log/xen");

    private static void process(Path proc, int pid, String name, String log) throws IOException {
        Path fds = Files.createDirectories(proc.resolve(Integer.toString(pid)).resolve("fd"));
        Files.writeString(proc.resolve(Integer.toString(pid)).resolve("comm"), name + "\n");
        Files.createSymbolicLink(fds.resolve("2"), LOGS.resolve(log));
    }

    /** As tools/xl/xl_utils.c, do_daemonize: the log of the process is xl-NAME.log. */
    @Test
    void theProcessOfXlThatWaitsForADomainIsFoundByItsLog(@TempDir Path proc) throws IOException {
        process(proc, 100, "xl", "xl-web.log");
        process(proc, 101, "xl", "xl-other.log");
        process(proc, 102, "tail", "xl-web.log");
        Files.createDirectories(proc.resolve("self"));
        assertThat(new Watchers(proc, LOGS, proc).of("web")).containsExactly(100L);
        assertThat(new Watchers(proc, LOGS, proc).of("nobody")).isEmpty();
    }

    @Test
    void aDomainOfLibvirtIsKnownByItsFile(@TempDir Path run) throws IOException {
        Files.createFile(run.resolve("web.xml"));
        Watchers watchers = new Watchers(run, LOGS, run);
        assertThat(watchers.libvirt("web")).isTrue();
        assertThat(watchers.libvirt("other")).isFalse();
        assertThat(watchers.libvirt("../web")).isFalse();
    }
}
