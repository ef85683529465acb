package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/architecture.md shows the packages that there are, with the paragraph that each package has. */
class PackageMapTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src", "main", "java", "org", "jxapi");

    @Test
    @Tag("generated")
    void theDocumentShowsTheArrowsAndTheParagraphs() throws IOException {
        Map<String, Set<String>> arrows = new HashMap<>(ArchitectureTest.ARROWS);
        arrows.put(ArchitectureTest.TOP, ArchitectureTest.ARROWS.keySet());
        PackageMap map = new PackageMap(SOURCES, arrows, ArchitectureTest.A_CALL);
        new GeneratedFile("docs/architecture.md").mustHoldPart("\n" + map.picture() + "\n" + map.paragraphs() + "\n");
    }

    @Test
    void everyPackageHasAParagraph() throws IOException {
        List<Path> without = new ArrayList<>();
        for (Path folder : packages()) {
            String paragraph = PackageMap.paragraph(folder);
            if (paragraph.length() < 60 || !paragraph.endsWith(".")) {
                without.add(folder);
            }
        }
        assertThat(without)
                .as("give these packages a package-info.java whose comment says what the package is for")
                .isEmpty();
    }

    /** Folders with sources that are not tests. */
    private static Set<Path> packages() throws IOException {
        Set<Path> packages = new TreeSet<>();
        for (String module : List.of("datamodel", "libxl-binding", "packaging/junit", "server", "xe-cli")) {
            for (String kind : List.of("generator", "main")) {
                Path sources = ROOT.resolve(module).resolve("src").resolve(kind).resolve("java");
                if (Files.exists(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        files.filter(file -> file.toString().endsWith(".java"))
                                .forEach(file -> packages.add(file.getParent()));
                    }
                }
            }
        }
        return packages;
    }

    @Test
    void thePictureLeavesOutArrowsThatOthersImply(@TempDir Path folder) {
        PackageMap map = new PackageMap(
                folder,
                Map.of("top", Set.of("a", "b", "low"), "a", Set.of("b", "low"), "b", Set.of("a"), "low", Set.of()),
                Set.of("a", "b"));
        assertThat(map.picture()).isEqualTo("""
                ```mermaid
                flowchart TD
                    top["top"]
                    a_b["a, b"]
                    low["low"]
                    top --> a_b
                    a_b --> low
                ```
                """);
    }

    @Test
    void aParagraphIsTheCommentOfThePackage(@TempDir Path folder) throws IOException {
        assertThat(PackageMap.paragraph(folder)).isEmpty();
        Path file = folder.resolve("package-info.java");
        Files.writeString(file, "/* No Javadoc. */\npackage a;\n");
        assertThat(PackageMap.paragraph(folder)).isEmpty();
        Files.writeString(file, "/**\n * Keeps {@code x}\n * and y.\n */\n@NullMarked\npackage a;\n");
        assertThat(PackageMap.paragraph(folder)).isEqualTo("Keeps `x` and y.");
    }
}
