package org.jxapi.diagnosis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jxapi.program.Program;

/**
 * A file of the report.
 *
 * @param name its path in the report
 */
record Item(String name, Source source) {
    /** How long a program may take. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** Where its text comes from. */
    interface Source {
        void write(Lines out) throws IOException;
    }

    /** Takes a text line by line. */
    interface Lines {
        /** Adds a line; an IOException when there is no room for it. */
        void add(String line) throws IOException;

        /** Adds the bytes of a text in UTF-8, however they are cut. */
        OutputStream stream();
    }

    /** The output of a program, and its errors. */
    static Item output(String name, String... command) {
        return new Item(name, out -> {
            Program.Result result = Program.of(List.of(command)).within(LIMIT).result();
            out.add("$ " + String.join(" ", command) + (result.status() == 0 ? "" : "  # status " + result.status()));
            for (String line : (result.output() + "\n" + result.errors()).split("\n")) {
                out.add(line);
            }
        });
    }

    /** A file of the host, its last bytes when it is long; gzip is unpacked. */
    static Item file(String name, Path file, long most) {
        return new Item(name, out -> {
            try (InputStream raw = Files.newInputStream(file)) {
                boolean packed = file.toString().endsWith(".gz");
                if (!packed && Files.isRegularFile(file) && Files.size(file) > most) {
                    raw.skipNBytes(Files.size(file) - most);
                    out.add("(The beginning is left out.)");
                }
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(packed ? new GZIPInputStream(raw) : raw, StandardCharsets.UTF_8));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    out.add(line);
                }
            }
        });
    }

    /** A text that is at hand. */
    static Item text(String name, Texts text) {
        return new Item(name, out -> {
            for (String line : text.get().split("\n")) {
                out.add(line);
            }
        });
    }

    /** Makes a text. */
    interface Texts {
        String get() throws IOException;
    }
}
