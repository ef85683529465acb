package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;
import org.jxapi.xenapi.XenModel;

/** Each field that docs/coverage.md calls refused is refused, with the error that it names. */
class FieldRefusalsTest {
    @TempDir
    Path folder;

    @Test
    void everySetterOfARefusedFieldFailsWithItsError() throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> seen = new LinkedHashMap<>();
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            JsonClient json = new JsonClient(daemon.http());
            String session = json.login(daemon.password());
            for (FieldEffects.Effect effect : FieldEffects.all()) {
                if (!effect.effect().equals("refused")) {
                    continue;
                }
                MessageModel setter = setter(effect);
                List<Object> params = new ArrayList<>(List.of(session));
                for (MessageModel.Param param : setter.params()) {
                    params.add(sample(json, session, param.type()));
                }
                JsonNode answer = json.call(setter.fullName(), params);
                expected.put(setter.fullName(), effect.error());
                seen.put(setter.fullName(), answer.path("error").path("message").asText());
            }
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(expected).hasSizeGreaterThan(5);
    }

    private static MessageModel setter(FieldEffects.Effect effect) {
        for (MessageModel message : XenModel.get(effect.className()).messages()) {
            if (message.name().equals("set_" + effect.field()) || message.name().equals("add_to_" + effect.field())) {
                return message;
            }
        }
        throw new AssertionError("nothing sets " + effect.path());
    }

    private static Object sample(JsonClient json, String session, Type kind) throws Exception {
        if (kind instanceof Type.Enumeration constants) {
            return constants.values().keySet().iterator().next();
        }
        String type = kind.text();
        if (type.endsWith(" map")) {
            return Map.of();
        } else if (type.endsWith(" set")) {
            return List.of();
        } else if (type.endsWith(" ref")) {
            String getAll = type.substring(0, type.length() - " ref".length()) + ".get_all";
            JsonNode all = json.call(getAll, List.of(session)).path("result");
            return all.isEmpty() ? "OpaqueRef:NULL" : all.get(0).asText();
        }
        return switch (type) {
            case "bool" -> true;
            case "int" -> "1";
            case "float" -> 1.5;
            case "datetime" -> "20300101T00:00:00Z";
            default -> "text";
        };
    }
}
