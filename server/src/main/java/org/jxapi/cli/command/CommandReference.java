package org.jxapi.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.record.RecordKind;
import org.jxapi.cli.record.RecordKinds;

/** Writes docs/cli.md: the commands, from their table. */
public final class CommandReference {
    private static final String HEAD = """
            # The commands of xe

            Generated from the command table, as the output of `xe help COMMAND` is. Output, errors and exit statuses are
            XAPI's. xe(1) describes the client itself, its options and files.

            `NAME=` is required, `[NAME=]` is optional. `NAME:` means `NAME:KEY=VALUE`. `<vm-selectors>` means any fields of
            VMs, such as `name-label=web power-state=halted`, or `vm=` with a name or UUID: the command works on the matching
            VMs, and on more than one only with `--multiple`. `<host-selectors>` and `<sr-selectors>` do the same for hosts
            and SRs. `--force` skips questions and safety checks. `--minimal` prints only values, separated by commas, `--json`
            prints JSON, and `--table` prints records as tables. `--trace` adds the error code of a failure.

            jxapi has every command of XAPI. If jxapi does not offer the API message (coverage.md) or the HTTP path
            (clients.md) of a command, the command checks its required parameters and fails with NOT_IMPLEMENTED, which names
            the missing message or path.

            ## Lists and fields

            For every kind in the table below:

            | | |
            |---|---|
            | `KIND-list [FIELD=VALUE]... [params=FIELD,...\\|all]` | lists objects; `MAP:KEY=VALUE` and `SET:contains=VALUE` match inside maps and sets |
            | `KIND-param-list uuid=` | shows all fields |
            | `KIND-param-get uuid= param-name= [param-key=]` | shows one field, or one entry of a map |
            | `KIND-param-set uuid= FIELD=VALUE... MAP:KEY=VALUE...` | sets fields |
            | `KIND-param-add uuid= param-name= param-key=` or `KEY=VALUE` | adds to a set or a map |
            | `KIND-param-remove uuid= param-name= param-key=` | removes from a set or a map |
            | `KIND-param-clear uuid= param-name=` | empties a field |

            | kind | class | fields in lists |
            |---|---|---|
            """;

    private CommandReference() {}

    public static String text() {
        StringBuilder out = new StringBuilder(HEAD);
        for (RecordKind kind : RecordKinds.all()) {
            out.append("| ")
                    .append(kind.name())
                    .append(" | ")
                    .append(kind.model().name())
                    .append(" | ");
            out.append(kind.shown().isEmpty() ? "all fields" : String.join(", ", kind.shown()))
                    .append(" |\n");
        }
        byNoun().forEach((noun, commands) -> {
            out.append("\n## ").append(noun).append("\n\n| command | |\n|---|---|\n");
            commands.forEach(command -> row(out, command));
        });
        return out.toString();
    }

    private static Map<String, List<Command>> byNoun() {
        Map<String, List<Command>> nouns = new TreeMap<>();
        for (Command command : AllCommands.table().commands()) {
            if (!isGeneric(command.name())) {
                nouns.computeIfAbsent(noun(command.name()), n -> new ArrayList<>())
                        .add(command);
            }
        }
        return nouns;
    }

    private static boolean isGeneric(String name) {
        return RecordKinds.all().stream()
                .anyMatch(k -> name.equals(k.name() + "-list") || name.startsWith(k.name() + "-param-"));
    }

    private static String noun(String name) {
        int dash = name.indexOf('-');
        return dash < 0 ? name : name.substring(0, dash);
    }

    private static void row(StringBuilder out, Command command) {
        out.append("| `").append(command.name());
        command.required().forEach(p -> out.append(' ').append(p).append('='));
        Help.optional(command)
                .forEach(p -> out.append(' ')
                        .append(
                                p.startsWith("<")
                                        ? p
                                        : p.equals("force") ? "[--force]" : "[" + p + (p.endsWith(":") ? "]" : "=]")));
        out.append("` | ").append(command.help().replace("|", "\\|"));
        out.append(command.has(Flag.DEPRECATED) ? " (deprecated)" : "").append(" |\n");
    }
}
