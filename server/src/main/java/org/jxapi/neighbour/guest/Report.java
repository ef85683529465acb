package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;

/** The result for each setting of a configuration. */
public final class Report {
    private final List<Line> lines = new ArrayList<>();

    /**
     * A setting.
     *
     * @param key its name in the configuration
     * @param line where it is there, from 1; 0 when it is in no text
     * @param text the result and its reason
     */
    public record Line(String key, int line, Outcome outcome, String text) {
        @Override
        public String toString() {
            return String.format("%-10s %s%s: %s", outcome.shown(), key, line > 0 ? " (line " + line + ")" : "", text);
        }
    }

    public void add(String key, int line, Outcome outcome, String text) {
        lines.add(new Line(key, line, outcome, text));
    }

    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** Whether something is said about a setting, or a part of it. */
    boolean names(String key) {
        return lines.stream()
                .anyMatch(line -> line.key().equals(key)
                        || line.key().startsWith(key + "[")
                        || line.key().startsWith(key + "."));
    }

    /** How many settings are refused. */
    public long refused() {
        return lines.stream().filter(line -> line.outcome() == Outcome.REFUSED).count();
    }

    /** All lines, each with its end. */
    public String text() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line ->
                text.append(line.toString().replaceAll("\\p{Cntrl}", "?")).append('\n'));
        return text.toString();
    }
}
