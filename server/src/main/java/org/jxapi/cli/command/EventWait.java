package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.RecordField;
import org.jxapi.cli.record.RecordKind;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.datamodel.EventBatch;

/** event-wait: blocks until an object of a class matches the parameters. */
final class EventWait {
    private static final Set<String> KINDS = Set.of(
            "vm", "vdi", "sr", "host", "network", "vif", "pif", "vbd", "pbd", "pool", "task", "subject", "role",
            "secret", "vmss");

    /** How often it checks whether the client is still there. */
    private static final double SECONDS = 10;

    /** A value that a field must have, or must not have. */
    private record Condition(RecordField field, String value, boolean equal) {
        boolean holds(CliObject object) {
            return object.text(field).equals(value) == equal;
        }
    }

    private EventWait() {}

    static void declare(CommandTable table) {
        table.add(
                "event-wait",
                "class",
                "",
                "Waits until an object of a class matches the parameters."
                        + " field=value waits for that value, field=/=value for any other.",
                EventWait::run);
    }

    private static void run(Context c) throws IOException {
        String name = c.need("class");
        if (!KINDS.contains(name)) {
            throw new CliException("Cli listening for class '" + name + "' not currently implemented");
        }
        RecordKind kind = RecordKinds.get(name);
        List<Condition> conditions = c.line().params().stream()
                .filter(p -> !p.name().equals("class") && !isStandard(p))
                .map(p -> condition(kind, p))
                .toList();
        List<String> classes = List.of(kind.model().name().toLowerCase(Locale.ROOT));
        String token = "";
        while (CliObject.all(c.api(), kind).stream()
                .noneMatch(o -> conditions.stream().allMatch(condition -> condition.holds(o)))) {
            c.wire().checkClient();
            token = ((EventBatch) c.call("event.from", classes, token, SECONDS)).token();
        }
    }

    private static boolean isStandard(Param param) {
        return CommandLine.STANDARD.contains(param.name());
    }

    private static Condition condition(RecordKind kind, Param param) {
        RecordField field =
                kind.field(param.name()).orElseThrow(() -> new CliException("key missing: " + param.name()));
        boolean equal = !param.value().startsWith("/=");
        return new Condition(field, equal ? param.value() : param.value().substring(2), equal);
    }
}
