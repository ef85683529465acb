package org.jxapi.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The UTF-8 bytes of a document that is being written. Strings go into them without a copy in between. */
final class XmlOutput {
    /** Larger memory than this is not kept for the next document. */
    private static final int MAX_KEPT = 64 * 1024;

    private byte[] bytes;
    private int length;

    XmlOutput(int capacity) {
        bytes = new byte[capacity];
    }

    /** Markup in ASCII, as it is. */
    XmlOutput markup(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** Markup or a number: ASCII that needs no escapes. */
    XmlOutput markup(String ascii) {
        int end = ascii.length();
        reserve(end);
        for (int i = 0; i < end; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Text, escaped as XAPI does; control characters that have no place in XML are left out. */
    XmlOutput text(String text) {
        int end = text.length();
        reserve(end);
        int i = 0;
        while (i < end && plain(text.charAt(i))) {
            bytes[length++] = (byte) text.charAt(i++);
        }
        return i < end ? escaped(text, i) : this;
    }

    private static boolean plain(char c) {
        return c >= 0x20 && c < 0x80 && c != '<' && c != '>' && c != '&' && c != '"';
    }

    private XmlOutput escaped(String text, int from) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> {
                    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
                        out.append(c);
                    }
                }
            }
        }
        return markup(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** The written document. The next one may follow. */
    byte[] take() {
        byte[] document = Arrays.copyOf(bytes, length);
        length = 0;
        if (bytes.length > MAX_KEPT) {
            bytes = new byte[MAX_KEPT];
        }
        return document;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
