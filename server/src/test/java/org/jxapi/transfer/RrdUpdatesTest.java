package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** /rrd_updates as upstream's ocaml/xcp-rrdd/bin/rrdd/rrdd_http_handler.ml answers it. */
class RrdUpdatesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);

    @BeforeAll
    static void start() throws Exception {
        Eventually.holds(() -> {
            try (Http http = new Http(daemon, "GET", "/rrd_updates?start=-60&host=true", uploads.auth())) {
                assertThat(http.head()).contains(" 200 OK");
            }
        });
    }

    private static JsonNode json(String query) throws Exception {
        return JsonClient.JSON.readTree(uploads.get("/rrd_updates?start=-60&json=true&" + query));
    }

    private static List<String> legend(String query) throws Exception {
        List<String> legend = new ArrayList<>();
        json(query).get("meta").get("legend").forEach(name -> legend.add(name.asText()));
        return legend;
    }

    private static String controlDomain() throws Exception {
        String host = calls.first("host.get_all");
        return calls.text("VM.get_uuid", calls.text("host.get_control_domain", host));
    }

    /** ocaml/xenopsd/xc/xenops_xc_main.ml, check_domain0_uuid. */
    @Test
    void theControlDomainGoesByTheUuidOfItsVm() throws Exception {
        String uuid = controlDomain();
        assertThat(legend("cf=AVERAGE"))
                .contains("AVERAGE:vm:" + uuid + ":memory")
                .noneMatch(name -> name.contains("00000000-0000-0000-0000-000000000000"));
        assertThat(legend("vm_uuid=" + uuid))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("AVERAGE:vm:" + uuid + ":"));
    }

    @Test
    void aFunctionThatIsAskedForIsTheOneThatIsAnswered() throws Exception {
        JsonNode answer = json("host=true&cf=AVERAGE");
        assertThat(answer.get("meta").get("legend"))
                .isNotEmpty()
                .allMatch(name -> name.asText().startsWith("AVERAGE:"));
        JsonNode newest = answer.get("data").get(0);
        int column = legend("host=true&cf=AVERAGE").indexOf("AVERAGE:vm:" + controlDomain() + ":memory");
        assertThat(newest.get("values").get(column).asText()).matches("[0-9]+");
    }

    /** rrdd_monitor.ml: a host always has the least and greatest values, and a VM when the pool says so at its start. */
    @Test
    void withoutAFunctionThereAreThoseThatTheOwnerHas() throws Exception {
        assertThat(legend("interval=60")).isNotEmpty().allMatch(name -> name.startsWith("AVERAGE:"));
        assertThat(legend("cf=none")).isEqualTo(legend(""));
        assertThat(legend("host=true&interval=60")).anyMatch(name -> name.startsWith("MAX:host:"));
        String pool = calls.first("pool.get_all");
        calls.ok("pool.add_to_other_config", pool, "create_min_max_in_new_VM_RRDs", "true");
        String vm = calls.vm("with extremes");
        calls.ok("VM.start", vm, false, false);
        String uuid = calls.text("VM.get_uuid", vm);
        Eventually.holds(() -> assertThat(legend("")).anyMatch(name -> name.contains(uuid)));
        assertThat(legend("interval=60&vm_uuid=" + uuid).stream()
                        .map(name -> name.substring(0, 4))
                        .distinct())
                .containsExactly("AVER", "MIN:", "MAX:");
        calls.ok("pool.remove_from_other_config", pool, "create_min_max_in_new_VM_RRDs");
    }

    /** ocaml/libs/xapi-rrd/lib/rrd.ml, Json: every number is a string. */
    @Test
    void allNumbersOfTheJsonFormAreText() throws Exception {
        JsonNode answer = json("host=true");
        for (String name : List.of("start", "step", "end", "rows", "columns")) {
            assertThat(answer.get("meta").get(name).isTextual()).as(name).isTrue();
        }
        JsonNode newest = answer.get("data").get(0);
        assertThat(newest.get("t").isTextual()).isTrue();
        assertThat(newest.get("t")).isEqualTo(answer.get("meta").get("end"));
        newest.get("values").forEach(value -> assertThat(value.isTextual()).isTrue());
    }

    @Test
    void theXmlFormIsDeclaredAndItsNumbersReadAsNumbers() throws Exception {
        String xml = new String(uploads.get("/rrd_updates?start=-60&host=true"), StandardCharsets.UTF_8);
        assertThat(xml).startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xport><meta><start>");
        long kib = calls.ok("host.query_data_source", calls.first("host.get_all"), "memory_total_kib")
                .asLong();
        assertThat(xml).contains("<v>" + kib + "</v>").doesNotContain("E9", "E8", "E7");
    }

    @Test
    void severalVmsCanBeAskedFor() throws Exception {
        String vm = calls.vm("measured");
        calls.ok("VM.start", vm, false, false);
        String uuid = calls.text("VM.get_uuid", vm);
        Eventually.holds(() -> assertThat(legend("")).contains("AVERAGE:vm:" + uuid + ":memory"));
        assertThat(legend("vm_uuid=" + uuid + "&vm_uuid=" + controlDomain()).stream()
                        .map(name -> name.split(":")[2])
                        .distinct())
                .containsExactlyInAnyOrder(uuid, controlDomain());
        assertThat(legend("vm_uuid=" + uuid + "&vm_uuid=none").stream()
                        .map(name -> name.split(":")[2])
                        .distinct())
                .containsExactly(uuid);
    }

    @Test
    void aSourceThatIsNotKnownIsAnInternalError() throws Exception {
        Map<String, String> owners = Map.of(
                "host", calls.first("host.get_all"),
                "SR", calls.text("pool.get_default_SR", calls.first("pool.get_all")));
        for (String owner : owners.keySet()) {
            assertThat(calls.error(owner + ".query_data_source", owners.get(owner), "none"))
                    .containsExactly("INTERNAL_ERROR", "Rrd.Invalid_data_source(\"none\")");
        }
    }
}
