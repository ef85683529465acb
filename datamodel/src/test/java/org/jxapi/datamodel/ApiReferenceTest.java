package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** docs/api is what the generator makes of the model; {@code packaging/dev generate} writes it. */
class ApiReferenceTest {
    private static final Path GENERATED = Path.of("target/api-reference");
    private static final Path DOCUMENTS = Path.of("../docs/api");

    @BeforeAll
    static void write() throws IOException {
        if (Boolean.getBoolean("jxapi.generate")) {
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
    @Tag("generated")
    void theDocumentsSayWhatTheModelSays() throws IOException {
        Map<String, String> generated = pages(GENERATED);
        Map<String, String> documents = pages(DOCUMENTS);
        Set<String> different = new TreeSet<>(generated.keySet());
        different.addAll(documents.keySet());
        different.removeIf(
                name -> generated.containsKey(name) && generated.get(name).equals(documents.get(name)));
        assertThat(different)
                .as("these pages of docs/api are not what the model says; run packaging/dev generate")
                .isEmpty();
    }

    @Test
    void everyFieldMessageAndErrorHasItsPlace() throws IOException {
        Map<String, String> pages = pages(DOCUMENTS);
        for (ClassModel<?> model : XenModel.CLASSES) {
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
