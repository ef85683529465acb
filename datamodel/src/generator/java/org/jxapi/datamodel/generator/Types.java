package org.jxapi.datamodel.generator;

/** The model's type notation as Java source: the Java type of a value, and how to unpack it from an Object. */
final class Types {
    private Types() {}

    /** The boxed Java type. */
    static String java(String type) {
        switch (type) {
            case "string":
                return "String";
            case "int":
                return "Long";
            case "float":
                return "Double";
            case "bool":
                return "Boolean";
            case "datetime":
                return "XenTime";
            case "void":
                return "Void";
            case "<class> record":
                return "Row<?>";
            case "an event batch":
                return "EventBatch";
            default:
        }
        if (type.endsWith(" set")) {
            return "List<" + java(cut(type, " set")) + ">";
        }
        if (type.endsWith(" option")) {
            return java(cut(type, " option"));
        }
        if (type.endsWith(") map")) {
            String inner = type.substring(1, type.length() - ") map".length());
            int arrow = inner.indexOf(" -> ");
            return "Map<" + java(inner.substring(0, arrow)) + ", " + java(inner.substring(arrow + 4)) + ">";
        }
        if (type.startsWith("enum ")) {
            return Names.type(type.substring(5));
        }
        if (type.endsWith(" ref")) {
            return "Ref<" + Names.type(cut(type, " ref")) + ">";
        }
        if (type.endsWith(" record")) {
            return "Row<" + Names.type(cut(type, " record")) + ">";
        }
        throw new IllegalArgumentException(type);
    }

    /** The Java type of a parameter or result: primitive where there is one. */
    static String parameter(String type) {
        return switch (type) {
            case "int" -> "long";
            case "float" -> "double";
            case "bool" -> "boolean";
            case "void" -> "void";
            default -> java(type);
        };
    }

    private static String cut(String text, String suffix) {
        return text.substring(0, text.length() - suffix.length());
    }
}
