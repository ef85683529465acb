package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/howto names files and classes that exist. "(new)" follows the name of a file that the reader adds. */
class HowtosTest {
    private static final String FOLDER = "docs/howto";
    private static final Pattern FILE =
            Pattern.compile("`(?:[\\w.-]+/)*([\\w-]+\\.(?:java|yaml|txt|sql|md))`(?! \\(new\\))");
    private static final Pattern CLASS =
            Pattern.compile("`(?:\\w+/)?([A-Z][a-z]\\w+)(?:\\.[a-zA-Z]\\w*)?`(?! \\(new\\))");

    @Test
    void filesAndClassesThatTheyNameExist() throws IOException {
        List<Path> files = Repository.files();
        List<String> names =
                files.stream().map(file -> file.getFileName().toString()).toList();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Path howto : files.stream().filter(file -> file.startsWith(FOLDER)).toList()) {
            String text = Repository.text(howto);
            for (Pattern pattern : List.of(FILE, CLASS)) {
                Matcher name = pattern.matcher(text);
                while (name.find()) {
                    String file = pattern == FILE ? name.group(1) : name.group(1) + ".java";
                    found++;
                    if (!names.contains(file)) {
                        missing.add(howto + " names " + name.group() + ", which does not exist");
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(20);
    }
}
