package org.jxapi.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;

/** Programs of the host: what comes back, what is said when they fail, and that none outlives its call. */
class ProgramTest {
    @Test
    void theOutputComesBackApartFromTheErrors() throws IOException {
        Program.Result result =
                Program.of("sh", "-c", "echo out; echo err >&2; exit 3").result();
        assertThat(result).isEqualTo(new Program.Result(3, "out\n", "err"));
    }

    @Test
    void aFailureIsSaidInTheProgramsOwnWords() {
        assertThatThrownBy(() -> Program.of("sh", "-c", "echo 'no such export' >&2; exit 32")
                        .run())
                .isInstanceOf(ProgramException.class)
                .hasMessage("no such export");
        assertThatThrownBy(() -> Program.of("false").run()).hasMessage("false failed with status 1");
    }

    @Test
    void aProgramThatIsMissingIsNamedWithItsPackage() {
        assertThat(DebianPackages.missing("mount.nfs"))
                .isEqualTo("mount.nfs is not installed (Debian package nfs-common)");
        assertThatThrownBy(() -> Program.of("no-such-program").run()).hasMessage("no-such-program is not installed");
    }

    @Test
    void theEnvironmentIsAlwaysTheSame() throws IOException {
        assertThat(Program.of("env").with("PASSWD", "secret").run().lines().filter(line -> !line.startsWith("PATH=")))
                .contains("LC_ALL=C.UTF-8", "PASSWD=secret")
                .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("LANG="));
    }

    @Test
    void oneThatTakesTooLongIsEndedWithItsChildren(@TempDir Path folder) throws Exception {
        Path pid = folder.resolve("pid");
        assertThatThrownBy(() -> Program.of("sh", "-c", "sleep 600 & echo $! >" + pid + "; wait")
                        .within(Duration.ofSeconds(1))
                        .run())
                .isInstanceOfSatisfying(
                        ProgramException.class, e -> assertThat(e.kind()).isEqualTo(ProgramException.Kind.TIMED_OUT))
                .hasMessage("sh did not end within 1 s");
        long child = Long.parseLong(Files.readString(pid).strip());
        Eventually.holds(() -> assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive))
                .isEmpty());
    }

    @Test
    void oneThatWritesWithoutEndIsEnded() {
        assertThatThrownBy(() -> Program.of("yes").run()).hasMessageContaining("yes wrote more than");
    }

    @Test
    void oneThatWritesTooMuchAndEndsHasFailed() {
        assertThatThrownBy(
                        () -> Program.of("head", "-c", "5000000", "/dev/zero").run())
                .hasMessageContaining("head wrote more than");
    }

    @Test
    void itReadsTheTextThatItIsGivenAndElseNothing() throws IOException {
        String text = "x".repeat(200_000) + "\u00e9";
        assertThat(Program.of("cat").reading(text).run()).isEqualTo(text);
        assertThat(Program.of("cat").run()).isEmpty();
        assertThat(Program.of("/bin/true").reading(text).run()).isEmpty();
    }

    @Test
    void anExceptionMeanwhileEndsIt() {
        assertThatThrownBy(() -> Program.of("sleep", "600")
                        .within(Program.NO_LIMIT)
                        .run(() -> {
                            throw new CancellationException("cancelled");
                        }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                Program.of("sleep", "600").within(Program.NO_LIMIT).run();
            } catch (IOException e) {
                thrown.set(e);
            }
        });
        thread.start();
        thread.interrupt();
        thread.join(Duration.ofSeconds(60).toMillis());
        assertThat(thrown.get()).hasMessage("sleep was interrupted");
    }
}
