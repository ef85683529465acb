package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each class of rules has a test in its package that starts no daemon: a rule is quick to try. */
class RulesTestedTest {
    private static final Path MAIN = Path.of("src", "main", "java");
    private static final Path TEST = Path.of("src", "test", "java");
    private static final List<String> DAEMONS = List.of("DaemonProcess", "RunningDaemon", "TestDaemon");

    @Test
    void rulesAreTestedWithoutAProcess() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            assertThat(files.filter(file -> file.getFileName().toString().endsWith("Rules.java")))
                    .isNotEmpty()
                    .allMatch(RulesTestedTest::isTested);
        }
    }

    private static boolean isTested(Path rules) {
        String use = rules.getFileName().toString().replace("Rules.java", "Rules.");
        try (Stream<Path> tests = Files.list(TEST.resolve(MAIN.relativize(rules).getParent()))) {
            return tests.filter(Files::isRegularFile)
                    .map(RulesTestedTest::text)
                    .anyMatch(text -> text.contains(use) && DAEMONS.stream().noneMatch(text::contains));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
