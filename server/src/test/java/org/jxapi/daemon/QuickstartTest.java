package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** packaging/quickstart, in a tree of its own whose Maven is a script and whose programs are the classes under test. */
class QuickstartTest {
    private static final Path SCRIPT =
            Path.of("..", "packaging", "quickstart").toAbsolutePath().normalize();

    /** A name that a shell splits unless it is quoted. */
    @TempDir
    Path folder;

    private Path tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectory(folder.resolve("a tree"));
        Path packaging = Files.createDirectories(tree.resolve("packaging"));
        Files.copy(SCRIPT, packaging.resolve("quickstart"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(tree.resolve("pom.xml"));
        for (String module : List.of("server", "xe-cli")) {
            Files.createDirectories(tree.resolve(module).resolve("src"));
            Files.createFile(tree.resolve(module).resolve("pom.xml"));
        }
        Files.createDirectory(packaging.resolve("bin"));
        script(packaging.resolve("bin/jxapid"), java("org.jxapi.daemon.Jxapid"));
        script(packaging.resolve("bin/xe"), java("org.jxapi.xe.Xe"));
        Files.createDirectory(tree.resolve("tools"));
        maven("""
                echo "$@" >>maven-calls
                mkdir -p server/target/lib xe-cli/target
                touch server/target/jxapi-server.jar xe-cli/target/xe.jar
                # Debian's Maven ends so, whatever it is told about colours.
                printf '[INFO] Building a module 0.1.0     [1/5]\\n\\033[0m\\033[0m'
                """);
    }

    private static String java(String main) {
        return "exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" + System.getProperty("java.class.path") + "' "
                + main + " \"$@\"\n";
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void maven(String text) throws IOException {
        script(tree.resolve("tools/mvn"), text);
    }

    private ProcessBuilder quickstart(String... options) {
        List<String> command = new ArrayList<>(List.of("a tree/packaging/quickstart"));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", tree.resolve("tools") + ":" + System.getenv("PATH"));
        builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
        return builder;
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
        assertThat(outcome(quickstart("--help")))
                .startsWith("quickstart [OPTION]...: ")
                .contains("\n--once: ", "\n--on-this-host: ", "\n--data FOLDER: ")
                .endsWith("\n0");
        assertThat(outcome(quickstart("-h"))).endsWith("\n0");
    }

    @Test
    void optionsThatDoNotExistAreRefusedBeforeAnythingIsDone() throws Exception {
        assertThat(outcome(quickstart("--once", "--twice")))
                .isEqualTo("quickstart: unknown option: --twice; the options are --once, --on-this-host, --data FOLDER"
                        + " and --help\n2");
        assertThat(outcome(quickstart("--data"))).isEqualTo("quickstart: --data needs a folder\n2");
    }

    @Test
    void aBuildThatFailsEndsItWithTheErrors() throws Exception {
        maven("echo '[INFO] Building a module 0.1.0     [1/5]'\necho '[ERROR] no way'\nexit 1\n");
        assertThat(outcome(quickstart("--once")))
                .contains("\n    a module 0.1.0 [1/5]\n", "\n[ERROR] no way\n", "\nquickstart: the build failed")
                .endsWith("\n1");
        assertThat(tree.resolve("target/quickstart.stamp")).doesNotExist();
    }

    @Test
    void onceItTakesAVmToRunningShowsItsCommandsAndPrintsNoHints() throws Exception {
        assertThat(outcome(quickstart("--once")))
                .contains(
                        "\n    $ mvn -B -ntp -Dquick -Dmaven.test.skip=true package\n",
                        "\n    a module 0.1.0 [1/5]\n",
                        " --hypervisor simulator\n",
                        "\n    $ packaging/bin/xe vm-install 'template=Debian Bookworm 12' ",
                        "running")
                .doesNotContain("Try next", "password", "export")
                .endsWith("\n==> jxapid works; stopping it\n0");
        Path data = folder.resolve("state/jxapi/quickstart/simulator");
        assertThat(data.resolve("jxapi.mv.db")).exists();
        assertThat(tree.resolve("target")).isDirectoryNotContaining("glob:**data*");

        // The socket is free again, and nothing has to be built.
        assertThat(outcome(quickstart("--once")))
                .contains("\n==> Built already\n")
                .endsWith("\n0");
        assertThat(tree.resolve("maven-calls")).content().hasLineCount(1);
        Files.delete(tree.resolve("xe-cli/target/xe.jar"));
        assertThat(outcome(quickstart("--once", "--data", "elsewhere"))).contains("\n==> Building; ");
        assertThat(folder.resolve("elsewhere/jxapi.mv.db")).exists();
    }

    @Test
    void itsHintsWorkAtOnceInAnotherTerminalAndItStopsJxapidWhenItIsEnded() throws Exception {
        Process process = quickstart("--data", "the data").start();
        List<String> said = new ArrayList<>();
        try {
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (line.contains("until you press Ctrl-C")) {
                    break;
                }
            }
            int hints = said.indexOf("Try next, in another terminal:");
            assertThat(hints).as("%s", said).isPositive();
            String typed = String.join("\n", said.subList(hints + 1, hints + 5));
            assertThat(typed).contains(" vm-shutdown ", " template-list", " vm-param-list ");
            ProcessBuilder terminal = new ProcessBuilder("sh", "-ec", typed)
                    .directory(Files.createDirectory(folder.resolve("home")).toFile())
                    .redirectErrorStream(true);
            terminal.environment().remove("JXAPI_SOCKET");
            assertThat(outcome(terminal)).contains("halted").endsWith("0");
        } finally {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(folder.resolve("the data/xapi.sock")).doesNotExist();
    }
}
