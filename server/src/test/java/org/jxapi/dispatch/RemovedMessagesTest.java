package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.xenapi.XenModel;

/** Messages that XAPI has removed: the session is checked, and the number of parameters, but not their types (gen_server.ml). */
class RemovedMessagesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static List<String> error(JsonClient json, String method, List<Object> params) throws Exception {
        JsonNode error = json.call(method, params).path("error");
        List<String> texts = new ArrayList<>(List.of(error.path("message").asText()));
        error.path("data").forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void theyAnswerAsXapi() throws Exception {
        JsonClient json = new JsonClient(daemon.http());
        String session = json.login(daemon.password());
        Set<String> removed = new TreeSet<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                if (!message.lifecycle().removed()) {
                    continue;
                }
                String name = message.fullName();
                removed.add(name);
                List<Object> params = new ArrayList<>(List.of(session));
                message.params().stream().filter(p -> p.required()).forEach(p -> params.add("nothing"));
                assertThat(error(json, name, params)).as(name).containsExactly("MESSAGE_REMOVED");
                params.set(0, "OpaqueRef:none");
                assertThat(error(json, name, params)).as(name).startsWith("SESSION_INVALID");
                params.set(0, session);
                params.addAll(Collections.nCopies(20, "more"));
                assertThat(error(json, name, params)).as(name).startsWith("MESSAGE_PARAMETER_COUNT_MISMATCH");
            }
        }
        Set<String> listed = new TreeSet<>();
        Refusals.lines("xapi-removed.txt").forEach(listed::add);
        assertThat(removed).isEqualTo(listed);
    }
}
