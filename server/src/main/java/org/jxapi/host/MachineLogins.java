package org.jxapi.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jxapi.program.Program;
import org.jxapi.store.SafeFile;

/** How people log in to a machine itself: over SSH, and on its console. */
public interface MachineLogins {
    /** Whether SSH is on; nothing when there is no such machine. */
    Optional<Boolean> found();

    /** @param lasting whether it stays off after a restart of the machine */
    void ssh(boolean on, boolean lasting) throws IOException;

    /** Whether a service of the machine switches SSH on when jxapid fails. */
    void watch(boolean on) throws IOException;

    /** @param seconds after which an idle shell ends; 0 for never */
    void idleTimeout(long seconds) throws IOException;

    /** Those of the machine that runs Xen, through systemd. */
    MachineLogins REAL = new MachineLogins() {
        private static final String UNIT = "ssh.service";
        private static final Path PROFILE = Path.of("/etc/profile.d/jxapi-console-timeout.sh");

        @Override
        public Optional<Boolean> found() {
            try {
                int status = Program.of(List.of("systemctl", "is-active", "--quiet", UNIT))
                        .result()
                        .status();
                return Optional.of(status == 0);
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @Override
        public void ssh(boolean on, boolean lasting) throws IOException {
            if (on) {
                Program.of(List.of("systemctl", "enable", "--now", UNIT)).run();
            } else if (lasting) {
                Program.of(List.of("systemctl", "disable", "--now", UNIT)).run();
            } else {
                Program.of(List.of("systemctl", "stop", UNIT)).run();
            }
        }

        @Override
        public void watch(boolean on) throws IOException {
            if (on) {
                throw new IOException("no service of this host watches jxapid");
            }
        }

        @Override
        public void idleTimeout(long seconds) throws IOException {
            if (seconds == 0) {
                Files.deleteIfExists(PROFILE);
                return;
            }
            SafeFile.writeForAll(PROFILE, ("export TMOUT=" + seconds + "\n").getBytes(StandardCharsets.UTF_8));
        }
    };

    /** Those of a simulated machine: the host's record has them. */
    MachineLogins SIMULATED = new MachineLogins() {
        @Override
        public Optional<Boolean> found() {
            return Optional.empty();
        }

        @Override
        public void ssh(boolean on, boolean lasting) {
            // Nothing listens.
        }

        @Override
        public void watch(boolean on) {
            // Nothing watches.
        }

        @Override
        public void idleTimeout(long seconds) {
            // There is no shell.
        }
    };
}
