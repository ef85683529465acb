package org.jxapi.diagnosis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** The lines of an item on their way to a file or to another host: without secrets, and not too many. */
final class RedactedLines implements Item.Lines {
    /** The largest item, in bytes. */
    static final long LARGEST = 8L << 20;
    /** Longer lines are cut, in characters: a row of the database may have many. */
    private static final int LONGEST_LINE = 256 * 1024;

    private final Redaction secrets;
    private final Writer out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long left = LARGEST;

    RedactedLines(Redaction secrets, Writer out) {
        this.secrets = secrets;
        this.out = out;
        secrets.nextText();
    }

    @Override
    public void add(String text) throws IOException {
        String cut = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + " (cut)" : text;
        String shown = secrets.line(cut) + "\n";
        left -= shown.length();
        if (left < 0) {
            throw new IOException("The rest is left out: there are more than " + LARGEST + " bytes.");
        }
        out.write(shown);
    }

    /** Adds all lines of an item, as far as it can. */
    void add(Item item) throws IOException {
        try {
            item.source().write(this);
        } finally {
            if (line.size() > 0) {
                addLine();
            }
        }
    }

    /** A flush does not end a line, because each part of it may have a half of a secret. */
    @Override
    public OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (b == '\n') {
                    addLine();
                } else {
                    line.write(b);
                    if (line.size() >= LONGEST_LINE) {
                        addLine();
                    }
                }
            }
        };
    }

    private void addLine() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        add(text);
    }
}
