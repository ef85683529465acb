package org.jxapi.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.HostileRun;
import org.jxapi.harness.HostileValues;
import org.jxapi.harness.JsonClient;

/**
 * Calls that no decent client makes: every message with odd parameters, and damaged requests, over both protocols.
 * Each is answered, none with a fault of the daemon's own, and {@link HostileRun} checks what holds afterwards.
 *
 * <p>A build tries 300 cases of each kind; {@code -Djqwik.tries.default=N} tries N.
 */
class HostileCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final List<MessageModel> MESSAGES = HostileValues.messages();

    private static HostileRun run;
    private static HttpClient http;

    @BeforeContainer
    static void start() throws Exception {
        run = HostileRun.withGuests();
        http = HttpClient.newHttpClient();
    }

    @AfterContainer
    static void stop() throws Exception {
        run.end();
    }

    @AfterProperty
    void theNextClientIsServed() throws Exception {
        run.checkItServes();
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void everyJsonCallIsAnswered(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        MessageModel message = HostileValues.pick(MESSAGES, random);
        List<Object> params = run.values().params(message, run.session(), random);
        String body = JsonClient.JSON.writeValueAsString(
                Map.of("jsonrpc", "2.0", "id", 1, "method", message.fullName(), "params", params));
        boolean damaged = random.nextInt(5) == 0;
        HttpResponse<byte[]> answer = post("jsonrpc", body.getBytes(StandardCharsets.UTF_8), damaged, random);
        if (answer.statusCode() == 200) {
            JsonNode read = JsonClient.JSON.readTree(answer.body());
            checkError(message.fullName(), read.path("error").path("message").asText(), read);
        } else {
            assertThat(damaged).as("%s of %s", answer.statusCode(), body).isTrue();
        }
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void everyXmlCallIsAnswered(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        MessageModel message = HostileValues.pick(MESSAGES, random);
        StringBuilder body = new StringBuilder(
                "<?xml version=\"1.0\"?><methodCall><methodName>" + message.fullName() + "</methodName><params>");
        for (Object param : run.values().params(message, run.session(), random)) {
            body.append("<param>");
            xml(body, param);
            body.append("</param>");
        }
        body.append("</params></methodCall>");
        HttpResponse<byte[]> answer =
                post("RPC2", body.toString().getBytes(StandardCharsets.UTF_8), random.nextInt(5) == 0, random);
        if (answer.statusCode() == 200) {
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            assertThat(text).contains("</methodResponse>");
            checkError(message.fullName(), text.contains("INTERNAL_ERROR") ? "INTERNAL_ERROR" : "", text);
        }
    }

    private static HttpResponse<byte[]> post(String path, byte[] body, boolean damaged, Random random)
            throws Exception {
        byte[] sent = damaged ? HostileValues.damaged(body, random) : body;
        return http.send(
                HttpRequest.newBuilder(URI.create(run.daemon().http() + path))
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(sent))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** An internal error may say what XAPI's says, never what Java does. */
    private static void checkError(String method, String code, Object answer) {
        if (code.equals("INTERNAL_ERROR")) {
            assertThat(answer.toString()).as(method).doesNotContain("java.", "org.jxapi", "com.fasterxml");
        }
    }

    /** Writes a value as a client would, but text as it comes, so that what XML forbids is sent too. */
    private static void xml(StringBuilder out, Object value) {
        out.append("<value>");
        if (value instanceof Long number) {
            out.append("<i4>").append(number).append("</i4>");
        } else if (value instanceof Double number) {
            out.append("<double>").append(number).append("</double>");
        } else if (value instanceof Boolean bool) {
            out.append("<boolean>").append(bool ? 1 : 0).append("</boolean>");
        } else if (value instanceof List<?> list) {
            out.append("<array><data>");
            list.forEach(member -> xml(out, member));
            out.append("</data></array>");
        } else if (value instanceof Map<?, ?> map) {
            out.append("<struct>");
            map.forEach((key, member) -> {
                out.append("<member><name>").append(escaped(key)).append("</name>");
                xml(out, member);
                out.append("</member>");
            });
            out.append("</struct>");
        } else {
            out.append("<string>").append(escaped(value)).append("</string>");
        }
        out.append("</value>");
    }

    private static String escaped(Object text) {
        return text.toString().replace("&", "&amp;").replace("<", "&lt;");
    }
}
