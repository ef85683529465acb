package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;

/** Requests below {@code /simulator} of a daemon. */
public final class SimulatorClient {
    private final TestDaemon daemon;

    public SimulatorClient(TestDaemon daemon) {
        this.daemon = daemon;
    }

    /** The whole answer to a request with the daemon's token. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        String token =
                Files.readString(daemon.data().resolve("simulator-token")).strip();
        return send(method, path, body, "Bearer " + token);
    }

    /** The whole answer to a request with that header {@code Authorization}. */
    public HttpResponse<String> send(String method, String path, String body, String authorization)
            throws IOException, InterruptedException {
        // A client keeps connections, which faults of the API and advances of the clock end.
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(daemon.http() + "simulator" + path))
                                .header("Authorization", authorization)
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a request that must succeed. */
    public JsonNode ok(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonClient.JSON.readTree(answer.body());
    }

    public JsonNode post(String path, String body) throws Exception {
        return ok("POST", path, body);
    }

    public JsonNode get(String path) throws Exception {
        return ok("GET", path, "");
    }

    /** The status of a request that must be refused, and the reason. */
    public String refusal(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = send(method, path, body);
        JsonNode json = JsonClient.JSON.readTree(answer.body());
        return answer.statusCode() + " " + json.path("error").asText();
    }
}
