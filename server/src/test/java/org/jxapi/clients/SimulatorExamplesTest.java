package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.jxapi.daemon.Jxapid;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** The examples in docs/examples run, so that they stay true. */
class SimulatorExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");

    /** The options with which each suite must start jxapid. */
    private static final List<String> OPTIONS = List.of(
            "--hypervisor simulator",
            "--http 127.0.0.1:0",
            "--https off",
            "--nbd off",
            "--simulator-delays off",
            "--simulator-world laptop");

    /** A jxapid that the scripts get when they start one: one start is enough for all. */
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--simulator-world", "laptop");

    @TempDir
    Path folder;

    /** A program of that name, and the file to which it writes its arguments. */
    private record Recorded(Path program, Path arguments) {
        /** The arguments without those that differ from run to run. */
        List<String> options() throws Exception {
            List<String> all = Files.readAllLines(arguments);
            List<String> options = new ArrayList<>();
            for (int i = 0; i < all.size(); i += 2) {
                if (!List.of("--data-dir", "--unix-socket").contains(all.get(i))) {
                    options.add(all.get(i) + " " + all.get(i + 1));
                }
            }
            return options;
        }
    }

    private Recorded jxapid(String script) throws Exception {
        Path arguments = folder.resolve("arguments");
        Path program = Files.writeString(
                folder.resolve("jxapid"), "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + arguments + "'\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Recorded(program, arguments);
    }

    /** A program that starts a real jxapid. */
    private Recorded real() throws Exception {
        return jxapid("exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "' "
                + Jxapid.class.getName() + " \"$@\"\n");
    }

    /** A program that passes the jxapid of this class off as its own. */
    private Recorded shared() throws Exception {
        return jxapid("""
                while [ "$1" != --data-dir ]; do shift; done
                mkdir -p "$2"
                cp '%1$s/root-password' '%1$s/simulator-token' "$2"
                echo "jxapid ready: %2$s unix:none"
                exec sleep 600
                """.formatted(daemon.data(), daemon.endpoint("http://")));
    }

    private static Program.Ran run(String example, Recorded jxapid, String command) throws Exception {
        return Program.run(EXAMPLES.resolve(example), "env", "JXAPID=" + jxapid.program(), "sh", "-c", command);
    }

    @Test
    void theSuiteInJavaMeetsFaultsAndPasses() throws Exception {
        Recorded jxapid = real();
        passes(jxapid.program().toString());
        assertThat(jxapid.options()).containsExactlyInAnyOrderElementsOf(OPTIONS);
        passes("in-process");
    }

    /** Runs the suite in Java with that jxapid. */
    private void passes(String jxapid) throws Exception {
        System.setProperty("jxapid", jxapid);
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {compiled().toUri().toURL()})) {
            SummaryGeneratingListener results = new SummaryGeneratingListener();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(classes.loadClass("example.StarterTest")))
                                    .build(),
                            results);
            StringWriter failures = new StringWriter();
            results.getSummary().printFailuresTo(new PrintWriter(failures, true));
            assertThat(failures.toString()).isEmpty();
            assertThat(results.getSummary().getTestsSucceededCount()).isEqualTo(6);
        } finally {
            System.clearProperty("jxapid");
        }
    }

    @Test
    void theSuiteInPythonMeetsFaultsAndPasses() throws Exception {
        Program.needs("python3");
        Recorded jxapid = shared();
        Program.Ran suite = run(
                "python", jxapid, "PYTHONDONTWRITEBYTECODE=1 exec python3 -W error -m unittest -v test_faults 2>&1");
        assertThat(suite.ok()).contains("Ran 6 tests");
        assertThat(jxapid.options()).containsExactlyInAnyOrderElementsOf(OPTIONS);
    }

    @Test
    void theFixtureOfPytestServesTests() throws Exception {
        Program.needs("python3");
        Program.needs("pytest");
        Program.Ran suite = run(
                "python",
                shared(),
                "PYTHONDONTWRITEBYTECODE=1 exec pytest -p no:cacheprovider -W error -v test_fixture.py 2>&1");
        assertThat(suite.ok()).contains("2 passed");
    }

    @Test
    void theSuiteInJavaScriptMeetsFaultsAndPasses() throws Exception {
        Program.needs("node");
        Recorded jxapid = shared();
        Program.Ran suite = run("javascript", jxapid, "exec node --test 2>&1");
        assertThat(suite.ok()).contains("pass 6", "fail 0");
        assertThat(jxapid.options()).containsExactlyInAnyOrderElementsOf(OPTIONS);
    }

    @Test
    void theSuiteInGoMeetsFaultsAndPasses() throws Exception {
        Program.needs("go");
        Recorded jxapid = shared();
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Program.Ran suite = run(
                "go",
                jxapid,
                "test -z \"$(gofmt -l .)\" && GOCACHE='" + cache + "' GOFLAGS=-mod=readonly GOPROXY=off"
                        + " exec go test -vet=all -count=1 -v . 2>&1");
        assertThat(suite.ok().split("    --- PASS: ", -1)).hasSize(1 + 6);
        assertThat(jxapid.options()).containsExactlyInAnyOrderElementsOf(OPTIONS);
    }

    @Test
    void curlMeetsFaults() throws Exception {
        Program.needs("curl");
        Program.Ran script = Program.run(
                EXAMPLES.resolve("curl"),
                "./faults",
                daemon.endpoint("http://"),
                daemon.data().toString());
        assertThat(script.ok()).contains("all as expected");
    }

    /** The folder with the classes of the example in Java. */
    private Path compiled() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        Path classes = Files.createDirectories(folder.resolve("classes"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.walk(EXAMPLES.resolve("java").resolve("src"))) {
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of(
                                    "--release",
                                    "17",
                                    "-Xlint:all",
                                    "-Werror",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(
                                    sources.filter(source -> source.toString().endsWith(".java"))
                                            .toArray(Path[]::new)))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
        return classes;
    }
}
