package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The permissions of small files. */
class SafeFileTest {
    @TempDir
    Path folder;

    @Test
    void onlyItsOwnerReadsAFileUnlessItIsWrittenForAll() throws Exception {
        Path file = folder.resolve("settings");
        for (String content : List.of("first", "second")) {
            SafeFile.write(file, content.getBytes(StandardCharsets.UTF_8));
            assertThat(file).hasContent(content);
            assertThat(permissions(file)).isEqualTo("rw-------");
            SafeFile.writeForAll(file, content.getBytes(StandardCharsets.UTF_8));
            assertThat(file).hasContent(content);
            assertThat(permissions(file)).isEqualTo("rw-r--r--");
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    private static String permissions(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
