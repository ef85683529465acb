package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.XenModel;

/** The model files explain everything that they declare. */
class ModelTextsTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    void everyClassFieldMessageAndEnumHasADescription() throws IOException {
        List<String> missing = new ArrayList<>();
        int seen = 0;
        for (ClassModel each : XenModel.CLASSES) {
            JsonNode model = file(each.name());
            check(each.name(), model, missing);
            for (String part : List.of("enums", "fields", "messages")) {
                for (JsonNode node : model.path(part)) {
                    check(each.name() + "." + node.get("name").asText(), node, missing);
                    seen++;
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(seen).isGreaterThan(1600);
    }

    @Test
    void everyParameterHasADescriptionOrIsWhatTheClassOrAFieldExplains() throws IOException {
        List<String> missing = new ArrayList<>();
        for (ClassModel each : XenModel.CLASSES) {
            for (JsonNode message : file(each.name()).path("messages")) {
                int position = 0;
                for (JsonNode param : message.path("params")) {
                    String name = param.get("name").asText();
                    boolean receiver =
                            position++ == 0 && param.get("type").asText().equals(each.name() + " ref");
                    String changed =
                            message.get("name").asText().replaceFirst("^(set|add_to|remove_from|add|remove)_", "");
                    boolean explained = receiver
                            || each.field(name) != null
                            || (Set.of("key", "value").contains(name) && each.field(changed) != null);
                    if (!explained || param.has("about")) {
                        check(each.name() + "." + message.get("name").asText() + "/" + name, param, missing);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyMeaningIsThatOfAValue() throws IOException {
        for (ClassModel each : XenModel.CLASSES) {
            for (JsonNode type : file(each.name()).path("enums")) {
                List<String> values = new ArrayList<>();
                type.get("values").forEach(v -> values.add(v.asText()));
                type.path("meanings").properties().forEach(meaning -> {
                    assertThat(values).contains(meaning.getKey());
                    assertThat(meaning.getValue().asText()).isNotBlank();
                });
            }
        }
    }

    private static void check(String what, JsonNode node, List<String> missing) {
        String about = node.path("about").asText();
        if (about.isBlank() || !about.endsWith(".")) {
            missing.add(what + ": " + about);
        }
    }

    private static JsonNode file(String className) throws IOException {
        return YAML.readTree(Path.of("src/main/model", className + ".yaml").toFile());
    }
}
