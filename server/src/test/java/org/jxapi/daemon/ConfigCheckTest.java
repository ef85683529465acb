package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;

/** {@code jxapid --check-config}. */
class ConfigCheckTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Whether the settings are good; its lines are in {@link #said}. */
    private boolean check(String text, String... more) throws IOException {
        Path config = Files.writeString(folder.resolve("jxapid.conf"), text);
        List<String> args = new ArrayList<>(List.of("--config", config.toString()));
        args.addAll(List.of(more));
        out.reset();
        return ConfigCheck.run(args, new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private List<String> said() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String line(int number) {
        return folder.resolve("jxapid.conf") + ", line " + number + ": ";
    }

    @Test
    void goodSettingsAreSaidToBeGood() throws IOException {
        assertThat(check("data-dir = " + folder + "/data\nunix-socket = " + folder + "/sock\n"))
                .isTrue();
        assertThat(said()).containsExactly("the settings are good: " + folder.resolve("jxapid.conf"));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void allProblemsAreNamedWithTheirLines() throws IOException {
        boolean good = check("http = nonsense\nhtp = off\nlog-level = loud\nunix-socket = off\nnbd\n" + "data-dir = "
                + folder + "\n");
        assertThat(good).isFalse();
        assertThat(said())
                .containsExactlyInAnyOrder(
                        line(2) + "unknown key: htp (jxapid --help lists all)",
                        line(5) + "'nbd' is not key = value",
                        line(1) + "--http takes ADDR:PORT or off, not 'nonsense'",
                        line(3) + "--log-level takes error, warn, info or debug, not 'loud'");
    }

    @Test
    void filesThatSettingsNameAreLookedAt() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "\n");
        boolean good = check("data-dir = " + file + "\n"
                + "backup-dir = " + file + "/backup\n"
                + "sr-mount-dir = " + file + "\n"
                + "storage-driver-dir = " + folder + "/none\n"
                + "root-password-file = " + file + "\n"
                + "uefi-firmware = " + folder + "/none\n"
                + "log-file = " + folder + "\n"
                + "unix-socket = " + file + "\n");
        assertThat(good).isFalse();
        assertThat(said())
                .containsExactlyInAnyOrder(
                        line(1) + "--data-dir: " + file + " is no folder; choose another path",
                        line(2) + "--backup-dir: " + file + "/backup cannot be created: this user cannot write to "
                                + file,
                        line(3) + "--sr-mount-dir: " + file + " is no folder; choose another path",
                        line(4) + "--storage-driver-dir: " + folder + "/none is no folder; create it",
                        line(5) + "--root-password-file: cannot use the file of root's password " + file
                                + ": its first line is blank, which lets nobody in; set a password with jxapid"
                                + " --set-root-password",
                        line(6) + "--uefi-firmware: " + folder + "/none does not exist",
                        line(7) + "--log-file: " + folder + " is no file",
                        line(8) + "--unix-socket: " + file + " is there, and is no socket");
    }

    @Test
    void aCertificateNeedsItsKeyAndIsRead() throws IOException {
        String text = "data-dir = " + folder + "\nunix-socket = off\ncertificate = " + folder + "/cert.pem\n";
        assertThat(check(text)).isFalse();
        assertThat(said())
                .containsExactly(line(3) + "--certificate and --private-key need each other: set both, or none");
        Path certificate = Files.writeString(folder.resolve("cert.pem"), "no certificate\n");
        assertThat(check(text + "private-key = " + folder + "/key.pem\n")).isFalse();
        assertThat(said())
                .containsExactly(line(3) + "--certificate and --private-key: cannot use the file " + certificate
                        + ": it has no certificate in PEM form");
    }

    @Test
    void listenersThatCannotBothListenAreNamed() throws IOException {
        assertThat(check("data-dir = " + folder + "\nunix-socket = off\nhttp = 127.0.0.1:8443\n"
                        + "https = 0.0.0.0:8443\n"))
                .isFalse();
        assertThat(said()).containsExactly(line(4) + "--https has port 8443, as --http has; choose another");
    }

    @Test
    void theCommandLineCountsAndIsNotALineOfTheFile() throws IOException {
        String text = "data-dir = " + folder + "\nunix-socket = off\n";
        assertThat(check(text, "--log-level", "loud")).isFalse();
        assertThat(said()).containsExactly("--log-level takes error, warn, info or debug, not 'loud'");
        assertThat(check(text + "log-level = loud\n", "--log-level", "info")).isFalse();
        assertThatThrownBy(() -> check(text, "--colour")).hasMessageStartingWith("unknown option: --colour");
    }

    @Test
    void theProgramEndsWithAStatus() throws Exception {
        Path config = Files.writeString(folder.resolve("jxapid.conf"), "http = off  # none\nlog-level = loud\n");
        Process process = DaemonProcess.launch(folder, List.of("--check-config", "--config", config.toString()));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said).startsWith(line(2) + "--log-level takes");
    }
}
