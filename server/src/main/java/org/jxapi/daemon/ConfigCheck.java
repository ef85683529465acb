package org.jxapi.daemon;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job of {@code jxapid --check-config}: reads all settings and the files that they name, and prints each problem with its
 * place. It changes nothing, and a daemon may be running.
 */
final class ConfigCheck {
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> commandLine;
    private final @Nullable ConfigFile file;

    private ConfigCheck(Map<String, String> commandLine, @Nullable ConfigFile file) {
        this.commandLine = commandLine;
        this.file = file;
    }

    /**
     * Checks what the command line says without the option itself.
     *
     * @return whether the settings are good
     * @throws WrongSettingException when the command line makes no sense, or the config file cannot be read
     */
    static boolean run(List<String> args, PrintStream out) {
        CommandLine line = CommandLine.parse(args, Settings.KEYS);
        ConfigFile file = line.config() == null ? null : ConfigFile.read(line.config(), Settings.KEYS);
        ConfigCheck check = new ConfigCheck(line.values(), file);
        check.check();
        check.problems.forEach(out::println);
        if (check.problems.isEmpty()) {
            out.println("the settings are good" + (file == null ? "" : ": " + file.path()));
        }
        return check.problems.isEmpty();
    }

    private void check() {
        if (file != null) {
            file.problems().forEach(problem -> problems.add(file.place(problem.line()) + ": " + problem.text()));
            // Those that the command line overrides must be good too.
            parsed(file.values());
        }
        Map<String, String> values = file == null ? new LinkedHashMap<>() : new LinkedHashMap<>(file.values());
        values.putAll(commandLine);
        Settings settings = parsed(values);
        if (settings != null) {
            SettingFiles.check(settings, values.keySet(), this::add);
        }
    }

    /** The settings without those that are wrong; null when the rest makes no sense either. */
    private @Nullable Settings parsed(Map<String, String> values) {
        Map<String, String> rest = new LinkedHashMap<>(values);
        while (true) {
            try {
                return Settings.of(rest, false);
            } catch (WrongSettingException e) {
                String key = e.key();
                add(key == null ? "" : key, String.valueOf(e.getMessage()));
                if (key == null || rest.remove(key) == null) {
                    return null;
                }
            }
        }
    }

    private void add(String key, String text) {
        Integer line = file == null || commandLine.containsKey(key)
                ? null
                : file.lines().get(key);
        String problem = (line == null || file == null ? "" : file.place(line) + ": ") + text;
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }
}
