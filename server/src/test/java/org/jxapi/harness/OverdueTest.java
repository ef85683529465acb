package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverdueTest {
    @TempDir
    Path folder;

    @Test
    void theDaemonsOfATestThatTakesTooLongShowTheirThreadsAndEnd() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            new Overdue(new PrintStream(printed, true, StandardCharsets.UTF_8)).endPrograms();
            assertThat(daemon.awaitEnd()).isNotZero();
            assertThat(sleeper.getInputStream().read()).isEqualTo(-1);
            assertThat(sleeper.waitFor()).isNotZero();
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("threads of the process " + daemon.pid())
                    .contains("\"main\"")
                    .contains("org.jxapi.");
        } finally {
            sleeper.destroyForcibly();
        }
    }
}
