package org.jxapi.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Floats;

/** Values as they come from the wire, before the model says of what type they must be. */
public final class Untyped {
    private Untyped() {}

    /** A date and time that says that it is one; its text is not checked yet. */
    public record DateTime(String text) {}

    /** Binary data, which no message takes. */
    public record Base64(String text) {}

    /** The value as XAPI's error messages show it, such as {@code S(text)} or {@code {key:I(1)}}. */
    public static String text(@Nullable Object value) {
        if (value instanceof Long number) {
            return "I(" + number + ")";
        }
        if (value instanceof Boolean bool) {
            return "B(" + bool + ")";
        }
        if (value instanceof Double number) {
            return "F(" + Floats.g(number, 6) + ")";
        }
        if (value instanceof String text) {
            return "S(" + text + ")";
        }
        if (value instanceof DateTime time) {
            return "D(" + time.text() + ")";
        }
        if (value instanceof Base64 data) {
            return "B64(" + data.text() + ")";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Untyped::text).collect(Collectors.joining(";", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> e.getKey() + ":" + text(e.getValue()))
                    .collect(Collectors.joining(";", "{", "}"));
        }
        return "N";
    }

    /** Whether all strings in the value are Unicode text: JSON's escapes can name halves of surrogate pairs. */
    public static boolean isUnicode(Object value) {
        if (value instanceof String text) {
            return isUnicode(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Untyped::isUnicode);
        }
        return !(value instanceof Map<?, ?> map)
                || map.entrySet().stream().allMatch(e -> isUnicode(e.getKey()) && isUnicode(e.getValue()));
    }

    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(text);
            }
        }
        return true;
    }
}
