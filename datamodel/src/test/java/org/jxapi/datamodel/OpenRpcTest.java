package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.XenModel;

class OpenRpcTest {
    private final JsonNode document = read();

    @Test
    void itListsWhatIsOfferedAndNothingElse() {
        Set<String> names = new LinkedHashSet<>();
        document.get("methods")
                .forEach(m -> assertThat(names.add(m.get("name").asText())).isTrue());
        Set<String> offered = XenModel.CLASSES.stream()
                .flatMap(c -> c.messages().stream())
                .filter(m -> m.offered() && !m.hidden() && !m.poolInternal())
                .map(MessageModel::fullName)
                .collect(Collectors.toSet());
        assertThat(names).isEqualTo(offered);
        assertThat(document.get("openrpc").asText()).startsWith("1.");
        assertThat(document.at("/info/title").asText()).isNotBlank();
        assertThat(document.at("/info/version").asText()).isNotBlank();
    }

    @Test
    void aMethodHasItsParametersInOrder() {
        for (JsonNode method : document.get("methods")) {
            String[] name = method.get("name").asText().split("\\.");
            MessageModel message = XenModel.get(name[0]).message(name[1]);
            List<String> expected =
                    message.params().stream().map(MessageModel.Param::name).collect(Collectors.toList());
            if (message.session()) {
                expected.add(0, "session_id");
            }
            List<String> given = method.get("params").findValuesAsText("name");
            assertThat(given).as(message.fullName()).isEqualTo(expected);
            boolean optional = false;
            Set<String> seen = new HashSet<>();
            for (JsonNode param : method.get("params")) {
                assertThat(seen.add(param.get("name").asText())).isTrue();
                assertThat(param.has("schema")).isTrue();
                assertThat(optional && param.get("required").asBoolean())
                        .as(message.fullName())
                        .isFalse();
                optional |= !param.get("required").asBoolean();
            }
            assertThat(method.get("summary").asText()).isNotBlank();
            assertThat(method.at("/result/schema").isObject()).isTrue();
            method.path("errors").forEach(e -> assertThat(e.get("code").asInt()).isEqualTo(1));
        }
    }

    @Test
    void everyReferenceResolves() {
        List<String> refs = document.findValuesAsText("$ref");
        assertThat(refs).isNotEmpty();
        refs.forEach(ref ->
                assertThat(document.at(ref.substring(1)).isObject()).as(ref).isTrue());
    }

    private static JsonNode read() {
        try (InputStream in = XenModel.class.getResourceAsStream("openrpc.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
