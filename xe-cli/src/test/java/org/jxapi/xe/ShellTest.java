package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xe shell}, from a pipe and on a terminal. */
class ShellTest {
    @TempDir
    Path folder;

    private FakeServer server;

    /** Prints the command's own words; {@code fail} ends with 3, and {@code wait} when the client disconnects. */
    @BeforeEach
    void serve() throws Exception {
        server = new FakeServer("", (s, in, out) -> {
            String command = s.request.substring(s.request.indexOf("\r\n\r\n") + 4);
            FakeServer.command(out, 0, "did " + command.replace('\n', '|'));
            out.flush();
            if (command.startsWith("wait")) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            FakeServer.exit(out, command.startsWith("fail") ? 3 : 0);
        });
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String[] arguments() {
        return new String[] {
            "shell", "-s", "localhost", "--nossl", "-p", Integer.toString(server.port()), "-u", "me", "-pw", "p,w"
        };
    }

    private XeProcess.Outcome pipe(String lines) throws Exception {
        Process xe = new XeProcess(folder).start(arguments());
        try (OutputStream in = xe.getOutputStream()) {
            in.write(lines.getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(xe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(xe.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new XeProcess.Outcome(out, Files.readString(folder.resolve("err")), xe.exitValue());
    }

    @Test
    void linesOfAPipeAreCommandsWithTheConnectionOfTheShell() throws Exception {
        assertThat(pipe("# a comment\nvm-list name-label='a b'\n\nxe host-list --minimal"))
                .isEqualTo(new XeProcess.Outcome(
                        "did vm-list|name-label=a b|username=me|password=p,w\n"
                                + "did host-list|--minimal|username=me|password=p,w\n",
                        "",
                        0));
        assertThat(folder.resolve(".xe_history")).doesNotExist();
        assertThat(server.request).doesNotContain("jxapi-terminal");
    }

    @Test
    void anErrorEndsItsCommandAlone() throws Exception {
        XeProcess.Outcome outcome = pipe("fail\nvm-list 'open\nvm-list\nshell\nexit\nnever");
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.out().lines()).hasSize(2).last().asString().startsWith("did vm-list|");
        assertThat(outcome.err()).contains("The quote ' is not closed.").contains("This is the shell already.");
    }

    @Test
    void wordsAreThoseOfAShellThatExpandsNothing() throws Exception {
        assertThat(Words.of("a 'b c'd \"e \\\" $f\" g\\ h '' # i"))
                .isEqualTo(List.of("a", "b cd", "e \" $f", "g h", ""));
        assertThat(Words.of("  ")).isEmpty();
        assertThatThrownBy(() -> Words.of("a \"b")).isInstanceOf(ClientException.class);
        assertThat(Shell.wanted(List.of("-s", "shell", "vm-list"))).isFalse();
        assertThat(Shell.wanted(List.of("-s", "host", "server=x", "shell"))).isTrue();
    }

    @Test
    void theHistoryKeepsNoSecrets() throws Exception {
        Path file = folder.resolve("history");
        ShellHistory history = new ShellHistory(file);
        for (String line : List.of(
                "vm-list",
                "vm-list",
                "host-list -pw secret",
                "secret-create value=x",
                " hidden",
                "x cifspassword=y",
                "")) {
            history.add(line);
        }
        assertThat(file).content().isEqualTo("vm-list\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(new ShellHistory(file).lines()).containsExactly("vm-list");
    }

    /** A process of the script keeps its output open. */
    @Test
    void aCompletionThatHangsFindsNothingAndIsEnded() throws Exception {
        Path pid = folder.resolve("pid");
        Path script =
                Files.writeString(folder.resolve("hangs"), "echo one; sleep 1000 & echo $! > " + pid + "; wait\n");
        List<String> words = new ShellCompletion(List.of(), script, Duration.ofSeconds(1)).words("vm-");
        assertThat(words).isEmpty();
        Optional<ProcessHandle> sleep =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (sleep.isPresent()) {
            assertThat(sleep.get().onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    /** A terminal, and what it shows. */
    private final class Typing implements AutoCloseable {
        private final Process process;
        private final StringBuilder shown = new StringBuilder();

        Typing() throws Exception {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
            Path completion = Files.writeString(
                    folder.resolve("completion"),
                    "case $1 in 'xe vm-st') printf 'vm-start\\tstarts\\n';; *' uu') printf 'uuid=\\n';;"
                            + " *) printf 'one\\tthe first\\ntwo\\n';; esac\n");
            String command = "stty cols 120; exec "
                    + Path.of(System.getProperty("java.home"), "bin", "java")
                    + " -XX:TieredStopAtLevel=1 -Dxe.completion=" + completion
                    + " -cp " + Path.of("target", "classes").toAbsolutePath() + " org.jxapi.xe.Xe "
                    + String.join(" ", arguments());
            // A background job of a shell ignores SIGINT, and so would the processes that it starts.
            ProcessBuilder builder = new ProcessBuilder(
                            "env", "--default-signal=INT", "script", "-qec", command, "/dev/null")
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("HOME", folder.toString());
            builder.environment().put("TERM", "dumb");
            builder.environment().keySet().removeAll(List.of("XE_EXTRA_ARGS", "JXAPI_SOCKET", "TRACEPARENT"));
            process = builder.start();
            Thread reader = new Thread(this::read);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try {
                InputStream in = process.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    synchronized (shown) {
                        shown.append((char) b);
                        shown.notifyAll();
                    }
                }
            } catch (java.io.IOException e) {
                // The terminal has gone.
            }
        }

        void type(String keys) throws Exception {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        /** Waits until that is shown, and forgets all before it. */
        void sees(String text) throws Exception {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            synchronized (shown) {
                while (shown.indexOf(text) < 0) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    assertThat(left).as("'%s' in '%s'", text, shown).isPositive();
                    shown.wait(left);
                }
                shown.delete(0, shown.indexOf(text) + text.length());
            }
        }

        int ends() throws Exception {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void linesAreEditedAndRecalledOnATerminal() throws Exception {
        try (Typing typing = new Typing()) {
            typing.sees("xe> ");
            typing.type("m-list\u0001v\u0005 \u00e4x\u007f\r");
            typing.sees("did vm-list|\u00c3\u00a4|username=me|password=p,w");
            typing.sees("xe> ");
            typing.type("host-list\r");
            typing.sees("did host-list|");
            typing.sees("xe> ");
            typing.type("\u001b[A\u001b[A\u001b[D\u001b[3~b\r");
            typing.sees("did vm-list|b|");
            typing.sees("xe> ");
            typing.type("rubbish\u0003");
            typing.sees("^C");
            typing.sees("xe> ");
            typing.type("fail\r");
            typing.sees("did fail");
            typing.sees("xe> ");
            assertThat(server.request).contains("\r\njxapi-terminal: yes\r\n");
            typing.type("\u0004");
            assertThat(typing.ends()).isZero();
        }
        assertThat(folder.resolve(".xe_history")).hasContent("vm-list \u00e4\nhost-list\nvm-list b\nfail\n");
    }

    @Test
    void tabCompletesWithTheScriptOfBash() throws Exception {
        try (Typing typing = new Typing()) {
            typing.sees("xe> ");
            typing.type("vm-st\tuu\t");
            typing.sees("vm-start uuid=");
            typing.type("1\r");
            typing.sees("did vm-start|uuid=1|");
            typing.sees("xe> ");
            typing.type("\t");
            typing.sees("one  the first\r\ntwo\r\n");
            typing.type("quit\r");
            assertThat(typing.ends()).isZero();
        }
    }

    @Test
    void ctrlCEndsACommandAndNotTheShell() throws Exception {
        try (Typing typing = new Typing()) {
            typing.sees("xe> ");
            typing.type("wait\r");
            typing.sees("did wait|");
            typing.type("\u0003");
            typing.sees("Interrupted.");
            typing.sees("xe> ");
            typing.type("vm-list\r");
            typing.sees("did vm-list|");
            typing.type("exit\r");
            assertThat(typing.ends()).isZero();
        }
    }
}
