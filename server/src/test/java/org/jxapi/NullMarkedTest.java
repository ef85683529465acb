package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.jxapi.repository.Repository;
import org.jxapi.xenapi.XenModel;

/** NullAway checks each package whose package-info.java has {@code @NullMarked}. */
class NullMarkedTest {
    /** The sources of the server, the binding, the model, the model's generator, the client and the extension of JUnit. */
    private static final List<Path> ROOTS = Stream.of(
                    "server/src/main",
                    "libxl-binding/src/main",
                    "datamodel/src/main",
                    "datamodel/src/generator",
                    "xe-cli/src/main",
                    "packaging/junit/src/main")
            .map(sources -> Path.of(sources, "java", "org", "jxapi"))
            .toList();

    @Test
    void everyPackageIsCheckedForNulls() throws IOException {
        Set<String> unchecked = new TreeSet<>();
        for (Path file : Repository.files("package-info.java")) {
            for (Path root : ROOTS) {
                if (file.startsWith(root) && !Repository.text(file).contains("@NullMarked")) {
                    unchecked.add(root.relativize(file.getParent()).toString());
                }
            }
        }
        assertThat(unchecked).as("packages without @NullMarked").isEmpty();
    }

    @Test
    void theGeneratedPackageSaysWhatMayBeNull() {
        assertThat(XenModel.class.getPackage().isAnnotationPresent(NullMarked.class))
                .isTrue();
    }
}
