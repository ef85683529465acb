package org.jxapi.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.store.SafeFile;

/** The highest term that an agent has seen, on disk. */
final class TermFile {
    private final Path file;

    TermFile(Path file) {
        this.file = file;
    }

    /** 0 if no term has been kept; IOException also for a file that holds no term. */
    long read() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        String text = Files.readString(file).strip();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException(file + " does not hold a term", e);
        }
    }

    /** Returns when the term is on disk. */
    void write(long term) throws IOException {
        SafeFile.write(file, (term + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
