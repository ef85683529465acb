package org.jxapi.daemon;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.store.Reason;

/**
 * A config file: {@code key = value} lines. A {@code #} at the beginning of a line or behind a blank begins a comment. A
 * value in double quotes is taken as it stands, so that it can have a {@code #}.
 *
 * @param path where it is
 * @param values the values by their keys, in the order of the file
 * @param lines the number of the line of each key, from 1
 * @param problems the lines that make no sense
 */
record ConfigFile(Path path, Map<String, String> values, Map<String, Integer> lines, List<Problem> problems) {
    /** A line that makes no sense, and why. */
    record Problem(int line, String text) {}

    /**
     * Reads a file.
     *
     * @param keys the keys that it may have
     * @throws WrongSettingException when it cannot be read; problems of its lines are in the result
     */
    static ConfigFile read(Path path, Set<String> keys) {
        ConfigFile file = new ConfigFile(path, new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        List<String> lines = lines(path);
        for (int i = 0; i < lines.size(); i++) {
            String line = withoutComment(lines.get(i)).strip();
            if (!line.isEmpty()) {
                file.add(i + 1, line, keys);
            }
        }
        return file;
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            throw new WrongSettingException("config file not found: " + path);
        } catch (CharacterCodingException e) {
            throw new WrongSettingException("config file is not text of key = value lines: " + path);
        } catch (IOException e) {
            throw new WrongSettingException("cannot read config file " + path + ": " + Reason.of(e));
        }
    }

    private static String withoutComment(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '"') {
                quoted = !quoted;
            } else if (line.charAt(i) == '#' && !quoted && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private void add(int number, String line, Set<String> keys) {
        int equals = line.indexOf('=');
        String key = line.substring(0, Math.max(equals, 0)).strip();
        String value = line.substring(equals + 1).strip();
        Integer earlier = lines.get(key);
        if (equals < 0) {
            problems.add(new Problem(number, "'" + line + "' is not key = value"));
        } else if (!keys.contains(key)) {
            problems.add(new Problem(number, "unknown key: " + key + " (jxapid --help lists all)"));
        } else if (earlier != null) {
            problems.add(new Problem(number, key + " is set in line " + earlier + " too; remove one of the lines"));
        } else if (value.indexOf('"') >= 0 && !value.matches("\"[^\"]*\"")) {
            problems.add(new Problem(number, key + " needs double quotes around its whole value, or none"));
        } else {
            values.put(key, value.startsWith("\"") ? value.substring(1, value.length() - 1) : value);
            lines.put(key, number);
        }
    }

    /** The place of a setting, for a message. */
    String place(int line) {
        return path + ", line " + line;
    }
}
