package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** NullAway checks each package whose package-info.java has {@code @NullMarked}. */
class NullMarkedTest {
    /** Packages that are not checked yet. The list may only become shorter. */
    private static final Set<String> UNCHECKED =
            Set.of("cli", "cli/command", "cli/record", "cli/thin", "daemon", "dispatch", "http", "store", "transfer");

    @Test
    void everyOtherPackageIsCheckedForNulls() throws IOException {
        Path root = Path.of("src", "main", "java", "org", "jxapi");
        Set<String> unchecked = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.endsWith("package-info.java"))
                    .filter(file -> !text(file).contains("@NullMarked"))
                    .forEach(file ->
                            unchecked.add(root.relativize(file.getParent()).toString()));
        }
        assertThat(unchecked).as("packages without @NullMarked").isEqualTo(new TreeSet<>(UNCHECKED));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
