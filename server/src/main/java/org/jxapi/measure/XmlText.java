package org.jxapi.measure;

/** XML without white space, as XAPI's xmlm library writes it. */
final class XmlText {
    private final StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    XmlText open(String name) {
        out.append('<').append(name).append('>');
        return this;
    }

    XmlText close(String name) {
        int begin = out.length() - name.length() - 2;
        if (out.charAt(begin) == '<' && out.charAt(begin + 1) != '/') {
            out.insert(out.length() - 1, '/');
            return this;
        }
        out.append("</").append(name).append('>');
        return this;
    }

    XmlText element(String name, String text) {
        open(name);
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            switch (next) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.append(next);
            }
        }
        return close(name);
    }

    XmlText element(String name, long number) {
        open(name);
        out.append(number);
        return close(name);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
