package org.jxapi.datamodel.generator;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Lifecycle;
import org.jxapi.datamodel.Type;

/** How parts of the model look in the API reference. */
final class Markdown {
    private Markdown() {}

    /** Text in the form for a table's cell. */
    static String cell(String text) {
        return text.replace("|", "\\|")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("*", "\\*");
    }

    static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    /** A type, with links to the classes in it. */
    static String type(Type type) {
        if (type instanceof Type.Reference ref) {
            return link(ref.className()) + " ref";
        } else if (type instanceof Type.Record record) {
            return link(record.className()) + " record";
        } else if (type instanceof Type.SetOf set) {
            return type(set.element()) + " set";
        } else if (type instanceof Type.Option option) {
            return type(option.element()) + " option";
        } else if (type instanceof Type.MapOf map) {
            return "(" + type(map.key()) + " → " + type(map.value()) + ") map";
        } else if (type instanceof Type.Enumeration enumeration) {
            return "[" + enumeration.name() + "](#" + enumeration.name() + ")";
        }
        return cell(type.text());
    }

    static String link(String className) {
        return "[" + className + "](" + className + ".md)";
    }

    static String role(@Nullable BuiltInRole role) {
        return role == null ? "" : role == BuiltInRole.LOCAL_ROOT ? "the host's own root" : role.wire();
    }

    static String keyRoles(Map<String, BuiltInRole> roles) {
        return roles.entrySet().stream()
                .map(e -> "`" + e.getKey() + "` " + role(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Empty for what is simply published; else its state and since when. */
    static String state(Lifecycle lifecycle) {
        return switch (lifecycle.state()) {
            case PUBLISHED -> "";
            case PROTOTYPED -> "Prototype.";
            case DEPRECATED -> "Deprecated since " + lifecycle.transitions().get("deprecated") + ".";
            case REMOVED -> "Removed in " + lifecycle.transitions().get("removed") + ".";
        };
    }
}
