package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.jxapi.harness.JsonClient;

/** The document openapi.json has the requests that there are, and no other. */
class SimulatorRoutesTest {
    @Test
    void everyRequestIsDescribed() throws Exception {
        Set<String> described = new TreeSet<>();
        try (InputStream in = SimulatorControl.class.getResourceAsStream("openapi.json")) {
            JsonNode document = JsonClient.JSON.readTree(in);
            document.get("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .fieldNames()
                            .forEachRemaining(
                                    method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        }
        Set<String> served = new TreeSet<>();
        SimulatorControl.routes(null).forEach(route -> served.add(route.method() + " " + route.path()));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void aNameIsOnePartOfThePath() {
        SimulatorRoute route = new SimulatorRoute("POST", "/simulator/snapshots/{name}", (name, body) -> new byte[0]);
        assertThat(route.leadsTo("/simulator/snapshots/a")).isTrue();
        assertThat(route.name("/simulator/snapshots/a")).isEqualTo("a");
        assertThat(route.leadsTo("/simulator/snapshots/")).isFalse();
        assertThat(route.leadsTo("/simulator/snapshots/a/b")).isFalse();
        assertThat(route.leadsTo("/simulator/faults")).isFalse();
    }
}
