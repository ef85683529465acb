package org.jxapi.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.cli.record.RecordField;
import org.jxapi.cli.record.RecordKind;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.datamodel.Type;

/** Writes packaging/completion/xe.table, with which the shell completes without asking a server. */
public final class CompletionTable {
    private static final String HEAD = """
            # The table for the completion of xe, generated from the command table (see CompletionTableTest).
            #   c|COMMAND|required parameters|optional ones|kind of the objects that other parameters choose, or + and the
            #     kind whose fields are parameters: +vm all of them, +vm:set those that can be set
            #   k|KIND|class|fields|fields that can be set (a map ends in a colon)
            #   v|COMMAND.PARAMETER or KIND.FIELD|values
            """;

    private CompletionTable() {}

    public static String text() {
        StringBuilder out = new StringBuilder(HEAD);
        for (Command command : AllCommands.table().commands()) {
            if (!command.has(Flag.HIDDEN)) {
                command(out, command);
            }
        }
        for (RecordKind kind : RecordKinds.all()) {
            line(
                    out,
                    "k",
                    kind.name(),
                    kind.model().name(),
                    fields(kind, f -> true),
                    (fields(kind, RecordField::settable) + " " + keys(kind)).strip());
        }
        values().forEach((name, values) -> line(out, "v", name, values));
        return out.toString();
    }

    private static void line(StringBuilder out, String... parts) {
        out.append(String.join("|", parts)).append('\n');
    }

    private static void command(StringBuilder out, Command command) {
        for (RecordKind kind : RecordKinds.all()) {
            if (command.name().equals(kind.name() + "-list")) {
                line(out, "c", command.name(), "", "params", "+" + kind.name());
                return;
            }
            if (command.name().equals(kind.name() + "-param-set")) {
                line(out, "c", command.name(), "uuid", "", "+" + kind.name() + ":set");
                return;
            }
        }
        String selects = command.has(Flag.VM_SELECTORS)
                ? "vm"
                : command.has(Flag.HOST_SELECTORS) ? "host" : command.has(Flag.SR_SELECTORS) ? "sr" : "";
        line(
                out,
                "c",
                command.name(),
                String.join(" ", command.required()),
                String.join(" ", command.optional()),
                selects);
    }

    private static String fields(RecordKind kind, Predicate<RecordField> wanted) {
        return String.join(
                " ",
                kind.fields().stream()
                        .filter(f -> !f.has("hidden") && wanted.test(f))
                        .map(RecordField::name)
                        .toList());
    }

    private static String keys(RecordKind kind) {
        return String.join(
                " ",
                kind.fields().stream()
                        .filter(f -> !f.has("hidden") && f.keysSettable())
                        .map(f -> f.name() + ":")
                        .toList());
    }

    private static Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        for (RecordKind kind : RecordKinds.all()) {
            for (RecordField field : kind.fields()) {
                List<String> of = field.field() == null || field.has("hidden") ? List.of() : values(field.type());
                if (!of.isEmpty()) {
                    values.put(kind.name() + "." + field.name(), String.join(" ", of));
                }
            }
        }
        ParameterTexts.all()
                .forEach((command, parameters) -> parameters.forEach((name, text) -> {
                    if (!text.values().isEmpty()) {
                        values.put(command + "." + name, String.join(" ", text.values()));
                    }
                }));
        return values;
    }

    /** The values of a type, as the command line spells them; none if any has a space, since shell words have none. */
    private static List<String> values(Type type) {
        if (type == Type.Basic.BOOL) {
            return List.of("true", "false");
        }
        if (!(type instanceof Type.Enumeration enumeration)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        enumeration.values().values().forEach(v -> values.add(EnumNames.shown(enumeration, v)));
        return values.stream().anyMatch(v -> v.contains(" ")) ? List.of() : values;
    }
}
