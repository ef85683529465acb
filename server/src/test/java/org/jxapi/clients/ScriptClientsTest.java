package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.RunningDaemon;

/** Clients of other languages, as they come, against a real daemon: Xen Orchestra's npm package, and Python. */
class ScriptClientsTest {
    private static final Path NPM = Path.of("target", "npm-client");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "json-rpc", "xml-rpc"})
    void xenOrchestrasClientConnectsWatchesAVmsLifeAndPassesABarrier(String transport) throws Exception {
        installed();
        Ran node = run(NPM, "node", "life.mjs", daemon.http().toString(), daemon.password(), transport);
        assertThat(node.status()).as(node.output()).isZero();
        assertThat(node.output()).contains("life: well").doesNotContain("_watchEvents");
    }

    @Test
    void pythonsWayOfCallingWorks() throws Exception {
        Path script = Path.of("src", "test", "python", "life.py").toAbsolutePath();
        needs("python3");
        Ran python = run(folder, "python3", script.toString(), daemon.http().toString(), daemon.password());
        assertThat(python.status()).as(python.output()).isZero();
        assertThat(python.output()).contains("life: well");
    }

    /** Installs the client once for a lock file, from the registry that npm is set up for. */
    private static void installed() throws Exception {
        needs("node");
        needs("npm");
        Path sources = Path.of("src", "test", "npm");
        Path lock = NPM.resolve("package-lock.json");
        boolean fresh = Files.exists(NPM.resolve("node_modules"))
                && Files.exists(lock)
                && Files.mismatch(lock, sources.resolve("package-lock.json")) < 0;
        Files.createDirectories(NPM);
        for (String file : List.of("package.json", "package-lock.json", ".npmrc", "life.mjs")) {
            Files.copy(sources.resolve(file), NPM.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!fresh) {
            Ran npm = run(NPM, "npm", "ci");
            assumed(npm.status() == 0, "npm cannot install the client: " + npm.output());
        }
    }

    private static void needs(String program) {
        boolean there = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(p -> Files.isExecutable(Path.of(p, program)));
        assumed(there, program + " is not installed");
    }

    /** Elsewhere than in CI a developer may lack the client. */
    private static void assumed(boolean condition, String message) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(condition).as(message).isTrue();
        }
        assumeTrue(condition, message);
    }

    /** The output of a program, and its exit status. */
    private record Ran(int status, String output) {}

    private static Ran run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(ScriptClientsTest.folder, "output", "");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Ran(-1, "took too long: " + Files.readString(output));
        }
        return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
