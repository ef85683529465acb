package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

class CommandLineTest {
    @TempDir
    Path folder;

    @Test
    void helpNamesEveryOption() throws Exception {
        Process process = DaemonProcess.launch(folder, List.of("--help"));
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).contains("--config", "--data-dir", "--http", "--https", "--unix-socket", "--hypervisor");
    }

    @Test
    void badFlagsGiveOneLineAndFail() throws Exception {
        assertRefused(List.of("--colour", "red"), "unknown option: --colour");
        assertRefused(List.of("--http", "nonsense"), "--http takes ADDR:PORT or off");
        assertRefused(List.of("--hypervisor", "kvm"), "--hypervisor takes auto, libxl or simulator");
        assertRefused(List.of("--log-level", "loud"), "--log-level takes error, warn, info or debug");
        assertRefused(List.of("--data-dir"), "--data-dir needs a value");
        assertRefused(List.of("--config", folder + "/nowhere.conf"), "config file not found");
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    quiet(folder.resolve("data"), "127.0.0.1:" + taken.getLocalPort()),
                    "cannot listen on http 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aDataFolderInUseIsRefused() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            assertThat(daemon.http()).isNotNull();
            assertRefused(quiet(folder.resolve("data"), "127.0.0.1:0"), "is in use by another jxapid");
        }
    }

    @Test
    void aDataFolderOfANewerVersionIsRefused() throws Exception {
        DaemonProcess.start(folder).close();
        String url = "jdbc:h2:file:" + folder.resolve("data/jxapi");
        try (var connection = java.sql.DriverManager.getConnection(url, "sa", "");
                var statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO \"flyway_schema_history\" SELECT 99, '99', 'later', \"type\", 'V99__later.sql',"
                            + " 1, \"installed_by\", \"installed_on\", 1, TRUE FROM \"flyway_schema_history\""
                            + " WHERE \"installed_rank\" = 1");
        }
        assertRefused(quiet(folder.resolve("data"), "127.0.0.1:0"), "newer version");
    }

    @Test
    void theConfigFileHoldsTheSameKeys() throws Exception {
        Path config = folder.resolve("jxapid.conf");
        Files.writeString(config, "http = 127.0.0.1:0\nhttps = off\n");
        assertThat(Settings.parse(List.of("--config", config.toString(), "--https", "127.0.0.1:1")))
                .returns(new Endpoint("127.0.0.1", 0), Settings::http)
                .returns(new Endpoint("127.0.0.1", 1), Settings::https);
        Files.writeString(config, "htp = 127.0.0.1:0\n");
        assertRefused(List.of("--config", config.toString()), "unknown key");
    }

    @Test
    void theLogTellsEachCallAtDebugOnly() throws Exception {
        assertThat(loggedAt("info")).noneMatch(line -> line.contains(" DEBUG "));
        assertThat(loggedAt("debug"))
                .anyMatch(line -> line.matches(".* DEBUG XenDispatcher: VM\\.get_all from 127\\.0\\.0\\.1.*"));
    }

    private List<String> loggedAt(String level) throws Exception {
        Path here = Files.createDirectory(folder.resolve(level));
        try (DaemonProcess daemon = DaemonProcess.start(here, "--log-level", level)) {
            new Calls(daemon).ok("VM.get_all");
        }
        return Files.readAllLines(here.resolve("log"));
    }

    private static List<String> quiet(Path data, String http) {
        return List.of(
                "--data-dir",
                data.toString(),
                "--http",
                http,
                "--https",
                "off",
                "--unix-socket",
                "off",
                "--hypervisor",
                "simulator");
    }

    private void assertRefused(List<String> args, String text) throws Exception {
        Path here = Files.createTempDirectory(folder, "run");
        Process process = DaemonProcess.launch(here, new ArrayList<>(args));
        assertThat(process.waitFor()).isNotZero();
        List<String> said = Files.readAllLines(here.resolve("log"));
        assertThat(said.stream().filter(l -> l.startsWith("jxapid: ")))
                .singleElement()
                .asString()
                .contains(text);
        assertThat(said).noneMatch(l -> l.startsWith("\tat "));
    }
}
