package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    private static final Path TREE = Path.of("..").toAbsolutePath().normalize();

    /** By a path that leads nowhere once the script has changed its folder. */
    private static String run(String... options) throws Exception {
        String[] command = new String[options.length + 1];
        command[0] = TREE.getFileName() + "/packaging/quickstart";
        System.arraycopy(options, 0, command, 1, options.length);
        return outcome(
                new ProcessBuilder(command).directory(TREE.getParent().toFile()).redirectErrorStream(true));
    }

    /** The output, and the exit status behind it. */
    private static String outcome(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
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
    void aBuildIsShownAndItsFailureTold(@TempDir Path tree) throws Exception {
        Path script = Files.createDirectories(tree.resolve("packaging")).resolve("quickstart");
        Files.copy(TREE.resolve("packaging/quickstart"), script, StandardCopyOption.COPY_ATTRIBUTES);
        for (String folder : List.of("server/src", "xe-cli/src")) {
            Files.createDirectories(tree.resolve(folder));
            Files.createFile(tree.resolve(folder).resolveSibling("pom.xml"));
        }
        Files.createFile(tree.resolve("pom.xml"));
        Path maven = Files.writeString(
                Files.createDirectory(tree.resolve("bin")).resolve("mvn"),
                "#!/bin/sh\necho '[INFO] Building a module 0.1.0     [1/5]'\necho '[ERROR] no way'\nexit 1\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "--once").redirectErrorStream(true);
        builder.environment().put("PATH", maven.getParent() + File.pathSeparator + System.getenv("PATH"));
        assertThat(outcome(builder))
                .contains("\n    a module 0.1.0 [1/5]\n", "\nquickstart: the build failed", "\n[ERROR] no way\n")
                .endsWith("\n1");
        assertThat(tree.resolve("target/quickstart.stamp")).doesNotExist();
    }

    @Test
    void optionsThatDoNotExistAreRefusedBeforeAnythingIsDone() throws Exception {
        assertThat(run("--once", "--twice"))
                .isEqualTo("quickstart: unknown option: --twice; there are --once, --on-this-host and --help\n2");
    }
}
