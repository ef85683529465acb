package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The descriptor behind what is known of a file's holes. */
class FileHolesTest {
    @TempDir
    Path folder;

    @Test
    void closingOneTwiceClosesNoOtherFile() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[64 * 1024]);
        FileHoles first = FileHoles.open(file, true);
        first.close();
        // It gets the number of the descriptor that is free again.
        try (FileHoles second = FileHoles.open(file, true)) {
            first.close();
            assertThat(second.punch(0, 64 * 1024)).as("the second file is open").isTrue();
        }
    }
}
