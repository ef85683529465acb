package org.jxapi.cli.thin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The output of a command, in XAPI's layout; with {@code --minimal} only values, in one line at the end. With
 * {@code --json}, which XAPI does not have, it is an array of JSON: an object for each record, a string for each value.
 */
public final class Printer {
    /** The access to a field, which follows its name. */
    private static final Pattern ACCESS = Pattern.compile(" \\( ?[SM]?R[OW]\\)( \\[DEPRECATED])?$");

    private final Wire wire;
    private final boolean minimal;
    private final boolean json;
    private final Deque<String> kept = new ArrayDeque<>();
    private final ArrayNode array = JsonNodeFactory.instance.arrayNode();
    private boolean printed;

    public Printer(Wire wire, boolean minimal) {
        this(wire, minimal, false);
    }

    private Printer(Wire wire, boolean minimal, boolean json) {
        this.wire = wire;
        this.minimal = minimal && !json;
        this.json = json;
    }

    /** The one that a command line asks for. */
    public static Printer of(Wire wire, CommandLine line) {
        return new Printer(wire, line.flag("minimal"), line.flag("json"));
    }

    /** Words for people: not shown with --minimal and --json. */
    public void message(String text) throws IOException {
        if (!minimal && !json) {
            wire.print(text);
        }
    }

    /** Values, one a line. */
    public void values(List<String> values) throws IOException {
        if (json) {
            printed = true;
            values.forEach(array::add);
            return;
        }
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
        if (json) {
            printed = true;
            for (List<Map.Entry<String, String>> record : records) {
                ObjectNode object = array.addObject();
                record.forEach(
                        field -> object.put(ACCESS.matcher(field.getKey()).replaceAll(""), field.getValue()));
            }
            return;
        }
        if (minimal) {
            if (!records.isEmpty() && records.stream().noneMatch(List::isEmpty)) {
                kept.addFirst(
                        escaped(records.stream().map(r -> r.get(0).getValue()).toList()));
            }
            return;
        }
        for (List<Map.Entry<String, String>> record : records) {
            wire.print(layout(record) + "\n");
        }
    }

    /** A line for stderr. */
    public void warning(String text) throws IOException {
        if (!minimal) {
            wire.printStderr(text + "\n");
        }
    }

    /** Sends what --minimal or --json has kept. */
    public void flush() throws IOException {
        if (json && printed) {
            wire.print(array.toPrettyString());
        }
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
