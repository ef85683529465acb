package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.Filters;
import org.jxapi.cli.record.RecordChanges;
import org.jxapi.cli.record.RecordField;
import org.jxapi.cli.record.RecordKind;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.xenapi.Role;

/** {@code KIND-list} and {@code KIND-param-*}, for every kind of records. */
final class GenericCommands {
    private static final Set<String> COMMON = Set.of("vm", "network", "sr");

    private GenericCommands() {}

    static void declare(CommandTable table) {
        RecordKinds.all().forEach(kind -> declare(table, kind));
    }

    private static void declare(CommandTable table, RecordKind kind) {
        List<RecordField> fields =
                kind.fields().stream().filter(f -> !f.has("hidden")).toList();
        String plural = plural(kind.name());
        String one = ("aeio".indexOf(kind.name().charAt(0)) >= 0 || kind.name().equals("update") ? "an " : "a ")
                + kind.name();
        List<String> listed = new ArrayList<>(List.of("params", "database:"));
        fields.forEach(f -> listed.add(f.name()));
        fields.stream().filter(RecordField::set).forEach(f -> listed.add(f.name() + ":contains"));
        Command.Flag[] flags =
                COMMON.contains(kind.name()) ? new Command.Flag[] {Command.Flag.STANDARD} : new Command.Flag[0];
        table.add(
                kind.name() + "-list",
                "",
                String.join(" ", listed),
                "Lists the " + plural + " whose fields match the parameters. map:key=value matches an entry of a"
                        + " map, set:contains=value a member of a set.",
                c -> list(c, kind),
                flags);
        table.add(
                kind.name() + "-param-list",
                "uuid",
                "database:",
                "Shows all fields of " + one + ".",
                c -> paramList(c, kind));
        table.add(
                kind.name() + "-param-get",
                "uuid param-name",
                "param-key database:",
                "Shows one field of " + one + "; param-key selects an entry of a map.",
                c -> paramGet(c, kind));
        String settable = Stream.concat(
                        names(fields.stream().filter(RecordField::settable)),
                        names(fields.stream().filter(RecordField::keysSettable)).map(n -> n + ":"))
                .collect(Collectors.joining(" "));
        if (!settable.isEmpty()) {
            table.add(
                    kind.name() + "-param-set",
                    "uuid",
                    settable,
                    "Sets fields of " + one + "; map:key=value sets an entry of a map.",
                    c -> paramSet(c, kind));
        }
        if (fields.stream().anyMatch(RecordField::addable)) {
            table.add(
                    kind.name() + "-param-add",
                    "uuid param-name",
                    "param-key",
                    "Adds to a set (param-key=member) or a map (key=value) of " + one + ".",
                    c -> paramAdd(c, kind));
            table.add(
                    kind.name() + "-param-remove",
                    "uuid param-name param-key",
                    "",
                    "Removes a member of a set, or an entry of a map, of " + one + ".",
                    c -> new RecordChanges(object(c, kind)).remove(field(c, kind), c.need("param-key")));
        }
        List<String> clearable =
                names(fields.stream().filter(RecordField::clearable)).toList();
        if (!clearable.isEmpty()) {
            table.add(
                    kind.name() + "-param-clear",
                    "uuid param-name",
                    "",
                    "Empties a field of " + one + "; param-name is one of " + String.join(",", clearable) + ".",
                    c -> new RecordChanges(object(c, kind)).clear(field(c, kind)));
        }
    }

    private static String plural(String name) {
        if (name.endsWith("patch")) {
            return name + "es";
        }
        return name.endsWith("y") && !name.endsWith("ey") ? name.substring(0, name.length() - 1) + "ies" : name + "s";
    }

    private static Stream<String> names(Stream<RecordField> fields) {
        return fields.map(RecordField::name);
    }

    private static CliObject object(Context context, RecordKind kind) {
        return CliObject.of(context.api(), kind, context.ref(kind.model().name()));
    }

    private static RecordField field(Context context, RecordKind kind) {
        return kind.need(context.need("param-name"));
    }

    private static void list(Context context, RecordKind kind) throws IOException {
        noDatabase(context);
        List<CliObject> all = CliObject.all(context.api(), kind).stream()
                .filter(GenericCommands::isShown)
                .toList();
        List<Param> conditions = new ArrayList<>();
        kind.where().forEach((name, value) -> conditions.add(new Param(name, value)));
        conditions.addAll(context.line().params().stream()
                .filter(p -> !p.name().equals("params") && !isStandard(p))
                .toList());
        List<CliObject> found = Filters.choose(all, conditions);
        print(context, context.flag("all") ? all : found, kind, kind.shown(), "params");
    }

