package org.jxapi.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.datamodel.XenTime;

/** Reads the textual form of values that {@link DbText} writes. */
public final class DbValues {
    private final String text;
    private int at;

    private DbValues(String text) {
        this.text = text;
    }

    /**
     * The value of a field's type that is written so.
     *
     * @throws IllegalArgumentException when the text is none
     */
    public static Object parse(Type type, String text) {
        if (type instanceof Type.SetOf set) {
            return new DbValues(text).set(set);
        }
        if (type instanceof Type.MapOf map) {
            return new DbValues(text).map(map);
        }
        if (type instanceof Type.Enumeration enumeration) {
            XenEnum constant = enumeration.values().get(text);
            if (constant == null) {
                throw new IllegalArgumentException("no " + type.text());
            }
            return constant;
        }
        if (type instanceof Type.Reference reference) {
            return reference.ref(text);
        }
        if (type instanceof Type.Basic basic) {
            return basic(basic, text);
        }
        throw new IllegalArgumentException("no field has the type " + type.text());
    }

    private static Object basic(Type.Basic type, String text) {
        return switch (type) {
            case STRING -> text;
            case INT -> Long.valueOf(text);
            case FLOAT -> number(text);
            case DATETIME -> XenTime.parse(text);
            case BOOL -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException("no bool");
                }
                yield Boolean.valueOf(text);
            }
            default -> throw new IllegalArgumentException("no field has the type " + type.text());
        };
    }

    private static Double number(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.valueOf(text);
        };
    }

    private List<Object> set(Type.SetOf type) {
        List<Object> members = new ArrayList<>();
        need('(');
        while (!take(')')) {
            members.add(parse(type.element(), quoted()));
        }
        end();
        return Collections.unmodifiableList(members);
    }

    private Map<Object, Object> map(Type.MapOf type) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        need('(');
        while (!take(')')) {
            need('(');
            Object key = parse(type.key(), quoted());
            entries.put(key, parse(type.value(), quoted()));
            need(')');
        }
        end();
        return Collections.unmodifiableMap(entries);
    }

    private String quoted() {
        need('\'');
        StringBuilder out = new StringBuilder();
        while (!take('\'')) {
            if (peek() == '\\') {
                at++;
            }
            out.append(peek());
            at++;
        }
        return out.toString();
    }

    private char peek() {
        if (at >= text.length()) {
            throw new IllegalArgumentException("a list without an end");
        }
        return text.charAt(at);
    }

    /** Blanks separate members; within quotes there is a character at least before the next mark. */
    private boolean take(char mark) {
        if (mark == ')') {
            blanks();
        }
        boolean found = peek() == mark;
        if (found) {
            at++;
        }
        return found;
    }

    private void need(char mark) {
        blanks();
        if (peek() != mark) {
            throw new IllegalArgumentException("no " + mark + " where one should be in a list");
        }
        at++;
    }

    private void blanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private void end() {
        if (at < text.length()) {
            throw new IllegalArgumentException("more text behind a list");
        }
    }
}
