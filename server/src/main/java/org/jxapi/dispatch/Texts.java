package org.jxapi.dispatch;

import org.jxapi.xenapi.Errors;

/** What a string may hold on the wire. */
final class Texts {
    private Texts() {}

    /** The string itself; INVALID_VALUE when it is not Unicode text, as XAPI answers invalid UTF-8. */
    static String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw Errors.invalidValue("Invalid UTF-8 string in parameter", text.substring(0, i));
                }
                i++;
            }
        }
        return text;
    }

    /** The string up to its first character that XML cannot hold: map keys and set members are cut there. */
    static String cut(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
