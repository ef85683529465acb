package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Program;
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
        Program.Ran node = Program.run(NPM, "node", "life.mjs", daemon.http().toString(), daemon.password(), transport);
        assertThat(node.status()).as(node.output()).isZero();
        assertThat(node.output()).contains("life: well").doesNotContain("_watchEvents");
    }

    @Test
    void pythonsWayOfCallingWorks() throws Exception {
        Path script = Path.of("src", "test", "python", "life.py").toAbsolutePath();
        Program.needs("python3");
        Program.Ran python =
                Program.run(folder, "python3", script.toString(), daemon.http().toString(), daemon.password());
        assertThat(python.status()).as(python.output()).isZero();
        assertThat(python.output()).contains("life: well");
    }

    /** Installs the client once for a lock file, from the registry that npm is set up for. */
    private static void installed() throws Exception {
        Program.needs("node");
        Program.needs("npm");
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
            Program.Ran npm = Program.run(NPM, "npm", "ci");
            Program.assumed(npm.status() == 0, "npm cannot install the client: " + npm.output());
        }
    }
}
