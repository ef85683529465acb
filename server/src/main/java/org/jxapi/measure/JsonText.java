package org.jxapi.measure;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** JSON without white space, whose numbers are text, as XAPI writes measurements. */
final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    JsonText open(char bracket) {
        separate();
        out.append(bracket);
        first = true;
        return this;
    }

    JsonText close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    JsonText name(String name) {
        text(name);
        out.append(':');
        first = true;
        return this;
    }

    JsonText text(String text) {
        separate();
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
        return this;
    }

    JsonText member(String name, String text) {
        return name(name).text(text);
    }

    JsonText member(String name, long number) {
        return member(name, Long.toString(number));
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
