package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** packaging/completion in a real bash. */
class CompletionTest {
    /** Completes its arguments, each a line, and prints the candidates. */
    private static final String SCRIPT = """
            source "$1"
            shift
            for COMP_LINE in "$@"; do
                COMP_POINT=${#COMP_LINE} COMP_TYPE=9
                _xe
                [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
            done
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final ThinClient xe = new ThinClient(daemon.socket());

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(installed("bash") && installed("python3"), "bash or python3 is not installed");
        xe.run("vm-create", "name-label=web server");
        xe.run("vm-create", "name-label=database");
        // Nobody may start a JVM for a completion.
        Path program = Files.writeString(
                Files.createDirectories(folder.resolve("bin")).resolve("xe"),
                "#!/bin/sh\ntouch " + folder + "/started\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static List<String> complete(String line) throws Exception {
        Path script = Path.of("..", "packaging", "completion", "xe").toAbsolutePath();
        Path output = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder("bash", "--norc", "-c", SCRIPT, "bash", script.toString(), line)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JXAPI_SOCKET", daemon.socket().toString());
        builder.environment().put("PATH", folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().remove("XE_EXTRA_ARGS");
        Process bash = builder.start();
        assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> candidates = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(folder.resolve("started")).doesNotExist();
        return candidates;
    }

    @Test
    void commands() throws Exception {
        assertThat(complete("xe vm-sta")).containsExactly("vm-start");
        assertThat(complete("xe help vm-sta")).containsExactly("vm-start");
        assertThat(complete("xe -s somewhere -u me -pw p vm-sta")).containsExactly("vm-start");
        assertThat(complete("x=$(xe vm-sta")).containsExactly("vm-start");
        assertThat(complete("xe "))
                .contains("vm-list", "pool-dump-database", "help")
                .doesNotContain("blob-get", "=");
    }

    @Test
    void parameters() throws Exception {
        assertThat(complete("xe vm-start "))
                .contains("force=", "on=", "paused=", "vm=", "uuid=", "name-label=")
                .doesNotContain("=", "");
        assertThat(complete("xe vm-start power")).containsExactly("power-state=");
        assertThat(complete("xe vm-start vm=web fo")).containsExactly("force=");
        assertThat(complete("xe vm-start vm=web v")).doesNotContain("vm=");
        assertThat(complete("xe vm-param-set uuid=x other-c")).containsExactly("other-config:");
        assertThat(complete("xe sr-scan ")).containsExactly("uuid=");
        assertThat(complete("xe vm-list --mi")).containsExactly("--minimal");
    }

    @Test
    void fieldsAndFixedValues() throws Exception {
        assertThat(complete("xe vm-param-get uuid=x param-name=name-"))
                .containsExactly("name-label", "name-description");
        assertThat(complete("xe vm-list params=uuid,name-l")).containsExactly("uuid,name-label");
        assertThat(complete("xe vm-list params=al")).contains("all");
        assertThat(complete("xe vm-list power-state=h")).containsExactly("halted");
        assertThat(complete("xe bond-create mode=l")).containsExactly("lacp");
        assertThat(complete("xe vm-start force=")).containsExactlyInAnyOrder("true", "false");
    }

    @Test
    void namesAndUuidsOfTheServer() throws Exception {
        assertThat(complete("xe vm-start vm=we")).containsExactly("web\\ server");
        assertThat(complete("xe vm-start vm=\"we")).containsExactly("web server");
        assertThat(complete("xe vm-start vm=")).containsExactlyInAnyOrder("database", "web\\ server");
        String uuid = xe.run("vm-list", "name-label=database", "--minimal").ok();
        assertThat(complete("xe vm-shutdown uuid=")).contains(uuid + "  (database)");
        assertThat(complete("xe vm-shutdown uuid=" + uuid.substring(0, 35))).containsExactly(uuid);
        String sr = xe.run("sr-list", "name-label=Local storage", "--minimal").ok();
        assertThat(complete("xe vdi-create sr-uuid=" + sr.substring(0, 35))).containsExactly(sr);
        assertThat(complete("xe host-disable host=")).hasSize(1);
        assertThat(complete("xe sr-create type=")).contains("file", "iso");
    }

    @Test
    void files() throws Exception {
        Path file = Files.writeString(folder.resolve("archive.xva"), "");
        assertThat(complete("xe vm-import filename=" + folder + "/archi")).containsExactly(file.toString());
    }

    /** The whole way through readline: what is typed and a tab. */
    @Test
    void aTabInsertsTheOnlyCandidate() throws Exception {
        assumeTrue(installed("script"), "script is not installed");
        Path rc = Files.writeString(
                folder.resolve("rc"),
                "source " + Path.of("..", "packaging", "completion", "xe").toAbsolutePath() + "\nPS1='> '\n"
                        + "xe() { printf 'called <%s>' \"$@\"; echo; }\nbind 'set enable-bracketed-paste off'\n");
        Path output = folder.resolve("terminal");
        ProcessBuilder builder = new ProcessBuilder(
                        "script", "-qec", "bash --noprofile --rcfile " + rc + " -i", "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JXAPI_SOCKET", daemon.socket().toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("TERM", "dumb");
        Process bash = builder.start();
        try (var in = bash.getOutputStream()) {
            in.write("xe vm-sta\tvm=we\t\nexit\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(output).content().contains("called <vm-start>called <vm=web server>");
    }
}
