package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LibxlCoverageTest {
    private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyMethodThatTheDocumentNamesExists() throws Exception {
        var named = METHOD.matcher(Files.readString(Path.of("../docs/libxl-coverage.md")))
                .results()
                .toList();
        assertThat(named).hasSizeGreaterThan(50).allMatch(LibxlCoverageTest::exists, "exists");
    }

    private static boolean exists(MatchResult name) {
        return classNamed("org.jxapi.hypervisor.", name.group(1))
                .or(() -> classNamed("org.jxapi.hypervisor.libxl.", name.group(1)))
                .filter(c -> Arrays.stream(c.getDeclaredMethods())
                        .anyMatch(m -> m.getName().equals(name.group(2))))
                .isPresent();
    }

    private static Optional<Class<?>> classNamed(String packageName, String simpleName) {
        try {
            return Optional.of(Class.forName(packageName + simpleName));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }
}
