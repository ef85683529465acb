package org.jxapi.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** Events as clients see them. */
class EventsTest {
    private static final int CLIENTS = 1000;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static JsonClient json;
    private static String session;

    @BeforeAll
    static void start() throws Exception {
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
    }

    @Test
    void aThousandClientsWaitWithoutAThreadEachAndAllHearOfTheChange() throws Exception {
        String network = network();
        String token = token("network");
        int before = threads();
        List<RawHttp> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new RawHttp(daemon.http()));
                clients.get(i).send(from("network", token, 60));
            }
            json.ok("pool.get_all", session);
            assertThat(threads() - before).isLessThan(CLIENTS / 10);
            json.ok("network.set_name_description", session, network, "heard");
            for (RawHttp client : clients) {
                assertThat(client.answer()).contains("\"operation\":\"mod\"", "\"name_description\":\"heard\"");
            }
            assertThat(threads() - before).isLessThan(CLIENTS / 10);
        } finally {
            for (RawHttp client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoWaitsIsToldThatTheSessionHasEnded() throws Exception {
        String mine = json.login(daemon.password());
        json.ok("event.register", mine, List.of("network"));
        try (RawHttp from = new RawHttp(daemon.http());
                RawHttp next = new RawHttp(daemon.http())) {
            from.send(call("event.from", "\"" + mine + "\",[\"pool\"],\"" + token("pool") + "\",60.0"));
            next.send(call("event.next", "\"" + mine + "\""));
            json.ok("session.logout", mine);
            assertThat(from.answer()).contains("SESSION_INVALID", mine);
            assertThat(next.answer()).contains("SESSION_INVALID", mine);
        }
    }

    @Test
    void nothingToTellIsToldAtTheTimeout() throws Exception {
        String network = network();
        String token = token("network");
        String shortLived = network();
        json.ok("network.destroy", session, shortLived);
        JsonNode batch = json.ok("event.from", session, List.of("network"), token, 0.2);
        assertThat(batch.get("events")).isEmpty();
        assertThat(batch.get("token").asText()).isGreaterThan(token);
        json.ok("network.destroy", session, network);
        batch = json.ok("event.from", session, List.of("NETWORK"), token, 0);
        assertThat(batch.get("events")).singleElement().satisfies(e -> {
            assertThat(e.get("operation").asText()).isEqualTo("del");
            assertThat(e.get("ref").asText()).isEqualTo(network);
            assertThat(e.has("snapshot")).isFalse();
        });
    }

    @Test
    void tokensAreCheckedAndInjectedEventsArrive() throws Exception {
        assertThat(json.call("event.from", List.of(session, List.of("vm"), "x,y", 0)))
                .hasToString(
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"EVENT_FROM_TOKEN_PARSE_FAILURE\","
                                + "\"data\":[\"x,y\"]},\"id\":1}");
        String pool = json.ok("pool.get_all", session).get(0).asText();
        String token = json.ok("event.inject", session, "pool", pool).asText();
        assertThat(token).matches("\\d{20},\\d{20}");
        JsonNode batch = json.ok("event.from", session, List.of("pool/" + pool), token, 10);
        assertThat(batch.get("events"))
                .singleElement()
                .satisfies(e -> assertThat(e.get("ref").asText()).isEqualTo(pool));
        assertThat(json.call("event.inject", List.of(session, "pool", "OpaqueRef:x"))
                        .toString())
                .contains("HANDLE_INVALID");
    }

    @Test
    void theOlderCallsCountTheirEventsAndCarrySnapshots() throws Exception {
        String mine = json.login(daemon.password());
        assertThat(json.call("event.next", List.of(mine)).at("/error/data/0").asText())
                .matches("trackid=[0-9a-f]{32}");
        json.ok("event.register", mine, List.of("network"));
        long id = json.ok("event.get_current_id", mine).asLong();
        String network = network();
        JsonNode events = json.ok("event.next", mine);
        JsonNode event = events.get(0);
        assertThat(event.get("id").asText()).isEqualTo(Long.toString(id));
        assertThat(event.get("timestamp").asText()).matches("\\d+\\.");
        assertThat(event.get("operation").asText()).isEqualTo("add");
        assertThat(event.get("ref").asText()).isEqualTo(network);
        assertThat(event.get("snapshot").get("uuid").asText()).isNotEmpty();
        json.ok("event.unregister", mine, List.of("Network"));
        json.ok("session.logout", mine);
    }

    private static String network() throws Exception {
        return json.ok("network.create", session, Map.of("name_label", "n", "other_config", Map.of()))
                .asText();
    }

    private static String token(String type) throws Exception {
        return json.ok("event.from", session, List.of(type), "", 0).get("token").asText();
    }

    private static String from(String type, String token, int timeout) {
        return call("event.from", "\"" + session + "\",[\"" + type + "\"],\"" + token + "\"," + timeout + ".0");
    }

    private static String call(String method, String params) {
        return RawHttp.request("/jsonrpc", "{\"method\":\"" + method + "\",\"params\":[" + params + "],\"id\":1}");
    }

    /** Threads of the daemon's process. */
    private static int threads() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(daemon.pid()), "status")).stream()
                .filter(l -> l.startsWith("Threads:"))
                .mapToInt(l -> Integer.parseInt(l.substring(8).strip()))
                .sum();
    }
}
