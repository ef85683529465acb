package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links between the documents lead somewhere. ApiReferenceTest holds those inside docs/api. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\\n]+`");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"");

    @Test
    void everyLinkOfADocumentLeadsToAFileAndItsHeading() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path document : Repository.files(".md")) {
            if (document.startsWith("docs/api")) {
                continue;
            }
            String text = CODE.matcher(Repository.text(document)).replaceAll("");
            for (MatchResult link : LINK.matcher(text).results().toList()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*")) {
                    links++;
                    if (!leads(document, target)) {
                        dead.add(document + " links to " + target + ", which is not there: correct the link");
                    }
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).isGreaterThan(30);
    }

    private static boolean leads(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty()
                ? Repository.ROOT.resolve(document)
                : Repository.ROOT.resolve(document).resolveSibling(file).normalize();
        if (!path.startsWith(Repository.ROOT) || !Files.exists(path)) {
            return false;
        }
        return hash < 0 || anchors(Files.readString(path)).contains(target.substring(hash + 1));
    }

    /** The anchors of a document: those that it sets, and those that GitHub makes of headings. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        ANCHOR.matcher(text).results().forEach(anchor -> anchors.add(anchor.group(1)));
        HEADING.matcher(text)
                .results()
                .forEach(heading -> anchors.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-')));
        return anchors;
    }
}
