package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.NpmClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** Clients of other languages, as they come, against a real daemon: Xen Orchestra's npm package, and Python. */
class ScriptClientsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "json-rpc", "xml-rpc"})
    void xenOrchestrasClientConnectsWatchesAVmsLifeAndPassesABarrier(String transport) throws Exception {
        Program.Ran node = NpmClient.life(daemon.http().toString(), daemon.password(), transport);
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
}
