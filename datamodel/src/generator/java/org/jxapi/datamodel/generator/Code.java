package org.jxapi.datamodel.generator;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.datamodel.XenTime;

/** Types and values of the model as Java source, for a class in which some names are taken. */
final class Code {
    private final Set<String> taken;

    /** The names that the class has fields for. */
    Code(Set<String> taken) {
        this.taken = taken;
    }

    /** A constant that is imported; its whole name where the class has a field of the short one. */
    String constant(Enum<?> value) {
        String name = value.name();
        return taken.contains(name) ? value.getDeclaringClass().getCanonicalName() + "." + name : name;
    }

    /** The boxed Java type of a type's values. */
    static String javaType(Type type) {
        if (type instanceof Type.SetOf set) {
            return "List<" + javaType(set.element()) + ">";
        } else if (type instanceof Type.Option option) {
            return javaType(option.element());
        } else if (type instanceof Type.MapOf map) {
            return "Map<" + javaType(map.key()) + ", " + javaType(map.value()) + ">";
        } else if (type instanceof Type.Enumeration enumeration) {
            return Names.type(enumeration.name());
        } else if (type instanceof Type.Reference reference) {
            return "Ref<" + Names.type(reference.className()) + ">";
        } else if (type instanceof Type.Record record) {
            return "Row<" + Names.type(record.className()) + ">";
        }
        return switch ((Type.Basic) type) {
            case STRING -> "String";
            case INT -> "Long";
            case FLOAT -> "Double";
            case BOOL -> "Boolean";
            case DATETIME -> "XenTime";
            case VOID -> "Void";
            case ANY_RECORD -> "Row<?>";
            case EVENT_BATCH -> "EventBatch";
        };
    }

    /** The Java type of a parameter or result: primitive where there is one. */
    static String parameterType(Type type) {
        if (type == Type.Basic.INT) {
            return "long";
        } else if (type == Type.Basic.FLOAT) {
            return "double";
        } else if (type == Type.Basic.BOOL) {
            return "boolean";
        }
        return type == Type.Basic.VOID ? "void" : javaType(type);
    }

    /** An expression for the type, with the members of {@link Type} imported. */
    String type(Type type) {
        if (type instanceof Type.SetOf set) {
            return "set(" + type(set.element()) + ")";
        } else if (type instanceof Type.Option option) {
            return "option(" + type(option.element()) + ")";
        } else if (type instanceof Type.MapOf map) {
            return "map(" + type(map.key()) + ", " + type(map.value()) + ")";
        } else if (type instanceof Type.Enumeration enumeration) {
            return Names.type(enumeration.name()) + ".TYPE";
        } else if (type instanceof Type.Reference reference) {
            return "ref(" + Names.quote(reference.className()) + ")";
        } else if (type instanceof Type.Record record) {
            return "record(" + Names.quote(record.className()) + ")";
        }
        return constant((Type.Basic) type);
    }

    /** An expression for a default value of the type. */
    String value(Type type, Object value) {
        if (value instanceof Long number) {
            return number + "L";
        } else if (value instanceof Double || value instanceof Boolean) {
            return value.toString();
        } else if (value instanceof XenTime time) {
            return time.equals(XenTime.NEVER) ? "XenTime.NEVER" : "XenTime.parse(" + Names.quote(time.toString()) + ")";
        } else if (value instanceof XenEnum constant) {
            return javaType(type) + "." + Names.constant(constant.wire());
        } else if (value instanceof Ref<?> ref) {
            return "new Reference(" + Names.quote(ref.className()) + ").ref(" + Names.quote(ref.value()) + ")";
        } else if (value instanceof List<?> list) {
            Type element = ((Type.SetOf) type).element();
            return "List.of("
                    + String.join(
                            ", ", list.stream().map(v -> value(element, v)).toList())
                    + ")";
        } else if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "Map.of()" : "OrderedMap.of(" + entries(map) + ")";
        }
        return Names.quote((String) value);
    }

    private static String entries(Map<?, ?> map) {
        StringBuilder out = new StringBuilder();
        map.forEach((key, value) -> out.append(out.isEmpty() ? "" : ", ")
                .append(Names.quote((String) key))
                .append(", ")
                .append(Names.quote((String) value)));
        return out.toString();
    }
}
