package org.jxapi.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts about the commands' parameters, and examples, from parameters.txt, whose head describes its format. */
final class ParameterTexts {
    /** The place of texts for every command. */
    private static final String ANY = "";

    private static final Pattern LINE = Pattern.compile("(\\S+?)(?: \\(([^)]*)\\))?: (.*)");
    private static final ParameterTexts TEXTS = load();

    private final Map<String, Map<String, Text>> parameters = new HashMap<>();
    private final Map<String, List<String>> examples = new HashMap<>();

    private ParameterTexts() {}

    /**
     * A parameter.
     *
     * @param values the allowed values; empty if any value is allowed
     */
    record Text(String words, List<String> values) {
        String shown() {
            return values.isEmpty() ? words : words + " (" + String.join(", ", values) + ")";
        }
    }

    /** The words about a parameter of a command. */
    static Optional<Text> of(String command, String parameter) {
        String name = parameter.endsWith(":") ? parameter.substring(0, parameter.length() - 1) : parameter;
        return text(command, name).or(() -> text(ANY, name));
    }

    private static Optional<Text> text(String command, String name) {
        return Optional.ofNullable(
                TEXTS.parameters.getOrDefault(command, Map.of()).get(name));
    }

    /** Command lines that show what a command is for. */
    static List<String> examples(String command) {
        return TEXTS.examples.getOrDefault(command, List.of());
    }

    /** The parameters that have words of their own, by command; those for every command are under the empty name. */
    static Map<String, Map<String, Text>> all() {
        return TEXTS.parameters;
    }

    private static ParameterTexts load() {
        ParameterTexts texts = new ParameterTexts();
        List<String> commands = List.of(ANY);
        try (InputStream in = ParameterTexts.class.getResourceAsStream("/org/jxapi/cli/parameters.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("[")) {
                    commands = List.of(line.substring(1, line.length() - 1).split(" "));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    for (String command : commands) {
                        texts.add(command, line);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private void add(String command, String line) {
        if (line.startsWith("$ ")) {
            examples.computeIfAbsent(command, c -> new ArrayList<>()).add(line.substring(2));
            return;
        }
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("parameters.txt: " + line);
        }
        String values = matcher.group(2);
        Text text = new Text(matcher.group(3), values == null ? List.of() : List.of(values.split(" ")));
        if (parameters.computeIfAbsent(command, c -> new HashMap<>()).put(matcher.group(1), text) != null) {
            throw new IllegalStateException("parameters.txt: twice for " + command + ": " + line);
        }
    }
}
