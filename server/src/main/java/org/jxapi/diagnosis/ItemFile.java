package org.jxapi.diagnosis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.store.Reason;

/** An item in a temporary file: its size must be known before it is in an archive. Secrets never reach the file. */
final class ItemFile implements AutoCloseable {
    /** The largest item, in bytes. */
    static final long LARGEST = 8L << 20;
    /** Longer lines are cut, in characters: a row of the database may have many. */
    private static final int LONGEST_LINE = 256 * 1024;

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
        secrets.nextText();
        try (Writer out = Files.newBufferedWriter(file)) {
            try {
                item.source().write(new Redacted(secrets, out));
            } catch (IOException | RuntimeException e) {
                failure = Reason.of(e);
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

    /** Removes secrets and counts. */
    private static final class Redacted implements Item.Lines {
        private final Redaction secrets;
        private final Writer out;
        private long left = LARGEST;

        Redacted(Redaction secrets, Writer out) {
            this.secrets = secrets;
            this.out = out;
        }

        @Override
        public void add(String line) throws IOException {
            String cut = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + " (cut)" : line;
            String shown = secrets.line(cut) + "\n";
            left -= shown.length();
            if (left < 0) {
                throw new IOException("The rest is left out: there are more than " + LARGEST + " bytes.");
            }
            out.write(shown);
        }

        @Override
        public OutputStream stream() {
            return new OutputStream() {
                private final ByteArrayOutputStream line = new ByteArrayOutputStream();

                @Override
                public void write(int b) throws IOException {
                    if (b == '\n') {
                        flush();
                    } else {
                        line.write(b);
                    }
                    if (line.size() >= LONGEST_LINE) {
                        flush();
                    }
                }

                @Override
                public void flush() throws IOException {
                    if (line.size() > 0) {
                        add(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    }
                }
            };
        }
    }
}
