package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** All text files have the form that .editorconfig asks of editors, and no loose ends. */
class TextFilesTest {
    private static final Pattern TRAILING = Pattern.compile("[ \\t]$", Pattern.MULTILINE);

    /** A word that this file does not contain itself. */
    private static final Pattern LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

    /** An init, the script that starts and stops all guests, and a list of checks must go on when a command fails. */
    private static final Pattern GOES_ON = Pattern.compile(
            "packaging/(xen-testbed\\.d/((dom0|guest)/.*|package)|systemd/jxapi-guests|deb-test\\.d/inside)");

    private static List<Path> with(List<Path> files, Predicate<String> fault) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : files) {
            if (fault.test(Repository.text(file))) {
                found.add(file);
            }
        }
        return found;
    }

    @Test
    void everyFileEndsInOneNewline() throws IOException {
        assertThat(with(Repository.texts(), text -> !text.endsWith("\n") || text.endsWith("\n\n")))
                .as("these files must end in exactly one newline")
                .isEmpty();
    }

    @Test
    void noLineEndsInABlank() throws IOException {
        assertThat(with(Repository.texts(), text -> TRAILING.matcher(text).find() || text.contains("\r")))
                .as("remove the blanks and carriage returns at the ends of lines (sed -i 's/[ \\t\\r]*$//' FILE)")
                .isEmpty();
    }

    @Test
    void javaIsIndentedWithSpaces() throws IOException {
        assertThat(with(Repository.files(".java"), text -> text.contains("\t")))
                .as("replace the tabs (packaging/dev format)")
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        assertThat(with(Repository.texts(), text -> LATER.matcher(text).find()))
                .as("do it now, or open an issue instead of a note in these files")
                .isEmpty();
    }

    @Test
    void noTestIsSwitchedOff() throws IOException {
        assertThat(with(Repository.files(".java"), text -> text.contains("@Dis" + "abled")))
                .as("mend or remove these tests instead of switching them off")
                .isEmpty();
    }

    @Test
    void everyScriptCanBeRunAndEndsAtItsFirstFailure() throws IOException {
        List<Path> scripts = with(Repository.texts(), text -> text.startsWith("#!"));
        assertThat(scripts).hasSizeGreaterThan(10);
        assertThat(scripts)
                .as("make these scripts executable (chmod +x FILE)")
                .allMatch(script -> Files.isExecutable(Repository.ROOT.resolve(script)));
        List<Path> others = Repository.texts();
        others.removeAll(scripts);
        assertThat(others)
                .as("these files are no scripts and must not be executable (chmod -x FILE)")
                .noneMatch(file -> Files.isExecutable(Repository.ROOT.resolve(file)));
        List<Path> shell = with(scripts, text -> text.matches("(?s)#!\\S*(sh|busybox sh)\\n.*"));
        assertThat(shell).hasSizeGreaterThan(10);
        assertThat(shell.stream()
                        .filter(script -> !GOES_ON.matcher(script.toString()).matches()))
                .as("the first command of these scripts must be: set -eu")
                .allMatch(TextFilesTest::endsAtItsFirstFailure);
    }

    private static boolean endsAtItsFirstFailure(Path script) {
        try {
            return Repository.text(script)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .findFirst()
                    .orElse("")
                    .equals("set -eu");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
