package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** To write docs/api anew: mvn -pl datamodel test -Dtest=ApiReferenceTest -Djxapi.api=write */
class ApiReferenceTest {
    private static final Path GENERATED = Path.of("target/api-reference");
    private static final Path DOCUMENTS = Path.of("../docs/api");

    @BeforeAll
    static void write() throws IOException {
        if ("write".equals(System.getProperty("jxapi.api"))) {
            Files.createDirectories(DOCUMENTS);
            for (String name : pages(DOCUMENTS).keySet()) {
                Files.delete(DOCUMENTS.resolve(name));
            }
            for (Map.Entry<String, String> page : pages(GENERATED).entrySet()) {
                Files.writeString(DOCUMENTS.resolve(page.getKey()), page.getValue());
            }
        }
    }

    @Test
    void theDocumentsSayWhatTheModelSays() throws IOException {
        Map<String, String> generated = pages(GENERATED);
        Map<String, String> documents = pages(DOCUMENTS);
        assertThat(documents.keySet()).isEqualTo(generated.keySet());
        generated.forEach(
                (name, text) -> assertThat(documents.get(name)).as(name).isEqualTo(text));
    }

    @Test
    void everyFieldMessageAndErrorHasItsPlace() throws IOException {
        Map<String, String> pages = pages(DOCUMENTS);
        for (ClassModel model : XenModel.CLASSES) {
            String page = pages.get(model.name() + ".md");
            model.publicFields().forEach(f -> assertThat(page).contains("| `" + f.name() + "` | "));
            model.messages().stream()
                    .filter(m -> !m.hidden())
                    .forEach(m -> assertThat(page).contains(m.fullName() + "("));
            assertThat(pages.get("README.md")).contains("(" + model.name() + ".md)");
        }
        Errors.params()
                .keySet()
                .forEach(code -> assertThat(pages.get("errors.md")).contains("<a id=\"" + code + "\"></a>"));
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Map<String, String> pages = pages(DOCUMENTS);
        Pattern link = Pattern.compile("]\\(([^)#]*)(?:#([^)]+))?\\)");
        pages.forEach((name, text) -> {
            Matcher m = link.matcher(text);
            while (m.find()) {
                String file = m.group(1).isEmpty() ? name : m.group(1);
                if (file.startsWith("../")) {
                    assertThat(DOCUMENTS.resolve(file)).exists();
                } else {
                    assertThat(pages).as(name).containsKey(file);
                    if (m.group(2) != null) {
                        assertThat(pages.get(file))
                                .as(name + " -> " + m.group())
                                .containsPattern("### " + m.group(2) + "\n|<a id=\"" + m.group(2) + "\"");
                    }
                }
            }
        });
    }

    private static Map<String, String> pages(Path folder) throws IOException {
        Map<String, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                pages.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return pages;
    }
}
