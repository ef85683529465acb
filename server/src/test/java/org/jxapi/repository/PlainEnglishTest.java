package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents, scripts, comments and messages use plain English: active voice, subject first, the field's own words. */
class PlainEnglishTest {
    /** Phrases that a native engineer would not write, and what to write instead. */
    private static final Map<String, String> BETTER = Map.ofEntries(
            Map.entry("anew", "again"),
            Map.entry("beside", "besides, in addition to, or next to"),
            Map.entry("whoever", "a noun: a client that, the caller"),
            Map.entry("stands? in", "is in"),
            Map.entry("stands? beside", "is next to"),
            Map.entry("tells", "reports, returns, shows or says"),
            Map.entry("(?:is|are|was|were) told", "gets, or an active verb: the daemon reports"),
            Map.entry("figures", "numbers"),
            Map.entry("lets? run", "unpauses, starts"),
            Map.entry("(?:goes|go|went) away", "disappears, ends, is removed"),
            Map.entry("shall", "must or will"),
            Map.entry("hears?", "gets, receives"),
            Map.entry("(?:is|are|be) let", "an active verb: it unpauses the guest"),
            Map.entry("reckon(?:s|ed)?", "computes, estimates"));

    private static final Pattern PHRASE = Pattern.compile(
            "\\b(?:"
                    + String.join("|", BETTER.keySet().stream().sorted().toList())
                            .replace(" ", "\\s+(?:(?:\\*|//|#|--)\\s+)?")
                    + ")\\b",
            Pattern.CASE_INSENSITIVE);

    /** A sentence whose subject is a clause: "What is not listed works." A question is none. */
    private static final Pattern CLAUSE = Pattern.compile(
            "(?:^[ \\t]*(?:(?:/\\*\\*|\\*|//|#|--|-) +)?|[.!] )((?:What|Who) [a-z]+)(?![^.!]*[?])", Pattern.MULTILINE);

    /** Comments and texts of Java, in the order of its grammar: a quote in a comment begins no text. */
    private static final Pattern JAVA = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'",
            Pattern.DOTALL);

    record Finding(Path file, int line, String phrase, String better) {
        @Override
        public String toString() {
            return file + ":" + line + ": \"" + phrase + "\"; write: " + better;
        }
    }

    private static List<Finding> findings(Path file, String text) {
        List<Finding> found = new ArrayList<>();
        for (MatchResult match : PHRASE.matcher(text).results().toList()) {
            String phrase = match.group().replaceAll("\\s+(?:(?:\\*|//|#|--)\\s+)?", " ");
            found.add(new Finding(file, line(text, match.start()), phrase, better(phrase)));
        }
        for (MatchResult match : CLAUSE.matcher(text).results().toList()) {
            found.add(new Finding(file, line(text, match.start(1)), match.group(1) + " …", "a noun as the subject"));
        }
        return found;
    }

    private static String better(String phrase) {
        return BETTER.entrySet().stream()
                .filter(entry -> phrase.toLowerCase(Locale.ROOT).matches(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    private static int line(String text, int offset) {
        return 1
                + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }

    /** The comments and texts of Java, on the lines that they have there. */
    private static String words(String java) {
        StringBuilder words = new StringBuilder();
        int end = 0;
        for (MatchResult match : JAVA.matcher(java).results().toList()) {
            words.append(java.substring(end, match.start()).replaceAll("[^\\n]+", ""))
                    .append(match.group());
            end = match.end();
        }
        return words.toString();
    }

    /** Whether people read this file: documents, scripts, code and its resources. */
    private static boolean read(Path file) {
        String name = file.toString();
        return name.matches(".*\\.(md|java|yaml|yml|xml|sql|txt|sh|py|js)")
                || name.startsWith("packaging/")
                || name.startsWith(".ci/");
    }

    private static List<Finding> findings(List<Path> files) throws IOException {
        List<Finding> found = new ArrayList<>();
        for (Path file : files) {
            String text = Repository.text(file);
            found.addAll(findings(file, file.toString().endsWith(".java") ? words(text) : text));
        }
        return found;
    }

    @Test
    void allFilesAreInPlainEnglish() throws IOException {
        List<Path> files = Repository.texts().stream()
                .filter(PlainEnglishTest::read)
                .filter(file -> !file.endsWith("PlainEnglishTest.java"))
                .toList();
        assertThat(files).hasSizeGreaterThan(800);
        assertThat(files)
                .as("the texts of xe")
                .contains(
                        Path.of("server/src/main/resources/org/jxapi/cli/parameters.txt"),
                        Path.of("server/src/main/resources/org/jxapi/cli/records.txt"),
                        Path.of("packaging/man/xe.1"),
                        Path.of("packaging/completion/xe"),
                        Path.of("packaging/completion/xe-query"));
        assertThat(findings(files)).as("replace these phrases").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "It starts anew.",
                "The key stands\n * in the file.",
                "/** What is served. */",
                "It ends. Who asks is told.",
                "Text:\n- What is left stays."
            })
    void phrasesAreFound(String text) {
        assertThat(findings(Path.of("a"), text)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"What is left? Nothing.", "It says what is left.", "A new one.", "It configures this."})
    void plainEnglishPasses(String text) {
        assertThat(findings(Path.of("a"), text)).isEmpty();
    }

    @Test
    void aFindingNamesLinePhraseAndBetterWords() {
        assertThat(findings(Path.of("a.md"), "One.\nIt goes away.\n"))
                .hasToString("[a.md:2: \"goes away\"; write: disappears, ends, is removed]");
    }

    @Test
    void ofJavaOnlyCommentsAndTextsCount() {
        String java = "int beside = f('\"'); // \"anew\n/* beside\n */ String anew = \"tells \\\" beside\"; int tells;";
        assertThat(findings(Path.of("A.java"), words(java)))
                .extracting(Finding::line, Finding::phrase)
                .containsExactlyInAnyOrder(tuple(1, "anew"), tuple(2, "beside"), tuple(3, "tells"), tuple(3, "beside"));
    }
}
