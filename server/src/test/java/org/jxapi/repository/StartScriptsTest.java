package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** packaging/bin, with a real Java that shows its properties in the place of the program. */
class StartScriptsTest {
    @TempDir
    Path tree;

    @ParameterizedTest
    @CsvSource({"jxapid, ''", "jxapid, C", "jxapid, C.UTF-8", "xe, ''", "xe, C", "xe, C.UTF-8"})
    void namesOutsideAsciiAreReadWhateverTheLocale(String script, String locale) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(installed(script).toString()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
        if (!locale.isEmpty()) {
            builder.environment().put("LC_ALL", locale);
        }
        builder.environment().put("JAVA_HOME", javaThatShowsItsProperties().toString());
        File output = tree.resolve("output").toFile();
        Process process = builder.redirectOutput(output).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).content().containsPattern("sun\\.jnu\\.encoding = UTF-8");
    }

    /** A real host keeps its class archive at an address by chance, which an attacker cannot know. */
    @ParameterizedTest
    @CsvSource({
        "--hypervisor simulator, true",
        "--hypervisor=simulator, true",
        "--simulator-world=laptop, true",
        "--hypervisor xen, false",
        "--data-dir=/srv/simulator, false",
        "'', false"
    })
    void onlyASimulatorHasItsClassArchiveAtAFixedAddress(String arguments, boolean fixed) throws Exception {
        assertThat(javaOptions(arguments).contains("-XX:ArchiveRelocationMode=0"))
                .isEqualTo(fixed);
    }

    @ParameterizedTest
    @CsvSource({
        "--simulator-world=laptop, true",
        "--hypervisor=simulator --simulator-world office, true",
        "--hypervisor=simulator, false",
        "--hypervisor=xen, false"
    })
    void onlyASimulatedWorldRunsWithoutTheSecondCompiler(String arguments, boolean first) throws Exception {
        assertThat(javaOptions(arguments).contains("-XX:TieredStopAtLevel=1")).isEqualTo(first);
    }

    /** The arguments that jxapid gives to Java. */
    private List<String> javaOptions(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(installed("jxapid").toString()));
        if (!arguments.isEmpty()) {
            command.addAll(List.of(arguments.split(" ")));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", java("printf '%s\\n' \"$@\"").toString());
        File output = tree.resolve("output").toFile();
        Process process = builder.redirectOutput(output).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> given = Files.readAllLines(output.toPath());
        assertThat(given).contains("org.jxapi.daemon.Jxapid");
        return given;
    }

    private Path installed(String script) throws IOException {
        Path bin = Files.createDirectories(tree.resolve("packaging/bin"));
        Files.createDirectories(tree.resolve("server/target/lib"));
        Files.createFile(Files.createDirectories(tree.resolve("xe-cli/target")).resolve("xe.jar"));
        for (String file : List.of("java", script)) {
            Files.copy(
                    Repository.ROOT.resolve("packaging/bin").resolve(file),
                    bin.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        return bin.resolve(script);
    }

    private Path javaThatShowsItsProperties() throws IOException {
        Path real = Path.of(System.getProperty("java.home"), "bin", "java");
        return java("exec '" + real + "' -XshowSettings:properties -version");
    }

    /** The home of a Java that runs a command instead. */
    private Path java(String command) throws IOException {
        Path home = tree.resolve("java");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + command + "\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }
}
