package org.jxapi.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads small files of /proc, /sys and /etc. A file that is not there, or cannot be read, is empty. */
final class SystemFiles {
    private SystemFiles() {}

    /** The first line of a small file of the kernel's; empty when it cannot be read. */
    static String text(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.get(0).strip();
    }

    static List<String> lines(Path file) {
        try {
            // The size of these files is not known before they are read.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