    /** In a list, a standard parameter is one by its whole name. */
    private static boolean isStandard(Param param) {
        return CommandLine.STANDARD.contains(param.name());
    }

    /** Roles are those that hold others; permissions are roles too, for the API. */
    private static boolean isShown(CliObject object) {
        return object.row().model() != Role.XEN_CLASS
                || !object.get(Role.SUBROLES).isEmpty();
    }

    /** Prints the fields that a parameter names, {@code all}, or the usual ones. */
    static void print(Context context, List<CliObject> objects, RecordKind kind, List<String> usual, String parameter)
            throws IOException {
        warnOfUnknown(context, kind, parameter);
        List<RecordField> fields = fields(context, kind, usual, parameter);
        context.printer()
                .records(objects.stream()
                        .map(o -> fields.stream().map(o::listed).toList())
                        .toList());
    }

    /** XAPI shows nothing for unknown fields. Scripts for newer versions request such fields. */
    private static void warnOfUnknown(Context context, RecordKind kind, String parameter) throws IOException {
        List<String> wanted = context.line().words(parameter);
        for (String name : wanted) {
            if (!name.isEmpty() && !name.equals("all") && kind.field(name).isEmpty()) {
                context.wire()
                        .hint(("Warning: " + kind.name() + " has no field '" + name + "'. " + kind.question(name))
                                .strip());
            }
        }
    }

    private static List<RecordField> fields(Context context, RecordKind kind, List<String> usual, String parameter) {
        List<String> wanted = context.has(parameter) ? context.line().words(parameter) : usual;
        boolean all = wanted.isEmpty() || wanted.equals(List.of("all"));
        return kind.fields().stream()
                .filter(f -> all || wanted.contains(f.name()))
                .filter(f -> !f.has("hidden"))
                .toList();
    }

    /** As {@link #print}, with the values that take calls of their own, and the hidden ones when asked for. */
    static void printFull(Context context, List<CliObject> objects, List<String> usual, String parameter)
            throws IOException {
        List<String> wanted = context.has(parameter) ? context.line().words(parameter) : usual;
        boolean all = wanted.equals(List.of("all"));
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        if (!objects.isEmpty()) {
            warnOfUnknown(context, objects.get(0).kind(), parameter);
        }
        for (CliObject object : objects) {
            records.add(object.kind().fields().stream()
                    .filter(f -> all || wanted.contains(f.name()))
                    .map(object::shown)
                    .toList());
        }
        context.printer().records(records);
    }

    private static void paramList(Context context, RecordKind kind) throws IOException {
        noDatabase(context);
        CliObject object = object(context, kind);
        context.printer()
                .records(List.of(kind.fields().stream()
                        .filter(f -> !f.has("hidden"))
                        .map(object::shown)
                        .toList()));
    }

    private static void paramGet(Context context, RecordKind kind) throws IOException {
        noDatabase(context);
        CliObject object = object(context, kind);
        RecordField field = field(context, kind);
        Optional<String> key = context.line().find("param-key");
        if (key.isPresent() && field.map()) {
            String value = object.entries(field).get(key.get());
            if (value == null) {
                throw new CliException("Key " + key.get() + " not found in map");
            }
            context.print(value);
        } else {
            context.print(object.text(field));
        }
    }

    private static void paramSet(Context context, RecordKind kind) {
        new RecordChanges(object(context, kind))
                .set(context.line().params().stream()
                        .filter(p -> !p.name().equals("uuid") && !isStandard(p))
                        .toList());
    }

    private static void paramAdd(Context context, RecordKind kind) {
        Set<String> own = Set.of("uuid", "param-name", "param-key");
        new RecordChanges(object(context, kind))
                .add(
                        field(context, kind),
                        context.line().find("param-key"),
                        context.line().params().stream()
                                .filter(p -> !own.contains(p.name()) && !isStandard(p))
                                .toList());
    }

    /** Databases of other pools, on a VDI or in a file, cannot be opened. */
    private static void noDatabase(Context context) {
        if (context.line().params().stream().anyMatch(p -> p.name().startsWith("database:"))) {
            if (context.map("database").containsKey("vdi-uuid")) {
                context.call(
                        "VDI.open_database",
                        context.api().byUuid("VDI", context.map("database").get("vdi-uuid")));
            } else {
                context.call(
                        "session.create_from_db_file", context.map("database").getOrDefault("filename", ""));
            }
        }
    }
}
