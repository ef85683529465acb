package org.jxapi.cli.thin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The output of a command, in XAPI's layout; with {@code --minimal} only values, in one line at the end. */
public final class Printer {
    private final Wire wire;
    private final boolean minimal;
    private final Deque<String> kept = new ArrayDeque<>();

    public Printer(Wire wire, boolean minimal) {
        this.wire = wire;
        this.minimal = minimal;
    }

    /** Words for people: not shown with --minimal. */
    public void message(String text) throws IOException {
        if (!minimal) {
            wire.print(text);
        }
    }

    /** Values, one a line. */
    public void values(List<String> values) throws IOException {
        if (minimal) {
            kept.addFirst(escaped(values));
            return;
        }
        for (String value : values) {
            wire.print(value);
        }
    }

    /** Records of labels and values; with --minimal the first value of each. */
    public void records(List<? extends List<Map.Entry<String, String>>> records) throws IOException {
        if (minimal) {
            if (!records.isEmpty() && records.stream().noneMatch(List::isEmpty)) {
                kept.addFirst(
                        escaped(records.stream().map(r -> r.get(0).getValue()).toList()));
            }
            return;
        }
        for (List<Map.Entry<String, String>> record : records) {
            if (!record.isEmpty()) {
                wire.print(layout(record) + "\n");
            }
        }
    }

    /** A line for stderr. */
    public void warning(String text) throws IOException {
        if (!minimal) {
            wire.printStderr(text + "\n");
        }
    }

    /** Sends what --minimal has kept. */
    public void flush() throws IOException {
        if (minimal) {
            wire.print(String.join(",", kept));
        }
    }

    private static String escaped(List<String> values) {
        return values.stream()
                .map(v -> v.replace("\\", "\\\\").replace(",", "\\,"))
                .collect(Collectors.joining(","));
    }

    /** A record: the first label padded on its right, the others on their left, to four more than the longest. */
    static String layout(List<Map.Entry<String, String>> fields) {
        int width = 4 + fields.stream().mapToInt(f -> length(f.getKey())).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, String> field : fields) {
            String pad = " ".repeat(width - length(field.getKey()));
            out.append(out.isEmpty() ? field.getKey() + pad : "\n" + pad + field.getKey());
            out.append(": ").append(field.getValue());
        }
        return out.append('\n').toString();
    }

    /** XAPI counts bytes. */
    private static int length(String label) {
        return label.getBytes(StandardCharsets.UTF_8).length;
    }
}
