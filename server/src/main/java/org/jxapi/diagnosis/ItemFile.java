package org.jxapi.diagnosis;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.store.Reason;

/** An item in a temporary file: its size must be known before it is in an archive. Secrets never reach the file. */
final class ItemFile implements AutoCloseable {
    private final Path file;
    private final String failure;

    private ItemFile(Path file, String failure) {
        this.file = file;
        this.failure = failure;
    }

    /** Collects an item, as far as it can. */
    static ItemFile collect(Item item, Redaction secrets, Path folder, String prefix) throws IOException {
        Path file = Files.createTempFile(folder, prefix, ".txt");
        String failure = "";
        try (Writer out = Files.newBufferedWriter(file)) {
            RedactedLines lines = new RedactedLines(secrets, out);
            try {
                lines.add(item);
            } catch (IOException | RuntimeException e) {
                failure = Reason.of(e);
                secrets.nextText();
                out.write("(" + secrets.line(failure) + ")\n");
            }
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return new ItemFile(file, secrets.line(failure));
    }

    Path path() {
        return file;
    }

    /** Why it is not whole; empty when it is. */
    String failure() {
        return failure;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
