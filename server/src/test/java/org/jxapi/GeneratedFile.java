package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of the tree that a test writes from the code. Such a test has the tag {@code generated}:
 * {@code packaging/dev generate} runs it to write the file, and every build runs it to compare.
 *
 * @param name path from the root of the tree
 */
public record GeneratedFile(String name) {
    private static final String BEGIN = "<!-- packaging/dev generate writes the lines from here -->\n";
    private static final String END = "<!-- to here -->\n";

    /** Writes the text if files are generated now; otherwise fails at the first line that differs. */
    public void mustHold(String text) throws IOException {
        Path path = Path.of("..").resolve(name);
        if (Boolean.getBoolean("jxapi.generate")) {
            Files.writeString(path, text);
        }
        String[] there = Files.exists(path) ? Files.readString(path).split("\n", -1) : new String[0];
        String[] wanted = text.split("\n", -1);
        int same = 0;
        while (same < Math.min(there.length, wanted.length) && there[same].equals(wanted[same])) {
            same++;
        }
        assertThat(line(there, same))
                .as("%s, line %d, is not what the code says; run packaging/dev generate", name, same + 1)
                .isEqualTo(line(wanted, same));
    }

    /** The same for a part of the file, between the two lines that say so. */
    public void mustHoldPart(String part) throws IOException {
        String text = Files.readString(Path.of("..").resolve(name));
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        assertThat(end)
                .as("%s must have the lines %s and %s, in this order", name, BEGIN, END)
                .isGreaterThanOrEqualTo(begin);
        mustHold(text.substring(0, begin) + part + text.substring(end));
    }

    private static String line(String[] lines, int index) {
        return index < lines.length ? lines[index] : "(no line)";
    }
}
