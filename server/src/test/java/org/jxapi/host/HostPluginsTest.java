package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestPlugin;

/** Programs of administrators, called with host.call_plugin in a real daemon. */
class HostPluginsTest {
    private static final Path PROGRAMS = folder();

    @RegisterExtension
    static final RunningDaemon daemon =
            RunningDaemon.onSimulator("--plugin-dir", PROGRAMS.toString(), "--simulator-delays", "off");

    private static final Calls calls = daemon.calls();
    private static String host;

    private static Path folder() {
        try {
            return Files.createTempDirectory("plugins");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        host = calls.first("host.get_all");
    }

    @AfterAll
    static void clean() throws IOException {
        try (Stream<Path> list = Files.list(PROGRAMS)) {
            for (Path file : list.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(PROGRAMS);
    }

    private static Path program(String name, String script) throws IOException {
        return TestPlugin.write(PROGRAMS, name, script);
    }

    private static String printing(String text) {
        return "cat <<'EOF'\n" + text + "\nEOF";
    }

    private static List<String> error(String plugin) throws Exception {
        return calls.error("host.call_plugin", host, plugin, "fn", Map.of());
    }

    @Test
    void aProgramGetsTheCallInItsOnlyArgumentAndItsAnswerIsTheResult() throws Exception {
        Path argument = PROGRAMS.resolve("argument");
        program(
                "echo",
                "printf %s \"$#$1\" >'" + argument + "'\n" + printing(TestPlugin.success("gr\u00fc\u00df &amp; dich")));
        assertThat(calls.text("host.call_plugin", host, "echo", "main<1>", Map.of("k&", "v'\"")))
                .isEqualTo("gr\u00fc\u00df & dich");
        assertThat(Files.readString(argument))
                .isEqualTo("1<methodCall><methodName>main&lt;1&gt;</methodName><params><param><value>" + calls.session()
                        + "</value></param><param><value><struct><member><name>k&amp;</name><value>v'&quot;</value></member>"
                        + "</struct></value></param></params></methodCall>");
    }

    @Test
    void anErrorOfTheProgramIsTheErrorOfTheCall() throws Exception {
        program(
                "refuses",
                printing(TestPlugin.BEGIN
                        + "<member><name>Status</name><value><string>Failure</string></value></member><member><name>"
                        + "ErrorDescription</name><value><array><data><value>MY_ERROR</value><value>7</value></data></array>"
                        + "</value></member>" + TestPlugin.END));
        assertThat(error("refuses")).containsExactly("MY_ERROR", "7");
    }

    @Test
    void aProgramThatFailsIsReportedWithItsOutput() throws Exception {
        program("fails", "echo out; echo err >&2; exit 3");
        assertThat(error("fails")).containsExactly("XENAPI_PLUGIN_FAILURE", "non-zero exit", "out\n", "err");
        program(
                "faults",
                printing("<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>5</int>"
                        + "</value></member><member><name>faultString</name><value>no</value></member></struct></value></fault>"
                        + "</methodResponse>"));
        assertThat(error("faults")).containsExactly("XENAPI_PLUGIN_FAILURE", "fault", "5", "no");
        program("babbles", "echo hello");
        assertThat(error("babbles")).startsWith("XENAPI_PLUGIN_FAILURE", "failed to parse plugin output", "hello\n");
        program("counts", printing(TestPlugin.success("<int>1</int>")));
        assertThat(error("counts")).startsWith("XENAPI_PLUGIN_FAILURE", "unexpected XMLRPC result");
    }

    @Test
    void aProgramThatOthersCanChangeIsNotRun() throws Exception {
        Path run = PROGRAMS.resolve("run");
        Path file = program("open", "touch '" + run + "'");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xrwx"));
        assertThat(error("open"))
                .containsExactly(
                        "XENAPI_PLUGIN_FAILURE",
                        "not started",
                        "",
                        file + ": users other than its owner can write to it");
        assertThat(run).doesNotExist();
    }

    @Test
    void onlyFilesOfTheFolderArePlugins() throws Exception {
        for (String name : List.of("none", "", "..", "../" + PROGRAMS.getFileName() + "/echo", "/bin/true")) {
            assertThat(error(name)).containsExactly("XENAPI_MISSING_PLUGIN", name);
        }
    }

    @Test
    void aProgramIsCalledForARunningVm() throws Exception {
        program("forvm", printing(TestPlugin.success("done")));
        String vm = calls.vm("of plugins");
        assertThat(calls.error("VM.call_host_plugin", vm, "forvm", "fn", Map.of()))
                .containsExactly("VM_BAD_POWER_STATE", vm, "Running", "Halted");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.text("VM.call_host_plugin", vm, "forvm", "fn", Map.of()))
                .isEqualTo("done");
        for (String other : List.of("none", "perfmon", "jxapi-token")) {
            assertThat(calls.error("VM.call_host_plugin", vm, other, "fn", Map.of()))
                    .as("no program, or one that is for administrators of the pool only")
                    .containsExactly("XENAPI_MISSING_PLUGIN", other);
        }
    }
}
