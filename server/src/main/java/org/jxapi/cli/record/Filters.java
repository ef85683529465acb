package org.jxapi.cli.record;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine.Param;

/** Chooses objects by the values of their fields, and finds the field that a parameter names. */
public final class Filters {
    /** A parameter's field, and the text after its colon: a map's key or a set's "contains". Null without a colon. */
    record Target(RecordField field, @Nullable String key) {}

    private Filters() {}

    /** The objects that match all conditions. */
    public static List<CliObject> choose(List<CliObject> objects, List<Param> conditions) {
        List<CliObject> left = objects;
        for (Param condition : conditions) {
            if (left.isEmpty()) {
                return left;
            }
            Target target = target(left.get(0).kind(), condition.name());
            if (target.key() != null && target.field().set() && !target.key().equals("contains")) {
                throw new CliException("Invalid syntax for set filtering (should be set-param:contains=key)");
            }
            left = left.stream()
                    .filter(o -> matches(o, target, condition.value()))
                    .toList();
        }
        return left;
    }

    private static boolean matches(CliObject object, Target target, String value) {
        RecordField field = target.field();
        if (target.key() == null) {
            return fold(field, object.text(field)).equals(fold(field, value));
        }
        if (field.set()) {
            return object.members(field).stream().anyMatch(m -> fold(field, m).equals(fold(field, value)));
        }
        for (Map.Entry<String, String> entry : object.entries(field).entrySet()) {
            if (fold(field, entry.getKey()).equals(fold(field, target.key()))) {
                return entry.getValue().equals(value);
            }
        }
        return false;
    }

    private static String fold(RecordField field, String text) {
        return field.has("nocase") ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** The target of {@code name}, {@code name:key} or, in the older way, {@code name-key}. */
    static Target target(RecordKind kind, String parameter) {
        var whole = kind.field(parameter);
        if (whole.isPresent()) {
            return new Target(whole.get(), null);
        }
        int colon = parameter.indexOf(':');
        if (colon >= 0) {
            RecordField field = kind.field(parameter.substring(0, colon)).orElseThrow(() -> unknown(kind, parameter));
            if (!field.set() && !field.map()) {
                throw new CliException("Field '" + field.name() + "' is not a set or map");
            }
            return new Target(field, parameter.substring(colon + 1));
        }
        return kind.fields().stream()
                .filter(f -> (f.map() || f.set()) && parameter.startsWith(f.name() + "-"))
                .min(Comparator.comparing(RecordField::set)
                        .thenComparing(f -> -f.name().length()))
                .map(f -> new Target(f, parameter.substring(f.name().length() + 1)))
                .orElseThrow(() -> unknown(kind, parameter));
    }

    private static CliException unknown(RecordKind kind, String parameter) {
        return new CliException("Unknown field '" + parameter + "'", kind.question(parameter));
    }
}
