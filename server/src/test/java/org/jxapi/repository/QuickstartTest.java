package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** packaging/quickstart, in a tree whose Maven is a script and whose programs are the classes under test. */
class QuickstartTest {
    @TempDir
    Path folder;

    private ScriptTree tree;

    @BeforeEach
    void makeTree() throws IOException {
        // A name that a shell splits unless it is quoted.
        tree = new ScriptTree(folder.resolve("a tree"), "quickstart", "dev");
        tree.program("packaging/bin/jxapid", java("org.jxapi.daemon.Jxapid"));
        tree.program("packaging/bin/xe", java("org.jxapi.xe.Xe"));
        // Debian's Maven ends its output like this, even where colours are switched off.
        tree.maven("""
                mkdir -p server/target/lib xe-cli/target
                touch server/target/jxapi-server.jar xe-cli/target/xe.jar
                printf '[INFO] Building a module 0.1.0     [1/5]\\n\\033[0m\\033[0m'
                """);
    }

    private static String java(String main) {
        return "exec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" + System.getProperty("java.class.path") + "' "
                + main + " \"$@\"\n";
    }

    @Test
    void itExplainsItselfFromAnywhere() throws Exception {
        assertThat(tree.run("quickstart", "--help"))
                .startsWith("quickstart [OPTION]...: ")
                .contains("\n--once: ", "\n--on-this-host: ", "\n--data FOLDER: ")
                .endsWith("\n0");
        assertThat(tree.run("quickstart", "-h")).endsWith("\n0");
    }

    @Test
    void optionsThatDoNotExistAreRefusedBeforeAnythingIsDone() throws Exception {
        assertThat(tree.run("quickstart", "--once", "--twice"))
                .isEqualTo("quickstart: unknown option: --twice; the options are --once, --on-this-host, --data FOLDER"
                        + " and --help\n2");
        assertThat(tree.run("quickstart", "--data")).isEqualTo("quickstart: --data needs a folder\n2");
        assertThat(tree.mavenCalls()).isEmpty();
    }

    @Test
    void aBuildThatFailsEndsItWithTheErrors() throws Exception {
        tree.maven("echo '[INFO] Building a module 0.1.0     [1/5]'\necho '[ERROR] no way'\nexit 1\n");
        assertThat(tree.run("quickstart", "--once"))
                .contains("\n    a module 0.1.0 [1/5]\n", "\n[ERROR] no way\n", "\ndev: the build failed")
                .endsWith("\n1");
        assertThat(tree.path("target/build.log")).content().contains("no way");
        assertThat(tree.path("target/build.stamp")).doesNotExist();
    }

    @Test
    void onceItTakesAVmToRunningShowsItsCommandsAndPrintsNoHints() throws Exception {
        assertThat(tree.run("quickstart", "--once"))
                .contains(
                        "\n    $ mvn -B -ntp -Dquick -Dmaven.test.skip=true package\n",
                        "\n    a module 0.1.0 [1/5]\n",
                        " --hypervisor simulator\n",
                        "\n    $ packaging/bin/xe vm-install 'template=Debian Bookworm 12' ",
                        "running")
                .doesNotContain("Try next", "password", "export")
                .endsWith("\n==> jxapid works; stopping it\n0");
        assertThat(folder.resolve("state/jxapi/quickstart/simulator/jxapi.mv.db"))
                .exists();
        assertThat(tree.path("target")).isDirectoryNotContaining("glob:**data*");

        assertThat(tree.run("quickstart", "--once", "--data", "elsewhere"))
                .contains("\n    built already\n")
                .endsWith("\n0");
        assertThat(folder.resolve("elsewhere/jxapi.mv.db")).exists();
    }

    @Test
    void itsHintsWorkAtOnceInAnotherTerminalAndItStopsJxapidWhenItIsEnded() throws Exception {
        Process process = tree.command("a tree/packaging/quickstart", "--data", "the data")
                .start();
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
            ProcessBuilder terminal = tree.command("sh", "-ec", typed)
                    .directory(Files.createDirectory(folder.resolve("home")).toFile());
            assertThat(ScriptTree.outcome(terminal)).contains("halted").endsWith("0");
        } finally {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(folder.resolve("the data/xapi.sock")).doesNotExist();
    }
}
