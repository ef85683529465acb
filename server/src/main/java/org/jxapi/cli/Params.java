package org.jxapi.cli;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Stored;

/** The {@code *-param-set}, {@code -add}, {@code -remove} and {@code -clear} commands. */
final class Params {
    private Params() {}

    /** The object that {@code uuid=} names. */
    static Stored object(Records.Kind kind, CommandLine line, Commands.Context context) {
        String uuid = line.need("uuid");
        return context.snapshot()
                .byUuid(kind.model(), uuid)
                .orElseThrow(() ->
                        new XenApiException("UUID_INVALID", List.of(kind.model().name(), uuid)));
    }

    static Records.Item item(Records.Kind kind, String name) {
        Records.Item item = kind.item(name);
        if (item == null) {
            throw new CliException("Error: Unknown field '" + name + "'");
        }
        return item;
    }

    static void set(Records.Kind kind, CommandLine line, Commands.Context context) {
        String ref = object(kind, line, context).ref().value();
        Map<String, String> settings = line.filters();
        settings.remove("uuid");
        settings.forEach((key, value) -> {
            int colon = key.indexOf(':');
            Records.Item item = item(kind, colon < 0 ? key : key.substring(0, colon));
            String field = kind.model().name() + ".%s" + item.field().name();
            if (colon < 0) {
                context.api()
                        .call(field.formatted("set_"), ref, typed(item.field().type(), value));
            } else {
                context.api().call(field.formatted("remove_from_"), ref, key.substring(colon + 1));
                context.api().call(field.formatted("add_to_"), ref, key.substring(colon + 1), value);
            }
        });
    }

    private static Object typed(Type type, String value) {
        if (type == Type.Basic.BOOL) {
            return switch (value) {
                case "true", "t", "1", "yes" -> true;
                case "false", "f", "0", "no" -> false;
                default ->
                    throw new CliException("Error: Failed to parse parameter: expecting a boolean, got: " + value);
            };
        }
        return value;
    }

    static void add(Records.Kind kind, CommandLine line, Commands.Context context) {
        String ref = object(kind, line, context).ref().value();
        Records.Item item = item(kind, line.need("param-name"));
        String name = kind.model().name() + ".add_" + (item.field().type() instanceof Type.MapOf ? "to_" : "");
        Map<String, String> settings = line.filters();
        settings.keySet().removeAll(List.of("uuid", "param-name"));
        if (item.field().type() instanceof Type.MapOf) {
            settings.forEach((k, v) -> context.api().call(name + item.field().name(), ref, k, v));
        } else {
            context.api().call(name + item.field().name(), ref, line.need("param-key"));
        }
    }

    static void remove(Records.Kind kind, CommandLine line, Commands.Context context) {
        String ref = object(kind, line, context).ref().value();
        Records.Item item = item(kind, line.need("param-name"));
        String name = kind.model().name() + ".remove_" + (item.field().type() instanceof Type.MapOf ? "from_" : "");
        context.api().call(name + item.field().name(), ref, line.need("param-key"));
    }

    static void clear(Records.Kind kind, CommandLine line, Commands.Context context) {
        String ref = object(kind, line, context).ref().value();
        Records.Item item = item(kind, line.need("param-name"));
        Object empty = item.field().type() instanceof Type.MapOf
                ? Map.of()
                : item.field().type() instanceof Type.SetOf ? List.of() : "";
        context.api().call(kind.model().name() + ".set_" + item.field().name(), ref, empty);
    }
}
