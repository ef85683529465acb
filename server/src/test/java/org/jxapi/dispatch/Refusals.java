package org.jxapi.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The contents of refusals.txt: messages that are offered but do nothing for their caller. */
final class Refusals {
    /** The word for messages that succeed, instead of an error. */
    static final String NOTHING = "nothing";

    private Refusals() {}

    /** By {@code Class.message}: the error that it ends with, or {@link #NOTHING}. */
    static Map<String, String> read() {
        return read(1);
    }

    /** By {@code Class.message}: the error of a call that nothing has been prepared for, or {@link #NOTHING}. */
    static Map<String, String> unprepared() {
        return read(2);
    }

    private static Map<String, String> read(int column) {
        Map<String, String> all = new TreeMap<>();
        lines("refusals.txt").forEach(line -> {
            String[] parts = line.split(" ");
            if (all.put(parts[0], parts[Math.min(column, parts.length - 1)]) != null) {
                throw new IllegalStateException(parts[0] + " is listed twice");
            }
        });
        return Collections.unmodifiableMap(all);
    }

    /** The lines of a resource in this class's package, without comments. */
    static Iterable<String> lines(String resource) {
        try (InputStream in = Refusals.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
