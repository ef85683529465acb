package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Server-sent events, the description of the API, and health, of a running daemon. */
class EventStreamTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    /** One message of a stream: the lines before an empty one. */
    private record Sent(String id, String event, JsonNode data) {}

    /** A client such as a browser's EventSource. */
    private static final class Client implements AutoCloseable {
        private final HttpURLConnection connection;
        private final BufferedReader in;

        Client(String query, String... headers) throws Exception {
            connection = (HttpURLConnection)
                    URI.create(daemon.http() + "events?" + query).toURL().openConnection();
            connection.setReadTimeout(60_000);
            for (int i = 0; i < headers.length; i += 2) {
                connection.setRequestProperty(headers[i], headers[i + 1]);
            }
            assertThat(connection.getResponseCode()).isEqualTo(200);
            assertThat(connection.getContentType()).isEqualTo("text/event-stream");
            in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next message; comments are passed over. */
        Sent next() throws IOException {
            String id = null;
            String event = "message";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("event:")) {
                    event = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    return new Sent(id, event, JsonClient.JSON.readTree(line.substring(5)));
                }
            }
            return null;
        }

        /** The messages of a batch, whose last one has the token. */
        List<Sent> batch() throws IOException {
            List<Sent> all = new ArrayList<>();
            do {
                all.add(next());
            } while (all.get(all.size() - 1).id() == null);
            return all;
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }

    /** Read while the other tests run, because it takes a while. */
    private static CompletableFuture<List<String>> idle;

    @BeforeAll
    static void listenWithoutChanges() {
        idle = CompletableFuture.supplyAsync(() -> {
            try (Client client = new Client(query("secret"))) {
                return List.of(client.in.readLine(), client.in.readLine(), client.in.readLine());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aClientWithoutChangesGetsComments() throws Exception {
        assertThat(idle.get(120, TimeUnit.SECONDS)).containsExactly("retry: 3000", "", ":");
    }

    private static String query(String classes) throws Exception {
        return "session_id=" + calls.session() + "&classes=" + classes;
    }

    private static List<String> names(List<Sent> batch) {
        return batch.stream()
                .map(sent -> sent.data().at("/snapshot/name_label").asText())
                .toList();
    }

    @Test
    void aStreamBeginsWithAllObjectsAndGoesOnWithTheirChanges() throws Exception {
        try (Client client = new Client(query("network"))) {
            List<Sent> first = client.batch();
            assertThat(first).hasSize(calls.list("network.get_all").size()).allSatisfy(sent -> {
                assertThat(sent.data().get("class").asText()).isEqualTo("network");
                assertThat(sent.data().get("operation").asText()).isEqualTo("add");
            });
            String network = calls.first("network.get_all");
            // Of another class: not for this client.
            calls.vm("not wanted");
            calls.ok("network.set_name_label", network, "a new name");
            Sent change = client.next();
            assertThat(change.data().get("operation").asText()).isEqualTo("mod");
            assertThat(change.data().get("ref").asText()).isEqualTo(network);
            assertThat(change.data().get("snapshot")).isEqualTo(calls.ok("network.get_record", network));
        }
    }

    @Test
    void aClientThatConnectsAgainMissesNothing() throws Exception {
        String token;
        try (Client client = new Client(query("VM"))) {
            List<Sent> first = client.batch();
            token = first.get(first.size() - 1).id();
        }
        String made = calls.vm("made meanwhile");
        String gone = calls.vm("gone meanwhile");
        calls.ok("VM.destroy", gone);
        // As a browser does, whose URL still has no token.
        try (Client client = new Client(query("vm"), "Last-Event-ID", token)) {
            List<Sent> missed = client.batch();
            assertThat(names(missed)).contains("made meanwhile").doesNotContain("gone meanwhile");
            calls.ok("VM.destroy", made);
            Sent last = client.next();
            assertThat(last.data().get("operation").asText()).isEqualTo("del");
            assertThat(last.data().get("ref").asText()).isEqualTo(made);
        }
        calls.vm("for the token in the query");
        try (Client client = new Client(query("vm") + "&token=" + token)) {
            assertThat(names(client.batch())).contains("for the token in the query");
        }
    }

    @Test
    void aTokenThatIsTooOldEndsTheStreamWithEventsLost() throws Exception {
        Map<String, Object> appliance = Map.of("name_label", "an appliance", "name_description", "");
        String kept = calls.text("VM_appliance.create", appliance);
        String token = calls.ok("event.from", List.of("VM_appliance"), "", 0.0)
                .get("token")
                .asText();
        for (int i = 0; i < 520; i++) {
            calls.ok("VM_appliance.destroy", calls.text("VM_appliance.create", appliance));
        }
        for (String old : List.of(token, "999999999999999999,0")) {
            try (Client client = new Client(query("VM_appliance") + "&token=" + old)) {
                Sent end = client.next();
                assertThat(end.event()).isEqualTo("failure");
                assertThat(end.data().get("code").asText()).isEqualTo("EVENTS_LOST");
                assertThat(end.id()).as("a browser forgets its token").isEmpty();
                assertThat(client.next()).isNull();
            }
        }
        calls.ok("VM_appliance.destroy", kept);
        // All removals of other classes are still known.
        try (Client client = new Client(query("network") + "&token=" + token)) {
            calls.ok("network.add_to_other_config", calls.first("network.get_all"), "key" + token.hashCode(), "x");
            assertThat(client.next().data().get("class").asText()).isEqualTo("network");
        }
    }

    @Test
    void aStreamEndsWithItsSession() throws Exception {
        JsonClient json = new JsonClient(daemon.http());
        String session = json.login(daemon.password());
        try (Client client = new Client("classes=pool&session_id=" + session)) {
            client.batch();
            json.ok("session.logout", session);
            Sent end = client.next();
            assertThat(end.event()).isEqualTo("failure");
            assertThat(end.data().toString()).isEqualTo("{\"code\":\"SESSION_INVALID\"}");
        }
    }

    @Test
    void aPasswordWillDoButNoCredentialsWillNot() throws Exception {
        try (Http none = new Http(daemon, "GET", "/events")) {
            assertThat(none.head()).startsWith("HTTP/1.0 401").contains("Basic realm=\"events\"");
        }
        try (Http wrong = new Http(daemon, "GET", "/events?session_id=OpaqueRef:none")) {
            assertThat(wrong.head()).startsWith("HTTP/1.0 401");
        }
        String basic = Http.basic("root", daemon.password());
        try (Client client = new Client(
                "classes=pool",
                "Authorization",
                basic.substring(basic.indexOf(':') + 1).strip())) {
            assertThat(client.next().data().get("class").asText()).isEqualTo("pool");
        }
    }

    @Test
    void everybodyMayAskForHealthAndLearnsNothingElse() throws Exception {
        for (String path : List.of("/health", "/health/live", "/health/ready")) {
            try (Http health = new Http(daemon, "GET", path)) {
                assertThat(health.head()).startsWith("HTTP/1.0 200 OK").contains("application/json");
                assertThat(new String(health.body("{\"status\":\"ok\"}\n".length()), StandardCharsets.UTF_8))
                        .isEqualTo("{\"status\":\"ok\"}\n");
            }
        }
    }

    @Test
    void byDefaultMetricsNeedASession() throws Exception {
        try (Http none = new Http(daemon, "GET", "/metrics")) {
            assertThat(none.head()).startsWith("HTTP/1.0 401").contains("Basic realm=");
        }
        try (Http root = new Http(daemon, "GET", "/metrics", Http.basic("root", daemon.password()))) {
            assertThat(root.head()).startsWith("HTTP/1.0 200 OK").contains("text/plain");
        }
    }

    @Test
    void theApiDescribesItself() throws Exception {
        JsonNode page = JsonClient.JSON.readTree(
                URI.create(daemon.http() + "openrpc.json").toURL());
        JsonNode discovered = new JsonClient(daemon.http()).ok("rpc.discover");
        assertThat(discovered).isEqualTo(page);
        assertThat(page.at("/components/schemas/VM/properties/power_state/$ref").asText())
                .isEqualTo("#/components/schemas/enum.vm_power_state");
        String host = calls.first("host.get_all");
        assertThat(page.at("/info/version").asText())
                .isEqualTo(calls.text("host.get_API_version_major", host) + "."
                        + calls.text("host.get_API_version_minor", host));
    }
}
