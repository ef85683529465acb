package org.jxapi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The section "Packages" of docs/architecture.md: a picture of the arrows, and the paragraph of each package. */
final class PackageMap {
    private static final Pattern COMMENT =
            Pattern.compile("\\A/\\*\\*(.*?)\\*/\\s*(?:@[\\w.]+\\s*)*package ", Pattern.DOTALL);
    private static final Pattern INLINE = Pattern.compile("\\{@(?:code|link) ([^}]*)}");
    private static final int WIDTH = 120;

    private final Path sources;
    private final Set<String> together;
    private final Map<String, Set<String>> uses = new TreeMap<>();

    /**
     * @param sources the folder of the package {@code org.jxapi}
     * @param arrows the packages that each package may use; without cycles, apart from those of {@code together}
     * @param together packages that use each other: they are one box of the picture
     */
    PackageMap(Path sources, Map<String, Set<String>> arrows, Set<String> together) {
        this.sources = sources;
        this.together = together;
        arrows.forEach((name, used) -> uses.computeIfAbsent(box(name), any -> new TreeSet<>())
                .addAll(used.stream().map(this::box).collect(Collectors.toSet())));
        uses.forEach((box, used) -> used.remove(box));
    }

    /** Mermaid's text of the picture. It leaves out an arrow to a package that another arrow leads to. */
    String picture() {
        StringBuilder out = new StringBuilder("```mermaid\nflowchart TD\n");
        for (String box : topFirst()) {
            out.append("    ").append(id(box)).append("[\"").append(box).append("\"]\n");
        }
        for (String box : topFirst()) {
            Set<String> used = uses.get(box);
            used.stream()
                    .filter(one -> used.stream().noneMatch(between -> reaches(between, one)))
                    .forEach(one -> out.append("    %s --> %s\n".formatted(id(box), id(one))));
        }
        return out.append("```\n").toString();
    }

    /** A list of the packages with their paragraphs, those that use the most first. */
    String paragraphs() throws IOException {
        StringBuilder out = new StringBuilder();
        for (String box : topFirst()) {
            for (String name : box.split(", ")) {
                Path folder = sources.resolve(name.replace('.', '/'));
                out.append(item("**" + name + "**: " + paragraph(folder)));
            }
        }
        return out.toString();
    }

    /** The comment of a folder's package-info.java in one line, with back-quotes around code; empty if there is none. */
    static String paragraph(Path folder) throws IOException {
        Path file = folder.resolve("package-info.java");
        Matcher comment = COMMENT.matcher(Files.exists(file) ? Files.readString(file) : "");
        if (!comment.find()) {
            return "";
        }
        String text = comment.group(1).replaceAll("(?m)^\\s*\\*", " ").replaceAll("\\s+", " ");
        return INLINE.matcher(text).replaceAll("`$1`").strip();
    }

    private static String item(String text) {
        StringBuilder out = new StringBuilder("-");
        int column = 1;
        for (String word : text.split(" ")) {
            if (column + 1 + word.length() > WIDTH) {
                out.append("\n ");
                column = 1;
            }
            out.append(' ').append(word);
            column += 1 + word.length();
        }
        return out.append('\n').toString();
    }

    private String box(String name) {
        return together.contains(name) ? String.join(", ", new TreeSet<>(together)) : name;
    }

    private static String id(String box) {
        return box.replaceAll("\\W+", "_");
    }

    private List<String> topFirst() {
        List<String> boxes = new ArrayList<>(uses.keySet());
        boxes.sort(Comparator.comparing(this::height).reversed());
        return boxes;
    }

    /** The longest way down. */
    private int height(String box) {
        return uses.get(box).stream().mapToInt(used -> 1 + height(used)).max().orElse(0);
    }

    private boolean reaches(String box, String other) {
        return uses.get(box).contains(other) || uses.get(box).stream().anyMatch(used -> reaches(used, other));
    }
}
