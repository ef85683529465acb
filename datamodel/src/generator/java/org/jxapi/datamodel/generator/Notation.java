package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;

/** The notation of types in the model files: {@code VM ref set}, {@code (string -> enum vm_operations) map}. */
final class Notation {
    /** The text is no type; the fault says why. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        final String fault;

        private Malformed(String fault) {
            super(fault);
            this.fault = fault;
        }
    }

    private final Set<String> classes = new HashSet<>();
    private final Map<String, JsonNode> enums;

    Notation(ModelFiles files) {
        files.classes().forEach(c -> classes.add(c.get("class").asText()));
        this.enums = files.enums();
    }

    Type parse(String text) throws Malformed {
        return parse(text, text);
    }

    /** The type of a notation that is known to be one. */
    Type known(String text) {
        try {
            return parse(text);
        } catch (Malformed e) {
            throw new IllegalStateException(e);
        }
    }

    private Type parse(String text, String whole) throws Malformed {
        for (Type.Basic basic : Type.Basic.values()) {
            if (basic.text().equals(text)) {
                return basic;
            }
        }
        if (text.endsWith(" set")) {
            return new Type.SetOf(parse(cut(text, " set"), whole));
        }
        if (text.endsWith(" option")) {
            return new Type.Option(parse(cut(text, " option"), whole));
        }
        if (text.startsWith("(") && text.endsWith(") map")) {
            String inner = cut(text, ") map").substring(1);
            int arrow = inner.indexOf(" -> ");
            if (arrow > 0) {
                Type key = parse(inner.substring(0, arrow), whole);
                return new Type.MapOf(key, parse(inner.substring(arrow + 4), whole));
            }
        }
        if (text.startsWith("enum ")) {
            return enumeration(text.substring(5), whole);
        }
        if (text.endsWith(" ref")) {
            return new Type.Reference(known(cut(text, " ref"), whole));
        }
        if (text.endsWith(" record")) {
            return new Type.Record(known(cut(text, " record"), whole));
        }
        throw unknown("type", text, whole);
    }

    private String known(String className, String whole) throws Malformed {
        if (!classes.contains(className)) {
            throw unknown("class", className, whole);
        }
        return className;
    }

    private Type.Enumeration enumeration(String name, String whole) throws Malformed {
        JsonNode model = enums.get(name);
        if (model == null) {
            throw unknown("enum", name, whole);
        }
        Map<String, XenEnum> values = new LinkedHashMap<>();
        for (JsonNode value : model.path("values")) {
            String wire = value.asText();
            values.put(wire, () -> wire);
        }
        return new Type.Enumeration(name, values);
    }

    private static Malformed unknown(String kind, String name, String whole) {
        String where = name.equals(whole) ? "" : " in \"" + whole + "\"";
        return new Malformed("unknown " + kind + " \"" + name + "\"" + where);
    }

    private static String cut(String text, String suffix) {
        return text.substring(0, text.length() - suffix.length());
    }

    /** Whether the type is of these, or holds one of these. */
    static boolean holds(Type type, List<Class<? extends Type>> kinds, List<Type.Basic> basics) {
        if (kinds.stream().anyMatch(k -> k.isInstance(type)) || basics.contains(type)) {
            return true;
        }
        if (type instanceof Type.SetOf set) {
            return holds(set.element(), kinds, basics);
        } else if (type instanceof Type.Option option) {
            return holds(option.element(), kinds, basics);
        } else if (type instanceof Type.MapOf map) {
            return holds(map.key(), kinds, basics) || holds(map.value(), kinds, basics);
        }
        return false;
    }
}
