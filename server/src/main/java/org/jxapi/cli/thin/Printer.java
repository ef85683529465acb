package org.jxapi.cli.thin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The output of a command, in XAPI's layout; with {@code --minimal} only values, in one line at the end. XAPI has
 * no other form. With {@code --json} it is an array of JSON: an object for each record, a string for each value. With
 * {@code --table}, records with the same fields are a table with a line for each.
 */
public final class Printer {
    /** The access to a field, which follows its name. */
    private static final Pattern ACCESS = Pattern.compile(" \\( ?[SM]?R[OW]\\)( \\[DEPRECATED])?$");

    private final Wire wire;
    private final boolean minimal;
    private final boolean json;
    private final boolean table;
    private final Deque<String> kept = new ArrayDeque<>();
    private final ArrayNode array = JsonNodeFactory.instance.arrayNode();
    private final List<List<String>> rows = new ArrayList<>();
    private boolean printed;

    public Printer(Wire wire, boolean minimal) {
        this(wire, minimal, false, false);
    }

    private Printer(Wire wire, boolean minimal, boolean json, boolean table) {
        this.wire = wire;
        this.minimal = minimal && !json;
        this.json = json;
        this.table = table && !minimal && !json;
    }

    /** The one that a command line asks for. */
    public static Printer of(Wire wire, CommandLine line) {
        return new Printer(wire, line.flag("minimal"), line.flag("json"), line.flag("table"));
    }

    /** Words for people: not shown with --minimal and --json, and not as titles of single records with --table. */
    public void message(String text) throws IOException {
        if (!minimal && !json && !(table && text.endsWith(":"))) {
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
        if (table) {
            tabulate(records);
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

    /** Records with other fields than the ones before begin another table. */
    private void tabulate(List<? extends List<Map.Entry<String, String>>> records) throws IOException {
        for (List<Map.Entry<String, String>> record : records) {
            List<String> heads = new ArrayList<>();
            List<String> cells = new ArrayList<>();
            for (Map.Entry<String, String> field : record) {
                heads.add(ACCESS.matcher(field.getKey()).replaceAll(""));
                cells.add(field.getValue().replaceAll("\\s+", " "));
            }
            if (rows.isEmpty() || !rows.get(0).equals(heads)) {
                printTable();
                rows.add(heads);
            }
            rows.add(cells);
        }
    }

    private void printTable() throws IOException {
        if (printed && !rows.isEmpty()) {
            wire.print("");
        }
        for (String line : TextTable.lines(rows, "  ", false)) {
            printed = true;
            wire.print(line.stripTrailing());
        }
        rows.clear();
    }

    /** A line for stderr. */
    public void warning(String text) throws IOException {
        if (!minimal) {
            wire.printStderr(text + "\n");
        }
    }

    /** Sends what --minimal, --json or --table has kept. */
    public void flush() throws IOException {
        printTable();
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
