package org.jxapi.cli.thin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line of a client: a command and its parameters, in order. If a parameter appears more than once, the
 * first one counts.
 */
public record CommandLine(String command, List<Param> params) {
    /** One {@code name=value}; a switch {@code --name} has the value true. */
    public record Param(String name, String value) {
        /** The name up to its colon. */
        public String stem() {
            int colon = name.indexOf(':');
            return colon < 0 ? name : name.substring(0, colon);
        }
    }

    /** Parameters that are never filters. */
    public static final Set<String> STANDARD = Set.of(
            "server",
            "password",
            "port",
            "username",
            "minimal",
            "json",
            "table",
            "force",
            "multiple",
            "all",
            "message-priority",
            "trace");

    private static final Map<String, String> SHORT =
            Map.of("-u", "username", "-pw", "password", "-s", "server", "-h", "server", "-p", "port");

    /** Reads the arguments; the first is the command, though switches may come before it. */
    public static CommandLine parse(List<String> given) {
        List<String> args = new ArrayList<>(given);
        int switches = 0;
        while (switches < args.size() && args.get(switches).startsWith("--")) {
            switches++;
        }
        Collections.rotate(args, -switches);
        if (args.isEmpty() || args.get(0).contains("=")) {
            throw new UsageException("Syntax error: ");
        }
        List<Param> params = new ArrayList<>();
        for (int i = 1; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.startsWith("--")) {
                params.add(new Param(arg.substring(2), "true"));
            } else if (arg.startsWith("-")) {
                String name = SHORT.get(arg);
                if (name == null || i + 1 == args.size()) {
                    throw new UsageException("Syntax error: ");
                }
                params.add(new Param(name, args.get(++i)));
            } else {
                int equals = arg.indexOf('=');
                params.add(
                        equals < 0
                                ? new Param(arg, "")
                                : new Param(arg.substring(0, equals), arg.substring(equals + 1)));
            }
        }
        return new CommandLine(args.get(0), List.copyOf(params));
    }

    /** The parameter's value, if it was given. */
    public Optional<String> find(String name) {
        return params.stream()
                .filter(p -> p.name().equals(name))
                .map(Param::value)
                .findFirst();
    }

    public boolean has(String name) {
        return find(name).isPresent();
    }

    public String get(String name, String otherwise) {
        return find(name).orElse(otherwise);
    }

    /** A parameter that must be there. */
    public String need(String name) {
        return find(name).orElseThrow(() -> new UsageException("Required parameter not found: " + name));
    }

    public boolean flag(String name) {
        return flag(name, false);
    }

    /** A boolean in any of XAPI's spellings. */
    public boolean flag(String name, boolean otherwise) {
        return find(name)
                .map(text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true", "t", "yes", "y", "1" -> true;
                    case "false", "f", "no", "n", "0" -> false;
                    default ->
                        throw new CliException("Failed to parse parameter '" + name
                                + "': Expected 'true','t','yes','y','1','false','f','no','n','0' got " + text);
                })
                .orElse(otherwise);
    }

    /** A whole number. */
    public long number(String name, long otherwise) {
        return find(name)
                .map(text -> {
                    try {
                        return Long.decode(text);
                    } catch (NumberFormatException e) {
                        throw new CliException("Failed to parse parameter '" + name + "': expecting an integer");
                    }
                })
                .orElse(otherwise);
    }

    /** A list whose members are separated by commas; empty when the parameter is missing. */
    public List<String> words(String name) {
        return find(name).map(text -> List.of(text.split(",", -1))).orElse(List.of());
    }

    /** The entries given as {@code name:key=value}, or in the older way as {@code name-key=value}. */
    public Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        for (Param param : params) {
            if (param.name().startsWith(name) && param.name().length() > name.length() + 1) {
                map.putIfAbsent(param.name().substring(name.length() + 1), param.value());
            }
        }
        return map;
    }

    /** The parameters without those whose stem is standard or in {@code ignored}. */
    public List<Param> others(Set<String> ignored) {
        return params.stream()
                .filter(p -> !STANDARD.contains(p.stem()) && !ignored.contains(p.stem()))
                .toList();
    }

    /** The same command with one more parameter before all others. */
    public CommandLine with(String name, String value) {
        List<Param> more = new ArrayList<>();
        more.add(new Param(name, value));
        more.addAll(params);
        return new CommandLine(command, List.copyOf(more));
    }
}
