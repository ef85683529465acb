package org.jxapi.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client typed: a command and its {@code key=value} parameters. */
record CommandLine(String command, Map<String, String> params) {
    /** Parameters that are never filters. */
    private static final Set<String> STANDARD = Set.of(
            "server",
            "password",
            "port",
            "username",
            "minimal",
            "force",
            "multiple",
            "all",
            "message-priority",
            "trace",
            "params",
            "database");

    private static final Map<String, String> SHORT =
            Map.of("-u", "username", "-pw", "password", "-s", "server", "-h", "server", "-p", "port");

    static CommandLine parse(List<String> args) {
        if (args.isEmpty() || args.get(0).isEmpty() || args.get(0).contains("=")) {
            throw new CliException("Syntax error: command name is missing");
        }
        Map<String, String> params = new LinkedHashMap<>();
        String command = null;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            if (SHORT.containsKey(arg) && i + 1 < args.size()) {
                params.put(SHORT.get(arg), args.get(++i));
            } else if (arg.startsWith("--")) {
                params.put(arg.substring(2), "true");
            } else if (equals > 0) {
                params.put(arg.substring(0, equals), arg.substring(equals + 1));
            } else if (command == null) {
                command = arg;
            } else if (!arg.isEmpty()) {
                params.put(arg, "true");
            }
        }
        if (command == null) {
            throw new CliException("Syntax error: command name is missing");
        }
        return new CommandLine(command, params);
    }

    boolean flag(String name) {
        return "true".equals(params.get(name));
    }

    String get(String name, String otherwise) {
        return params.getOrDefault(name, otherwise);
    }

    /** A parameter that must be there. */
    String need(String name) {
        String value = params.get(name);
        if (value == null) {
            throw new CliException("Required parameter not found: " + name);
        }
        return value;
    }

    /** The parameters that choose objects. */
    Map<String, String> filters() {
        Map<String, String> filters = new LinkedHashMap<>(params);
        filters.keySet().removeAll(STANDARD);
        return filters;
    }
}
