package org.jxapi.daemon;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a command line.
 *
 * @param values the values by their keys
 * @param config the config file that it names; null for none
 * @param acceptOlder whether to open a database that is damaged or lacks its newest changes
 */
record CommandLine(Map<String, String> values, @Nullable Path config, boolean acceptOlder) {
    private static final String ACCEPT_OLDER = "--accept-older-database";

    /**
     * Reads a command line.
     *
     * @param keys the settings that there are
     * @throws WrongSettingException with one line that says what is wrong
     */
    static CommandLine parse(List<String> args, Set<String> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        Path config = null;
        boolean acceptOlder = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            String key = arg.startsWith("--") ? arg.substring(2, equals < 0 ? arg.length() : equals) : "";
            if (arg.equals(ACCEPT_OLDER)) {
                acceptOlder = true;
                continue;
            }
            if (!key.equals("config") && !keys.contains(key)) {
                throw new WrongSettingException("unknown option: " + arg + " (see jxapid --help)");
            }
            String value;
            if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (++i < args.size()) {
                value = args.get(i);
            } else {
                throw new WrongSettingException(arg + " needs a value (see jxapid --help)");
            }
            if (key.equals("config")) {
                config = SettingValues.path("config", value);
            } else {
                values.put(key, value);
            }
        }
        return new CommandLine(values, config, acceptOlder);
    }
}
