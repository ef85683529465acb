package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** packaging/completion for zsh and fish, in the real shells where they are installed, and the words that both get. */
class OtherShellsCompletionTest {
    private static final Path FOLDER = Path.of("..", "packaging", "completion").toAbsolutePath();

    /** Runs the completion file as zsh does, with a compadd that shows the words it gets. */
    private static final String ZSH = """
            compadd() { print -rl -- "${open[@]}" "${closed[@]}"; open=() closed=() }
            complete() { source $1 }
            words=("${@[2,-1]}")
            CURRENT=$#words
            PREFIX=$words[-1]
            complete $1
            """;

    @TempDir
    Path folder;

    private List<String> run(String... command) throws Exception {
        assumeTrue(installed(command[0]), command[0] + " is not installed");
        Path output = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("JXAPI_SOCKET", folder.resolve("none").toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(output, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private List<String> words(String line) throws Exception {
        return run("bash", FOLDER.resolve("xe").toString(), line);
    }

    @Test
    void theWordsAreWholeAndUnquoted() throws Exception {
        assertThat(words("xe vm-sta")).containsExactly("vm-start");
        assertThat(words("xe vm-start force=t")).containsExactly("force=true");
        Files.createDirectory(folder.resolve("my folder"));
        assertThat(words("xe vm-import filename=" + folder + "/my"))
                .containsExactly("filename=" + folder + "/my folder/");
        assertThat(words("xe no-such-command x=")).isEmpty();
    }

    @Test
    void zshOffersThem() throws Exception {
        String file = FOLDER.resolve("_xe").toString();
        assertThat(run("zsh", "-fc", ZSH, "zsh", file, "xe", "vm-sta")).containsExactly("vm-start");
        assertThat(run("zsh", "-fc", ZSH, "zsh", file, "xe", "vm-start", ""))
                .contains("uuid=", "force=")
                .doesNotContain("vm-start");
        assertThat(run("zsh", "-fc", ZSH, "zsh", file, "xe", "vm-list", "power-state=h"))
                .containsExactly("power-state=halted");
    }

    @Test
    void fishOffersThem() throws Exception {
        String source = "source " + FOLDER.resolve("xe.fish") + "; complete -C ";
        assertThat(run("fish", "-c", source + "'xe vm-sta'")).containsExactly("vm-start");
        assertThat(run("fish", "-c", source + "'xe vm-list power-state=h'")).containsExactly("power-state=halted");
    }
}
