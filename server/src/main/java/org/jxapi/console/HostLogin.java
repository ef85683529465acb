package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jxapi.hypervisor.Processes;

/**
 * The text console of this machine: each session is a program on a terminal of its own, which ends with the session.
 * util-linux's {@code script} makes the terminal.
 */
public final class HostLogin implements HostTerminal {
    /** Sessions at once: each is a few processes. */
    private static final int MOST = 16;

    private static final long GRACE_SECONDS = 2;

    private final List<String> program;
    private final Semaphore places = new Semaphore(MOST);

    /** @param program runs on the terminal; its words have no characters that a shell treats specially */
    HostLogin(List<String> program) {
        this.program = List.copyOf(program);
    }

    /**
     * Asks for a user of this machine and the password, as the machine's own terminals do. Where systemd runs, the session is a
     * service of its own, so that the restrictions of jxapid's service do not hold for it.
     */
    public static HostLogin ofThisMachine() {
        List<String> command = new ArrayList<>();
        if (Files.isDirectory(Path.of("/run/systemd/system"))) {
            command.addAll(List.of("systemd-run", "--quiet", "--collect", "--pty", "--setenv=TERM=xterm-256color"));
        }
        command.add("/bin/login");
        return new HostLogin(command);
    }

    @Override
    public Channel open() throws IOException {
        if (!places.tryAcquire()) {
            throw new IOException("too many consoles of this host are open: " + MOST);
        }
        try {
            return new Session(start());
        } catch (IOException e) {
            places.release();
            throw e;
        }
    }

    private Process start() throws IOException {
        // A terminal of no size confuses programs, and clients have no way to tell theirs.
        String line = "stty rows 24 cols 80; exec " + String.join(" ", program);
        ProcessBuilder builder = new ProcessBuilder(
                        "script", "--quiet", "--flush", "--echo", "always", "--command", line, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().put("TERM", "xterm-256color");
        return Processes.start(builder);
    }

    private final class Session implements Channel {
        private final Process process;
        private final InputStream shown;
        private final OutputStream typed;
        private final AtomicBoolean closed = new AtomicBoolean();

        Session(Process process) {
            this.process = process;
            this.shown = process.getInputStream();
            this.typed = process.getOutputStream();
        }

        @Override
        public int read(byte[] buffer) throws IOException {
            return shown.read(buffer);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            typed.write(bytes, offset, length);
            typed.flush();
        }

        /** The terminal hangs up, so what runs on it ends. */
        @Override
        public void close() {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            try {
                process.destroy();
                if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            } finally {
                places.release();
            }
        }
    }
}
