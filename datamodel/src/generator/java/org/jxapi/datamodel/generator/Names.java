package org.jxapi.datamodel.generator;

import java.util.Locale;
import java.util.Set;

/** How names of the model become Java names. */
final class Names {
    private static final Set<String> KEYWORDS = Set.of(
            "class",
            "default",
            "enum",
            "final",
            "interface",
            "new",
            "package",
            "private",
            "public",
            "static",
            "switch",
            "void",
            "int",
            "float",
            "boolean",
            "long",
            "double",
            "native",
            "import",
            "this",
            "null",
            "true",
            "false");

    private Names() {}

    /** {@code VM_guest_metrics} becomes VMGuestMetrics, {@code host} Host. */
    static String type(String name) {
        StringBuilder out = new StringBuilder();
        for (String part : name.split("[_\\-]")) {
            if (!part.isEmpty()) {
                out.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
            }
        }
        return out.toString();
    }

    /** {@code start_on} becomes startOn; {@code get_API_version} getAPIVersion. */
    static String member(String name) {
        String type = type(name);
        int upper = 0;
        while (upper < type.length() && Character.isUpperCase(type.charAt(upper))) {
            upper++;
        }
        int lower = upper <= 1 || upper == type.length() || Character.isDigit(type.charAt(upper)) ? upper : upper - 1;
        String text = type.substring(0, lower).toLowerCase(Locale.ROOT) + type.substring(lower);
        if (text.isEmpty() || text.equals("wait") || text.equals("notify")) {
            return text + "_";
        }
        return KEYWORDS.contains(text) ? text + "_" : text;
    }

    /** {@code name_label} becomes NAME_LABEL; what cannot begin a Java name gets an underscore. */
    static String constant(String name) {
        String text = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        return text.isEmpty() || Character.isDigit(text.charAt(0)) ? "_" + text : text;
    }

    /** A Java string literal. */
    static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** Text that is safe inside a Javadoc comment. */
    static String doc(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("*/", "*&#47;")
                .replace("@", "&#64;");
    }
}
