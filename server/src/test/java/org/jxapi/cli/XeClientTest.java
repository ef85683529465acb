package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Our own xe, in a process of its own, against a real daemon. */
class XeClientTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    @TempDir
    static Path folder;

    private static ThinClient.Outcome xe(Map<String, String> environment, String typed, String... args)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.jxapi.xe.Xe"));
        command.addAll(List.of(args));
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("XE_EXTRA_ARGS", "JXAPI_SOCKET"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(typed.getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new ThinClient.Outcome(out, Files.readString(err), process.exitValue());
    }

    private static ThinClient.Outcome local(String... args) throws Exception {
        return xe(Map.of("JXAPI_SOCKET", daemon.socket().toString()), "", args);
    }

    private static ThinClient.Outcome remote(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(
                List.of("-s", "localhost", "-p", Integer.toString(daemon.https().getPort())));
        return xe(Map.of(), "", all.toArray(new String[0]));
    }

    @Test
    void theUnixSocketIsTrusted() throws Exception {
        ThinClient.Outcome list = local("vm-list", "is-control-domain=true", "params=power-state");
        assertThat(list.err()).isEmpty();
        assertThat(list.out()).isEqualTo("power-state ( RO)    : running\n\n\n");
        assertThat(local("vm-list", "is-control-domain=true", "params=power-state", "--minimal")
                        .out())
                .isEqualTo("running\n");
    }

    @Test
    void overTlsAPasswordIsNeeded() throws Exception {
        assertThat(remote("host-list", "-u", "root", "-pw", daemon.password(), "params=enabled", "--minimal"))
                .isEqualTo(new ThinClient.Outcome("true\n", "", 0));
        assertThat(remote("host-list", "-u", "root", "-pw", "wrong"))
                .isEqualTo(new ThinClient.Outcome("", "Authentication failed\nFor usage run: 'xe help'\n", 1));
        assertThat(remote("host-list", "-u", "", "-pw", ""))
                .isEqualTo(new ThinClient.Outcome(
                        "", "Username/password must be specified\nFor usage run: 'xe help'\n", 1));
        Path file = Files.writeString(folder.resolve("login"), "root\n" + daemon.password() + "\n");
        assertThat(remote("host-list", "-pwf", file.toString(), "params=enabled", "--minimal")
                        .out())
                .isEqualTo("true\n");
        assertThat(remote("host-list", "-pwf", folder + "/nowhere").err())
                .isEqualTo("Error opening password file '" + folder + "/nowhere'\n");
    }

    @Test
    void settingsComeFromTheFileTheEnvironmentAndTheCommandLine() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.writeString(
                home.resolve(".xe"),
                "server=localhost\nport=" + daemon.https().getPort() + "\nusername=root\npassword=wrong\n");
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        assertThat(xe(environment, "", "host-list").err()).startsWith("Authentication failed");
        environment.put("XE_EXTRA_ARGS", "password=" + daemon.password() + ",--minimal,params=enabled");
        assertThat(xe(environment, "", "host-list").out()).isEqualTo("true\n");
        assertThat(xe(environment, "", "host-list", "-pw", "wrong").err()).startsWith("Authentication failed");
    }

    @Test
    void questionsAreAnsweredOnStdin() throws Exception {
        Map<String, String> socket = Map.of("JXAPI_SOCKET", daemon.socket().toString());
        String vm = local("vm-install", "template=Other install media", "new-name-label=asked")
                .out()
                .strip();
        ThinClient.Outcome kept = xe(socket, "nö\n", "vm-uninstall", "uuid=" + vm);
        assertThat(kept.out()).endsWith("Type 'yes' to continue\nAborted (you typed: 'nö')\n");
        assertThat(xe(socket, "yes\n", "vm-uninstall", "uuid=" + vm).out()).endsWith("All objects destroyed\n");
    }

    @Test
    void aDaemonThatIsNotThereIsNamedInOneLine() throws Exception {
        ThinClient.Outcome outcome = xe(Map.of("JXAPI_SOCKET", folder + "/no-socket"), "", "vm-list");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith(
                        "No daemon answers on " + folder + "/no-socket: the socket does not exist. Start the daemon")
                .containsOnlyOnce("\n");
        assertThat(xe(Map.of(), "", "vm-list", "-s", "localhost", "-p", "1").err())
                .startsWith("No answer from localhost port 1")
                .containsOnlyOnce("\n");
    }

    @Test
    void aPortThatExpectsTlsIsNamed() throws Exception {
        String https = Integer.toString(daemon.https().getPort());
        assertThat(xe(Map.of(), "", "vm-list", "-s", "localhost", "--nossl", "-p", https, "-u", "root", "-pw", "x"))
                .isEqualTo(new ThinClient.Outcome(
                        "",
                        "The server expects TLS on that port, and xe has connected without it, as it does with --nossl and to"
                                + " 127.0.0.1. Give the port for HTTP with -p.\n",
                        1));
    }

    @Test
    void usageAndVersionNeedNoServer() throws Exception {
        ThinClient.Outcome usage = xe(Map.of(), "", "--help");
        assertThat(usage.status()).isZero();
        assertThat(usage.err()).startsWith("Usage:\n  xe <command>\n");
        assertThat(xe(Map.of(), "", "vm-list", "-version").out()).isEqualTo("ThinCLI protocol: 0.2\n");
        ThinClient.Outcome port = xe(Map.of(), "", "vm-list", "-p", "many");
        assertThat(port.status()).isZero();
        assertThat(port.err()).startsWith("Port number must be an integer (0-65535)\nUsage:");
    }

    @Test
    void theTextConsoleIsReachedAndLeft() throws Exception {
        local("vm-install", "template=Debian Bookworm 12", "new-name-label=talks");
        local("vm-start", "vm=talks");
        ThinClient.Outcome console =
                xe(Map.of("JXAPI_SOCKET", daemon.socket().toString()), "\035", "console", "vm=talks");
        assertThat(console.err()).isEmpty();
        assertThat(console.status()).isZero();
        assertThat(console.out()).startsWith("Connecting to console on VM talks. Press Ctrl + ']' to quit.\n");
        assertThat(local("console", "vm=nobody")).isEqualTo(new ThinClient.Outcome("", "No VM found\n", 1));
    }

    private static String ok(ThinClient.Outcome outcome) {
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        return outcome.out().strip();
    }

    @Test
    void disksAndVmsGoToFilesAndComeBack() throws Exception {
        Path image = folder.resolve("image");
        byte[] contents = new byte[3 << 20];
        new Random(1).nextBytes(contents);
        Files.write(image, contents);
        String sr = ok(local("sr-list", "name-label=Local storage", "--minimal"));
        String vdi = ok(local("vdi-create", "sr-uuid=" + sr, "name-label=disk", "virtual-size=3MiB"));
        ok(local("vdi-import", "uuid=" + vdi, "filename=" + image));
        Path back = folder.resolve("back");
        ok(remote("-u", "root", "-pw", daemon.password(), "vdi-export", "uuid=" + vdi, "filename=" + back));
        assertThat(Files.readAllBytes(back)).isEqualTo(contents);
        String vm = ok(local("vm-install", "template=Other install media", "new-name-label=to file"));
        ok(local("vbd-create", "vm-uuid=" + vm, "vdi-uuid=" + vdi, "device=0"));
        Path archive = folder.resolve("vm.xva");
        assertThat(ok(local("vm-export", "vm=" + vm, "filename=" + archive, "compress=true")))
                .isEqualTo("Export succeeded");
        ThinClient.Outcome shown = local("vm-export", "vm=" + vm, "filename=" + folder.resolve("2.xva"), "--progress");
        assertThat(shown.out().strip()).isEqualTo("Export succeeded");
        assertThat(shown.err()).contains("%");
        String copy =
                ok(remote("-u", "root", "-pw", daemon.password(), "vm-import", "filename=" + archive, "sr-uuid=" + sr));
        assertThat(ok(local("vm-param-get", "uuid=" + copy, "param-name=name-label")))
                .isEqualTo("to file");
        String disk = ok(local("vbd-list", "vm-uuid=" + copy, "type=Disk", "params=vdi-uuid", "--minimal"));
        Path third = folder.resolve("third");
        ok(local("vdi-export", "uuid=" + disk, "filename=" + third, "format=raw"));
        assertThat(Files.readAllBytes(third)).isEqualTo(contents);
    }

    /** ocaml/xapi-cli-server/cli_operations.ml: export_common, vm_import. */
    @Test
    void vmsGoToFilesWithoutTheirDisksAndComeBack() throws Exception {
        String sr = ok(local("sr-list", "name-label=Local storage", "--minimal"));
        String vm = ok(local("vm-install", "template=Other install media", "new-name-label=described"));
        String vdi = ok(local("vdi-create", "sr-uuid=" + sr, "name-label=stays", "virtual-size=3MiB"));
        ok(local("vbd-create", "vm-uuid=" + vm, "vdi-uuid=" + vdi, "device=0"));
        String snapshot = ok(local("vm-snapshot", "uuid=" + vm, "new-name-label=before"));
        String file = "filename=" + folder.resolve("metadata");
        assertThat(ok(local("vm-export", "uuid=" + vm, file, "metadata=true", "include-snapshots=true")))
                .isEqualTo("Export succeeded");
        String template = "filename=" + folder.resolve("template");
        ok(local("snapshot-export-to-template", "snapshot-uuid=" + snapshot, template, "metadata=true"));
        ok(local("snapshot-destroy", "uuid=" + snapshot));
        ok(local("vm-destroy", "uuid=" + vm));
        assertThat(ok(local("vm-import", file, "metadata=true", "preserve=true", "dry-run=true")))
                .isEqualTo("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assertThat(ok(local("vm-import", file, "metadata=true", "preserve=true")))
                .isEqualTo(vm);
        assertThat(ok(local("vbd-list", "vm-uuid=" + vm, "type=Disk", "params=vdi-uuid", "--minimal")))
                .isEqualTo(vdi);
        assertThat(ok(local("snapshot-list", "snapshot-of=" + vm, "--minimal"))).isEqualTo(snapshot);
        String made = ok(local("vm-import", template, "metadata=true"));
        assertThat(ok(local("template-list", "uuid=" + made, "params=name-label", "--minimal")))
                .isEqualTo("before");
        Path exported = folder.resolve("exported");
        ok(local("template-export", "template-uuid=" + made, "filename=" + exported, "metadata=true"));
        assertThat(Files.readString(exported)).startsWith("ova.xml").contains(made);
        String other = ok(local("vdi-create", "sr-uuid=" + sr, "name-label=other", "virtual-size=3MiB"));
        String mapped = ok(local("vm-import", file, "metadata=true", "vdi:" + vdi + "=" + other));
        assertThat(ok(local("vbd-list", "vm-uuid=" + mapped, "type=Disk", "params=vdi-uuid", "--minimal")))
                .isEqualTo(other);
        assertThat(local("vm-import", file, "dry-run=true").err())
                .contains("Only metadata import function support dry-run");
    }

    @Test
    void whatGoesWrongWithATransferIsSaid() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no archive");
        ThinClient.Outcome refused = local("vm-import", "filename=" + text);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("import");
        assertThat(ok(local("task-list", "--minimal"))).isEmpty();
        ThinClient.Outcome missing = local("vm-import", "filename=" + folder.resolve("nothing"));
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).contains("does not exist");
    }
}
