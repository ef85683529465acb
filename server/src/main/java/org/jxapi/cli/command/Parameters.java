package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.cli.thin.Nearest;
import org.jxapi.cli.thin.UsageException;
import org.jxapi.cli.thin.Wire;

/** Compares the parameters that were typed with those that a command has. */
public final class Parameters {
    private static final Set<Flag> SELECTING = Set.of(Flag.VM_SELECTORS, Flag.HOST_SELECTORS, Flag.SR_SELECTORS);

    private Parameters() {}

    /** Throws {@link UsageException} when a required parameter is missing. */
    public static void check(Command command, CommandLine line) {
        for (String name : command.required()) {
            if (!line.has(name)) {
                List<String> typed = line.params().stream()
                        .map(Param::name)
                        .filter(given -> !command.required().contains(given)
                                && !command.optional().contains(given))
                        .toList();
                List<String> near = Nearest.of(name, typed);
                throw new UsageException(
                        "Required parameter not found: " + name,
                        near.isEmpty() ? "" : "Did you mean " + name + " by " + near.get(0) + "?");
            }
        }
    }

    /**
     * Warns of misspelt parameters. XAPI ignores unknown parameters, and scripts rely on it. For commands whose parameters
     * are fields of objects, an unknown parameter is an error.
     */
    public static void warn(Command command, CommandLine line, Wire wire) throws IOException {
        if (takesFields(command)) {
            return;
        }
        Set<String> known = new LinkedHashSet<>();
        Set<String> maps = new LinkedHashSet<>();
        for (List<String> names : List.of(command.required(), command.optional())) {
            for (String name : names) {
                known.add(stem(name));
                if (name.endsWith(":") || name.endsWith("-")) {
                    maps.add(stem(name));
                }
            }
        }
        List<String> missing = new ArrayList<>(known);
        line.params().forEach(param -> missing.remove(param.stem()));
        for (Param param : line.params()) {
            // An entry of a map is name:key or, in the older way, name-key.
            boolean entry = maps.stream().anyMatch(param.name()::startsWith);
            if (!entry && !known.contains(param.stem()) && !CommandLine.STANDARD.contains(param.stem())) {
                String question = Nearest.question(param.stem(), missing);
                if (!question.isEmpty()) {
                    wire.hint(
                            "Warning: " + command.name() + " ignores the parameter " + param.stem() + ". " + question);
                }
            }
        }
    }

    private static boolean takesFields(Command command) {
        return command.flags().stream().anyMatch(SELECTING::contains)
                || command.name().endsWith("-list")
                || command.name().contains("-param-")
                || command.name().equals("event-wait");
    }

    private static String stem(String parameter) {
        return parameter.endsWith(":") ? parameter.substring(0, parameter.length() - 1) : parameter;
    }
}
