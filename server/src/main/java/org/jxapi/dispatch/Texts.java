package org.jxapi.dispatch;

/** What a string may hold on the wire. */
final class Texts {
    private Texts() {}

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
