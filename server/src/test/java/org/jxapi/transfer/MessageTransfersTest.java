package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** Messages of another pool. The form is that of XAPI's xapi_message.ml, to_xml. */
class MessageTransfersTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);

    private static String xml(String ref, String uuid, String object, String body) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<message><ref>" + ref + "</ref><name>VM_STARTED</name>"
                + "<priority>5</priority><cls>VM</cls><obj_uuid>" + object + "</obj_uuid>"
                + "<timestamp>20240102T03:04:05Z</timestamp><uuid>" + uuid + "</uuid><body>" + body
                + "</body></message>\n";
    }

    private static String fresh() {
        return "OpaqueRef:" + UUID.randomUUID();
    }

    private static JsonNode put(String object, String text) throws Exception {
        return uploads.put("/messages?cls=VM&uuid=" + object, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String status(String target, String... headers) throws Exception {
        try (Http http = new Http(daemon, "PUT", target, headers)) {
            return http.head().split(" ")[1];
        }
    }

    private static int count() throws Exception {
        return calls.list("message.get_all").size();
    }

    @Test
    void messagesComeWithTheirReferencesAndTimes() throws Exception {
        String object = calls.text("VM.get_uuid", calls.vm("moved"));
        String first = fresh();
        String second = fresh();
        String uuid = UUID.randomUUID().toString();
        String text = xml(first, uuid, object, "gr\u00fc\u00dfe &lt;a&gt; &amp; <![CDATA[<b>]]>")
                + xml(second, UUID.randomUUID().toString(), object, "");
        int before = count();
        assertThat(put(object, text).get("status").asText()).isEqualTo("success");
        assertThat(count()).isEqualTo(before + 2);
        JsonNode record = calls.ok("message.get_record", first);
        assertThat(record.get("name").asText()).isEqualTo("VM_STARTED");
        assertThat(record.get("priority").asLong()).isEqualTo(5);
        assertThat(record.get("cls").asText()).isEqualTo("VM");
        assertThat(record.get("obj_uuid").asText()).isEqualTo(object);
        assertThat(record.get("timestamp").asText()).isEqualTo("20240102T03:04:05Z");
        assertThat(record.get("uuid").asText()).isEqualTo(uuid);
        assertThat(record.get("body").asText()).isEqualTo("gr\u00fc\u00dfe <a> & <b>");

        assertThat(put(object, text + xml(fresh(), uuid, object, "other"))
                        .get("status")
                        .asText())
                .isEqualTo("success");
        assertThat(count()).as("they are here already").isEqualTo(before + 2);
        assertThat(put(object, "").get("status").asText()).isEqualTo("success");
    }

    @Test
    void anythingElseAddsNothing() throws Exception {
        String object = calls.text("VM.get_uuid", calls.vm("other"));
        String uuid = UUID.randomUUID().toString();
        String good = xml(fresh(), uuid, object, "x");
        int before = count();
        for (String text : List.of(
                good + "<message><ref>",
                good + "text",
                good.replace("<body>", "<bodies/><body>"),
                good.replace("message>", "note>"),
                good.replace(">VM<", ">Car<"),
                good.replace(">5<", ">five<"),
                good.replace(uuid, "../x"),
                good.replace("20240102T03:04:05Z", "yesterday"),
                good.replace("20240102T03:04:05Z", "20240102T03:04:05+99:99"),
                good.replace("OpaqueRef:", ""),
                good.replaceFirst("OpaqueRef:[^<]*", calls.first("host.get_all")),
                good.replace(">x<", ">&x;<"),
                "<!DOCTYPE message [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + good.replace(">x<", ">&x;<"))) {
            JsonNode task = put(object, text);
            assertThat(Uploads.error(task).get(0)).as(text).isEqualTo("INTERNAL_ERROR");
            assertThat(Uploads.error(task).get(1))
                    .as(text)
                    .startsWith("The messages could not be read, and none was added: ");
        }
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void theObjectMustBeThere() throws Exception {
        String object = calls.text("VM.get_uuid", calls.vm("there"));
        assertThat(status("/messages?cls=VM&uuid=" + object, "content-length: 1"))
                .isEqualTo("401");
        for (String query :
                List.of("", "?cls=VM", "?uuid=" + object, "?cls=Car&uuid=" + object, "?cls=SR&uuid=" + object)) {
            assertThat(status("/messages" + query, uploads.auth(), "content-length: 1"))
                    .as(query)
                    .isEqualTo("400");
        }
        assertThat(status("/messages?cls=vm&uuid=" + object, uploads.auth())).isEqualTo("400");
        assertThat(status("/messages?cls=vm&uuid=" + object, uploads.auth(), "content-length: 999999999999"))
                .isEqualTo("500");
    }
}
