package org.jxapi.testbed;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client of the XenAPI over JSON-RPC 2.0. */
final class XenApi {
    /** XAPI writes NaN as it is, such as a metric that has no value yet. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** A XenAPI error. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;
        final String code;

        Failure(String method, String code, List<String> parameters) {
            super(method + " answered " + code + " " + parameters);
            this.code = code;
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String host;
    private final URI uri;
    private volatile String session;

    /** A client of this machine. */
    XenApi(int port) {
        this("127.0.0.1", port);
    }

    XenApi(String host, int port) {
        this.host = host;
        uri = URI.create("http://" + host + ":" + port + "/jsonrpc");
    }

    /** The address of the machine whose daemon it asks. */
    String host() {
        return host;
    }

    void login(String password) {
        session = send("session.login_with_password", "root", password, "1.0", "testbed")
                .asText();
    }

    String session() {
        return session;
    }

    /** Calls a message of this session. */
    JsonNode call(String method, Object... parameters) {
        Object[] all = new Object[parameters.length + 1];
        all[0] = session;
        System.arraycopy(parameters, 0, all, 1, parameters.length);
        return send(method, all);
    }

    String text(String method, Object... parameters) {
        return call(method, parameters).asText();
    }

    /** The references of an answer that is a set. */
    List<String> refs(String method, Object... parameters) {
        List<String> refs = new ArrayList<>();
        call(method, parameters).forEach(ref -> refs.add(ref.asText()));
        return refs;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Makes a call that must end with that error. */
    void refused(String code, String method, Object... parameters) {
        try {
            call(method, parameters);
        } catch (Failure e) {
            System.out.println("      " + e.getMessage());
            Checks.expectEqual(code, e.code, "error of " + method);
            return;
        }
        throw new AssertionError(method + " succeeded");
    }

    private JsonNode send(String method, Object... parameters) {
        ObjectNode request = JSON.createObjectNode();
        request.put("jsonrpc", "2.0").put("id", 1).put("method", method);
        ArrayNode list = request.putArray("params");
        for (Object parameter : parameters) {
            list.add(JSON.<JsonNode>valueToTree(parameter));
        }
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(Duration.ofMinutes(5))
                            .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode answer = JSON.readTree(response.body());
            JsonNode error = answer.get("error");
            if (error != null && !error.isNull()) {
                List<String> data = new ArrayList<>();
                error.path("data").forEach(p -> data.add(p.asText()));
                throw new Failure(method, error.path("message").asText(), data);
            }
            return answer.get("result");
        } catch (IOException e) {
            throw new UncheckedIOException(method + ": " + e, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
