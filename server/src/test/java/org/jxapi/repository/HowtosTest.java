package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/howto names paths, files and classes that exist. "(new)" follows the name of a file that the reader adds. */
class HowtosTest {
    private static final Pattern PATH = Pattern.compile(
            "`((?:datamodel|docs|libxl-binding|packaging|server|xe-cli)/(?:(?!target/)[\\w.-]+/?)+)`(?! \\(new\\))");
    private static final Pattern FILE =
            Pattern.compile("`(?:[\\w.-]+/)*([\\w-]+\\.(?:java|yaml|txt|sql|md))`(?! \\(new\\))");
    private static final Pattern CLASS =
            Pattern.compile("`(?:\\w+/)?([A-Z][a-z]\\w+)(?:\\.[a-zA-Z]\\w*)?`(?! \\(new\\))");

    /** A name that stands for several, such as schema-N.mv.db.gz. */
    private static final String PLACEHOLDER = "-N.";

    @Test
    void pathsFilesAndClassesThatTheyNameExist() throws IOException {
        List<Path> files = Repository.files();
        Set<String> names =
                files.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Path howto : files) {
            if (!howto.startsWith("docs/howto")) {
                continue;
            }
            String text = Repository.text(howto);
            List<String> paths = named(PATH, text);
            List<String> simple = named(FILE, text);
            named(CLASS, text).forEach(name -> simple.add(name + ".java"));
            paths.removeIf(path -> path.contains(PLACEHOLDER));
            found += paths.size() + simple.size();
            paths.removeIf(path -> Files.exists(Repository.ROOT.resolve(path)));
            simple.removeIf(name -> names.contains(name) || generated(name));
            Stream.of(paths, simple).flatMap(List::stream).forEach(name -> missing.add(howto + " names " + name));
        }
        assertThat(missing).as("files that do not exist").isEmpty();
        assertThat(found).isGreaterThan(40);
    }

    private static boolean generated(String file) {
        return Files.exists(Repository.ROOT
                .resolve("datamodel/target/generated-sources/xenapi/org/jxapi/xenapi")
                .resolve(file));
    }

    private static List<String> named(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
