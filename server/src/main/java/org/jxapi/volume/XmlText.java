package org.jxapi.volume;

import java.util.ArrayDeque;
import java.util.Deque;

/** XML as the storage managers of XenServer print it: elements on lines of their own, indented by tabs. */
public final class XmlText {
    private final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" ?>\n");
    private final Deque<String> open = new ArrayDeque<>();
    private boolean empty = true;

    public XmlText(String root) {
        open.push(root);
        text.append('<').append(root);
    }

    /** Begins an element. */
    public XmlText open(String name) {
        begin();
        text.append('<').append(name);
        open.push(name);
        empty = true;
        return this;
    }

    private void begin() {
        if (empty) {
            text.append(">\n");
            empty = false;
        }
        text.append("\t".repeat(open.size()));
    }

    /** Adds an element that holds a text. */
    public XmlText text(String name, String value) {
        begin();
        text.append('<').append(name).append('>').append(escaped(value));
        text.append("</").append(name).append(">\n");
        return this;
    }

    /** Ends the element that was begun last. */
    public XmlText close() {
        String name = open.pop();
        if (empty) {
            text.append("/>\n");
        } else {
            text.append("\t".repeat(open.size())).append("</").append(name).append(">\n");
        }
        empty = false;
        return this;
    }

    /** Ends everything and returns the text. */
    public String end() {
        while (!open.isEmpty()) {
            close();
        }
        return text.toString();
    }

    private static String escaped(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
