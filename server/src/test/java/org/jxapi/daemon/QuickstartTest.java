package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    private static final Path TREE = Path.of("..").toAbsolutePath().normalize();

    /** By a path that leads nowhere once the script has changed its folder. */
    private static String run(String... options) throws Exception {
        String[] command = new String[options.length + 1];
        command[0] = TREE.getFileName() + "/packaging/quickstart";
        System.arraycopy(options, 0, command, 1, options.length);
        Process process = new ProcessBuilder(command)
                .directory(TREE.getParent().toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said + process.exitValue();
    }

    @Test
    void itExplainsItselfFromAnywhere() throws Exception {
        assertThat(run("--help"))
                .startsWith("Installs what is missing")
                .contains("--once: ", "--on-this-host: ")
                .endsWith("\n0");
        assertThat(run("-h")).endsWith("\n0");
    }

    @Test
    void optionsThatDoNotExistAreRefusedBeforeAnythingIsDone() throws Exception {
        assertThat(run("--once", "--twice"))
                .isEqualTo("quickstart: unknown option: --twice; there are --once, --on-this-host and --help\n2");
    }
}
