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

            Generated from the command table: `xe help COMMAND` says the same. Output, errors and exit statuses are XAPI's.
            The client itself, its options and files: xe(1).

            `NAME=` must be given, `[NAME=]` may be. `NAME:` stands for `NAME:KEY=VALUE`. `<vm-selectors>` stands for any
            fields of VMs, such as `name-label=web power-state=halted`, or `vm=` with a name or uuid: the command works on
            the VMs that match, on more than one only with `--multiple`. `<host-selectors>` and `<sr-selectors>` likewise.
            `--force` skips questions and takes risks, `--minimal` prints values with commas between.

            Every command of XAPI is there. A command whose API message (coverage.md) or HTTP path (clients.md) is not offered checks
            its required parameters and then fails with NOT_IMPLEMENTED, which names what is missing.

            ## Lists and fields

            For every kind of the table below:

            | | |
            |---|---|
            | `KIND-list [FIELD=VALUE]... [params=FIELD,...\\|all]` | lists objects; `MAP:KEY=VALUE` and `SET:contains=VALUE` look inside |
            | `KIND-param-list uuid=` | shows all fields |
            | `KIND-param-get uuid= param-name= [param-key=]` | shows one field, or one entry of a map |
            | `KIND-param-set uuid= FIELD=VALUE... MAP:KEY=VALUE...` | sets fields |
            | `KIND-param-add uuid= param-name= param-key=` or `KEY=VALUE` | adds to a set or a map |
            | `KIND-param-remove uuid= param-name= param-key=` | removes from a set or a map |
            | `KIND-param-clear uuid= param-name=` | empties a field |

            | kind | class | a list shows |
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
