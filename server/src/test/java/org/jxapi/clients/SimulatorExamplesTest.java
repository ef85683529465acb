package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** The examples in docs/examples/simulator run, so that they stay true. */
class SimulatorExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples", "simulator");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @Test
    void theSuiteInPythonMeetsFaultsAndPasses() throws Exception {
        Program.needs("python3");
        String environment =
                "JXAPI_URL=" + daemon.http() + " JXAPI_DATA=" + daemon.data() + " PYTHONDONTWRITEBYTECODE=1";
        Program.Ran suite =
                Program.run(EXAMPLES, "sh", "-c", environment + " exec python3 -m unittest -v test_faults 2>&1");
        assertThat(suite.status()).as(suite.output()).isZero();
        assertThat(suite.output()).contains("Ran 4 tests");
    }
}
