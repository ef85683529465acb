package org.jxapi.harness;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plain client of JSON-RPC 2.0. */
public final class JsonClient {
    /** Takes NaN and Infinity too, which XAPI writes as they are. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI uri;
    private final @Nullable Duration patience;

    public JsonClient(URL base) {
        this(base, null);
    }

    /** @param patience how long an answer may take; null for no limit */
    public JsonClient(URL base, @Nullable Duration patience) {
        this.uri = URI.create(base + "jsonrpc");
        this.patience = patience;
    }

    /** The whole answer. */
    public JsonNode call(String method, List<?> params) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.put("jsonrpc", "2.0");
        body.put("method", method);
        body.set("params", JSON.valueToTree(params));
        body.put("id", 1);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        if (patience != null) {
            request.timeout(patience);
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + ": HTTP " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    /** The result of a call that must succeed. */
    public JsonNode ok(String method, Object... params) throws IOException, InterruptedException {
        JsonNode answer = call(method, List.of(params));
        if (answer.has("error")) {
            throw new IOException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
    }

    public String login(String password) throws IOException, InterruptedException {
        return ok("session.login_with_password", "root", password, "1.0", "test")
                .asText();
    }
}
