package org.jxapi.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of this repository as a clone has them: nothing that a build or an editor leaves there. */
public final class Repository {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of(".git", "target", ".idea", ".vscode", "node_modules");

    private Repository() {}

    /** All files, relative to the root. */
    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // In a worktree .git is a file.
                if (!NOT_OURS.contains(file.getFileName().toString())) {
                    files.add(ROOT.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    /** The files whose names end so. */
    public static List<Path> files(String end) throws IOException {
        return files().stream().filter(file -> file.toString().endsWith(end)).toList();
    }

    /** The poms of the modules. */
    static List<Path> modules() throws IOException {
        return files("/pom.xml").stream()
                .filter(pom -> !pom.startsWith(Path.of("docs", "examples")))
                .toList();
    }

    /** All files but those that are no text: databases of earlier schemas. */
    static List<Path> texts() throws IOException {
        List<Path> texts = files();
        texts.removeIf(file -> file.toString().endsWith(".gz"));
        return texts;
    }

    /** The text of a file; bytes that are not UTF-8 fail. */
    public static String text(Path file) throws IOException {
        return Files.readString(ROOT.resolve(file), StandardCharsets.UTF_8);
    }

    static String text(String file) throws IOException {
        return text(Path.of(file));
    }
}
