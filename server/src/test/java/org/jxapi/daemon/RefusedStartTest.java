package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;

/** A start that cannot be ends with status 1 and one line that names the file and the reason. */
class RefusedStartTest {
    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void makeFolder() throws Exception {
        data = Files.createDirectory(folder.resolve("data"));
    }

    private List<String> arguments(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--data-dir", data.toString(),
                "--http", "127.0.0.1:0",
                "--https", "off",
                "--unix-socket", "off",
                "--hypervisor", "simulator",
                "--simulator-delays", "off"));
        args.addAll(List.of(more));
        return args;
    }

    /** The line after {@code jxapid: }. */
    private String refusal(String... more) throws Exception {
        Path here = Files.createTempDirectory(folder, "run");
        Process process = DaemonProcess.launch(here, arguments(more));
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
        List<String> said = Files.readAllLines(here.resolve("log"));
        assertThat(said).noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception in thread"));
        assertThat(said).filteredOn(line -> line.startsWith("jxapid: ")).hasSize(1);
        return said.get(said.size() - 1).substring("jxapid: ".length());
    }

    @Test
    void aRootPasswordThatIsBlankLetsNobodyStart() throws Exception {
        Path password = data.resolve("root-password");
        for (String content : List.of("", "\n", "  \t\nsecond line\n")) {
            Files.writeString(password, content);
            assertThat(refusal())
                    .isEqualTo("cannot use the file of root's password " + password + ": its first line is blank, which"
                            + " lets nobody in; set a password with jxapid --set-root-password");
        }
        Path other = Files.writeString(folder.resolve("other"), "\n");
        assertThat(refusal("--root-password-file", other.toString())).contains(other + ": its first line is blank");
        Files.write(other, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(refusal("--root-password-file", other.toString())).endsWith(other + ": it is not text");
        assertThat(refusal("--root-password-file", folder.resolve("none").toString()))
                .endsWith(folder.resolve("none") + ": No such file or directory");
        assertThat(refusal("--root-password-file", folder.toString())).endsWith(folder + ": Is a directory");
    }

    @Test
    void aBrokenCertificateIsNamedWithTheReason() throws Exception {
        Path certificate = data.resolve("certificate.p12");
        byte[] garbage = new byte[500];
        new Random(1).nextBytes(garbage);
        String start = "cannot use the certificate file " + certificate + ": ";
        Files.createFile(certificate);
        assertThat(refusal("--https", "127.0.0.1:0")).isEqualTo(start + "it is empty");
        Files.write(certificate, garbage);
        assertThat(refusal("--https", "127.0.0.1:0")).startsWith(start + "it is not a PKCS#12 store");
        Files.write(certificate, store("secret", true));
        assertThat(refusal("--https", "127.0.0.1:0")).isEqualTo(start + "its password is not \"jxapi\"");
        Files.write(certificate, store("jxapi", false));
        assertThat(refusal("--https", "127.0.0.1:0")).isEqualTo(start + "it holds no private key with its certificate");
        Files.delete(certificate);
        Files.createDirectory(certificate);
        assertThat(refusal("--https", "127.0.0.1:0")).startsWith(start);
    }

    /** A PKCS#12 store without a certificate; with a secret key or with nothing in it. */
    private static byte[] store(String password, boolean secret) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password.toCharArray());
        if (secret) {
            KeyGenerator generator = KeyGenerator.getInstance("AES");
            generator.init(128, new SecureRandom());
            store.setEntry(
                    "key",
                    new KeyStore.SecretKeyEntry(generator.generateKey()),
                    new KeyStore.PasswordProtection(password.toCharArray()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, password.toCharArray());
        return out.toByteArray();
    }

    @Test
    void aLogFileThatCannotBeWrittenIsNamedWithTheReason() throws Exception {
        assertThat(refusal("--log-file", "/proc/jxapid.log"))
                .isEqualTo("cannot write the log file /proc/jxapid.log: No such file or directory");
        assertThat(refusal("--log-file", folder.toString()))
                .isEqualTo("cannot write the log file " + folder + ": Is a directory");
        assertThat(refusal("--log-file", "/dev/full"))
                .isEqualTo("cannot write the log file /dev/full: Not a regular file");
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(refusal("--log-file", file + "/log")).startsWith("cannot write the log file " + file + "/log: ");
    }

    @Test
    void aFolderThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(refusal("--data-dir", file.toString())).startsWith("cannot use the data folder " + file + ": ");
        assertThat(refusal("--data-dir", "/proc/jxapi")).startsWith("cannot use the data folder /proc/jxapi: ");
        assertThat(refusal("--unix-socket", "/proc/jxapi/socket"))
                .startsWith("cannot listen on /proc/jxapi/socket: ")
                .doesNotEndWith("socket");
        assertThat(refusal("--unix-socket", file.toString()))
                .isEqualTo("cannot listen on " + file + ": the file is there and is not a socket");
        String longName = folder.resolve("x".repeat(120)).toString();
        assertThat(refusal("--unix-socket", longName))
                .isEqualTo("cannot listen on " + longName + ": the path is too long for a socket");
    }

    @Test
    void badSettingsAreNamedWithTheirFile() throws Exception {
        Path config = folder.resolve("jxapid.conf");
        Files.writeString(config, "# mine\nhttp = x  # comment\n");
        assertThat(refusal("--config", config.toString()))
                .isEqualTo("--http takes ADDR:PORT or off, not 'x' (in " + config + ", line 2)");
        Files.writeString(config, "log-file =\n");
        assertThat(refusal("--config", config.toString()))
                .isEqualTo("--log-file needs a path (in " + config + ", line 1)");
        Files.writeString(config, "backup-daily = many\n");
        assertThat(refusal("--config", config.toString())).startsWith("--backup-daily takes a number");
        assertThat(refusal("--config", folder.toString()))
                .isEqualTo("cannot read config file " + folder + ": Is a directory");
        assertThat(refusal("--accept-older-database=yes")).startsWith("unknown option: --accept-older-database=yes");
    }

    @Test
    void aLogFileIsReadByItsOwnerAndGroupOnly() throws Exception {
        Path log = folder.resolve("logs/jxapid.log");
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--log-file", log.toString())) {
            assertThat(daemon.http()).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-r-----");
        }
    }

    @Test
    void thePasswordIsSetByACommandWhileTheDaemonRunsOrNot() throws Exception {
        assertThat(setPassword("first secret\n")).isZero();
        Path file = data.resolve("root-password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            JsonClient json = new JsonClient(daemon.http());
            json.login("first secret");
            assertThat(setPassword("second secret\n")).isZero();
            json.login("second secret");
            assertThat(json.call("session.login_with_password", List.of("root", "first secret"))
                            .has("error"))
                    .isTrue();
            for (String refused : List.of("", "\n", "   \n")) {
                assertThat(setPassword(refused)).isEqualTo(1);
            }
            json.login("second secret");
            for (String content : List.of("", "\n", " \nsecond secret\n")) {
                Files.writeString(file, content);
                for (String given : List.of("", " ", "\n", "second secret")) {
                    assertThat(json.call("session.login_with_password", List.of("root", given))
                                    .path("error")
                                    .path("message")
                                    .asText())
                            .as("'%s' with a file of '%s'", given, content)
                            .isEqualTo("SESSION_AUTHENTICATION_FAILED");
                }
            }
            assertThat(setPassword("third secret\n")).isZero();
            json.login("third secret");
        }
    }

    private int setPassword(String input) throws Exception {
        Process process = DaemonProcess.launch(folder, List.of("--data-dir", data.toString(), "--set-root-password"));
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aSecondDaemonThatIsRefusedTheSocketLeavesTheFirstOnesAlone() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Path socket = folder.resolve("sock");
            data = folder.resolve("second");
            assertThat(refusal("--unix-socket", socket.toString()))
                    .isEqualTo("cannot listen on " + socket + ": another program listens there");
            assertThat(socket).exists();
            try (ThinClientConnection answering = new ThinClientConnection(socket)) {
                assertThat(answering.answers()).isTrue();
            }
            Files.delete(socket);
            Path foreign = Files.createFile(socket);
            daemon.close();
            assertThat(foreign).exists();
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).noneMatch(name -> name.startsWith(".jxapid"));
        }
    }

    /** Connects to a unix socket. */
    private static final class ThinClientConnection implements AutoCloseable {
        private final java.nio.channels.SocketChannel channel;

        ThinClientConnection(Path socket) throws Exception {
            channel = java.nio.channels.SocketChannel.open(java.net.UnixDomainSocketAddress.of(socket));
        }

        boolean answers() throws Exception {
            channel.write(java.nio.ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            return channel.read(java.nio.ByteBuffer.allocate(100)) > 0;
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }
    }

    @Test
    void aDamagedDatabaseIsRefusedAcceptedOrRestoredThroughTheProgram() throws Exception {
        DaemonProcess daemon = DaemonProcess.start(folder);
        new Calls(daemon).vm("kept");
        daemon.kill();
        DaemonProcess.start(folder).close();
        daemon = DaemonProcess.start(folder);
        new Calls(daemon).vm("late");
        daemon.kill();
        Path database = data.resolve("jxapi.mv.db");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.setLength(file.length() - 4096);
        }
        byte[] damaged = Files.readAllBytes(database);
        assertThat(refusal()).contains("would be lost", "--accept-older-database", "--restore-database");
        assertThat(database).hasBinaryContent(damaged);
        try (DaemonProcess accepted = DaemonProcess.start(folder, "--accept-older-database")) {
            assertThat(new Calls(accepted).list("VM.get_by_name_label", "kept")).hasSize(1);
            assertThat(Files.readString(folder.resolve("log"))).contains("Database: accepted: ");
            assertThat(refusal("--restore-database")).contains("is in use by another jxapid");
        }
        assertThat(refusal("--restore-database")).contains("there is no backup in " + data.resolve("backup"));
        DaemonProcess.start(folder).close();
    }
}
