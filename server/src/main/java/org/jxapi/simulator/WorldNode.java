package org.jxapi.simulator;

import java.io.StringReader;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of a world's file, whose values know their lines. Each mistake is a {@link WorldException}. */
final class WorldNode {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([KMGT]?)(?:i?B)?");
    private static final String UNITS = "KMGT";
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");

    private final String file;
    private final String path;
    private final Mark mark;
    private final Map<String, Node> values = new LinkedHashMap<>();

    private WorldNode(String file, String path, Node node, String... keys) {
        this.file = file;
        this.path = path;
        this.mark = node.getStartMark();
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(mark, "", "must have keys and values, such as " + String.join(", ", keys));
        }
        List<String> known = List.of(keys);
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            Mark at = tuple.getKeyNode().getStartMark();
            if (!known.contains(key)) {
                throw wrong(at, key, "is no key here; known are " + String.join(", ", keys));
            }
            if (values.put(key, tuple.getValueNode()) != null) {
                throw wrong(at, key, "is there twice");
            }
        }
    }

    /** The top of a file, which may have these keys. */
    static WorldNode parse(String file, String text, String... keys) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(1 << 20);
        options.setNestingDepthLimit(20);
        options.setMaxAliasesForCollections(50);
        Node root;
        try {
            root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            Mark at = e.getProblemMark();
            throw new WorldException(
                    file + (at == null ? "" : ":" + (at.getLine() + 1)) + ": this is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new WorldException(file + ": this is not YAML: " + e.getMessage());
        }
        if (root == null) {
            throw new WorldException(file + ": the file is empty");
        }
        return new WorldNode(file, "", root, keys);
    }

    private WorldException wrong(Mark at, String key, String what) {
        String full = path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
        return new WorldException(
                file + ":" + (at.getLine() + 1) + ": " + (full.isEmpty() ? "the world" : full) + " " + what);
    }

    /** The exception for a mistake in the value at a key. */
    WorldException wrong(String key, String what) {
        Node node = values.get(key);
        return wrong(node == null ? mark : node.getStartMark(), key, what);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The mapping at a key; null when it is not given. */
    @Nullable
    WorldNode child(String key, String... keys) {
        Node node = values.get(key);
        return node == null ? null : new WorldNode(file, path.isEmpty() ? key : path + "." + key, node, keys);
    }

    /** The mappings in the list at a key; none when it is not given. */
    List<WorldNode> children(String key, int most, String... keys) {
        List<WorldNode> all = new ArrayList<>();
        for (Node node : sequence(key, most)) {
            String at = (path.isEmpty() ? key : path + "." + key) + "[" + all.size() + "]";
            all.add(new WorldNode(file, at, node, keys));
        }
        return all;
    }

    private List<Node> sequence(String key, int most) {
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong(key, "must be a list");
        }
        if (sequence.getValue().size() > most) {
            throw wrong(key, "has more than " + most + " entries");
        }
        return sequence.getValue();
    }

    /** The texts in the list at a key; {@code otherwise} when it is not given. */
    List<String> texts(String key, List<String> otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        List<String> all = new ArrayList<>();
        for (Node node : sequence(key, 100)) {
            if (!(node instanceof ScalarNode scalar)) {
                throw wrong(key, "must be a list of names");
            }
            all.add(scalar.getValue());
        }
        return all;
    }

    /** The texts at the keys of the mapping at a key, which may be any; none when it is not given. */
    Map<String, String> settings(String key) {
        Map<String, String> all = new LinkedHashMap<>();
        Node node = values.get(key);
        if (node == null) {
            return all;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(key, "must have keys and values");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode name)
                    || !(tuple.getValueNode() instanceof ScalarNode value)) {
                throw wrong(key, "must have single values");
            }
            all.put(name.getValue(), value.getValue());
        }
        return all;
    }

    private @Nullable String scalar(String key) {
        Node node = values.get(key);
        if (node == null) {
            return null;
        }
        if (!(node instanceof ScalarNode scalar)) {
            throw wrong(key, "must be a single value");
        }
        return scalar.getValue();
    }

    String text(String key) {
        String value = scalar(key);
        if (value == null) {
            throw wrong(key, "is missing");
        }
        if (value.isBlank() || value.length() > 200) {
            throw wrong(key, "must have 1 to 200 characters");
        }
        return value;
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    boolean yes(String key, boolean otherwise) {
        String value = scalar(key);
        if (value != null && !value.matches("true|false")) {
            throw wrong(key, "must be true or false, not " + value);
        }
        return value == null ? otherwise : value.equals("true");
    }

    /** A moment such as 2026-01-31T12:00:00Z. */
    Instant instant(String key) {
        String value = text(key);
        try {
            Instant moment = Instant.parse(value);
            if (moment.isBefore(FIRST) || moment.isAfter(LAST)) {
                throw wrong(key, "must be between the years 2000 and 2100, not " + value);
            }
            return moment;
        } catch (DateTimeParseException e) {
            throw wrong(key, "must be a time such as 2026-01-31T12:00:00Z, not " + value);
        }
    }

    int integer(String key, int least, int most, int otherwise) {
        String value = scalar(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw wrong(key, "must be a number from " + least + " to " + most + ", not " + value);
        }
        return Integer.parseInt(value);
    }

    /** A size in bytes; {@code otherwise} when it is not given. */
    long size(String key, long least, long most, long otherwise) {
        String value = scalar(key);
        if (value == null) {
            return otherwise;
        }
        Matcher matcher = SIZE.matcher(value);
        if (!matcher.matches()) {
            throw wrong(key, "must be a size such as 512M or 2G, not " + value);
        }
        int power = UNITS.indexOf(matcher.group(2)) + 1;
        long number = Long.parseLong(matcher.group(1));
        long unit = matcher.group(2).isEmpty() ? 1 : 1L << (10 * power);
        if (number > most / unit || number * unit < least) {
            throw wrong(key, "must be from " + text(least) + " to " + text(most) + ", not " + value);
        }
        return number * unit;
    }

    private static String text(long bytes) {
        for (int power = UNITS.length(); power > 0; power--) {
            long unit = 1L << (10 * power);
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + UNITS.substring(power - 1, power);
            }
        }
        return Long.toString(bytes);
    }
}
