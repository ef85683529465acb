package org.jxapi.dispatch;

import java.nio.charset.StandardCharsets;

/**
 * Exceptions of XAPI's own language as INTERNAL_ERROR shows them. Clients match these texts, so they are XAPI's to the
 * letter. A {@code Failure} is an S-expression, as the library sexplib prints it: {@code (Failure "no such thing")}.
 */
public final class ExceptionText {
    /** Longer expressions go on in a second line, indented by {@link #INDENT}. */
    private static final int LINE = 78;

    private static final int INDENT = 2;

    private ExceptionText() {}

    /** A {@code Failure} with that text. */
    public static String failure(String text) {
        String head = "(Failure";
        String atom = atom(text);
        boolean fits = head.length() + 1 + atom.replace("\\\n", "\\").length() + 1 <= LINE;
        int column = fits ? head.length() + 1 : INDENT;
        String aligned = atom.replace("\\\n", "\\\n" + " ".repeat(column));
        return head + (fits ? " " : "\n" + " ".repeat(INDENT)) + aligned + ")";
    }

    /** Another exception that carries one text. */
    static String other(String name, String text) {
        return name + "(\"" + escaped(text) + "\")";
    }

    /** The text, in quotes if it needs them. Text of several lines is quoted line by line, aligned by a space. */
    private static String atom(String text) {
        if (plain(text)) {
            return text;
        }
        int newline = text.indexOf('\n');
        boolean oneLine = newline < 0 || newline == text.length() - 1;
        return oneLine ? "\"" + escaped(text) + "\"" : " \"" + escaped(text).replace("\\n", "\\\n\\n") + "\"";
    }

    private static boolean plain(String text) {
        return !text.isEmpty()
                && !text.contains("#|")
                && !text.contains("|#")
                && text.chars().allMatch(c -> c > 0x20 && c < 0x7F && "\"();\\".indexOf(c) < 0);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            switch (b) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                default -> {
                    if (b >= 0x20 && b < 0x7F) {
                        out.append((char) b);
                    } else {
                        out.append('\\').append(String.format("%03d", b & 0xFF));
                    }
                }
            }
        }
        return out.toString();
    }
}
