package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/**
 * The requests for graphs of Xen Orchestra (packages/xo-server/src/xapi-stats.mjs) and XO Lite
 * (@xen-orchestra/lite/src/libs/xapi-stats.ts), which are the same, and the whole databases that XenCenter reads.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClientGraphsTest {
    /** The names that both clients look for. */
    private static final Map<String, List<String>> LOOKED_FOR = Map.of(
            "host",
            List.of(
                    "loadavg",
                    "memory_free_kib",
                    "memory_total_kib",
                    "cpu(\\d+)",
                    "pif_eth(\\d+)_rx",
                    "pif_eth(\\d+)_tx",
                    "iops_read_(\\w+)",
                    "iops_write_(\\w+)",
                    "io_throughput_read_(\\w+)",
                    "io_throughput_write_(\\w+)",
                    "read_latency_(\\w+)",
                    "write_latency_(\\w+)",
                    "iowait_(\\w+)"),
            "vm",
            List.of(
                    "memory_internal_free",
                    ".*memory",
                    "memory_target",
                    "cpu(\\d+)",
                    "cpu_usage",
                    "vif_(\\d+)_rx",
                    "vif_(\\d+)_tx",
                    "vbd_xvd(.)_read",
                    "vbd_xvd(.)_write",
                    "vbd_xvd(.)_iops_read",
                    "vbd_xvd(.)_iops_write"));

    private static final int STEP = 5;
    private static final int ROWS = 120;
    private static final Pattern LEGEND = Pattern.compile("^AVERAGE:([^:]+):(.+):(.+)$");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);

    private static String host;
    private static String vm;
    private static String vmRef;
    private static String sr;

    @BeforeAll
    static void start() throws Exception {
        String hostRef = calls.first("host.get_all");
        host = calls.text("host.get_uuid", hostRef);
        String srRef = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        sr = calls.text("SR.get_uuid", srRef);
        vmRef = calls.vm("drawn");
        calls.ok("VBD.create", Calls.vbdRecord(vmRef, calls.vdi(srRef, 1 << 20)));
        calls.ok("VIF.create", Calls.vifRecord(vmRef, calls.first("network.get_all")));
        calls.ok("VM.start", vmRef, false, false);
        vm = calls.text("VM.get_uuid", vmRef);
        Eventually.holds(() -> assertThat(newest("vm", vm, "vif_0_rx")).isPositive());
    }

    /** The request of both clients: as many rows as there are, less one, up to now. */
    private static JsonNode graph(int step, int rows) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        long start = now - (long) rows * step + step;
        return JsonClient.JSON.readTree(
                uploads.get("/rrd_updates?cf=AVERAGE&host=true&interval=" + step + "&json=true&start=" + start));
    }

    /** The values of one source, the newest first, by the clients' way through the document. */
    private static List<Double> values(JsonNode graph, String type, String uuid, String name) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < graph.get("meta").get("legend").size(); i++) {
            Matcher legend =
                    LEGEND.matcher(graph.get("meta").get("legend").get(i).asText());
            assertThat(legend.matches()).isTrue();
            if (legend.group(1).equals(type)
                    && legend.group(2).equals(uuid)
                    && legend.group(3).equals(name)) {
                for (JsonNode row : graph.get("data")) {
                    values.add(Double.parseDouble(row.get("values").get(i).asText()));
                }
            }
        }
        return values;
    }

    private static double newest(String type, String uuid, String name) throws Exception {
        List<Double> values = values(graph(STEP, ROWS), type, uuid, name);
        assertThat(values).as(name).isNotEmpty();
        return values.get(0);
    }

    @Test
    @Order(1)
    void bothClientsFindEverySeriesThatTheyDraw() throws Exception {
        for (int[] time : new int[][] {{5, 120}, {60, 120}, {3600, 168}, {86_400, 366}}) {
            JsonNode graph = graph(time[0], time[1]);
            assertThat(graph.get("meta").get("step").asInt()).isEqualTo(time[0]);
            Map<String, TreeSet<String>> names = new HashMap<>();
            for (JsonNode entry : graph.get("meta").get("legend")) {
                Matcher legend = LEGEND.matcher(entry.asText());
                assertThat(legend.matches()).isTrue();
                if (List.of(host, vm).contains(legend.group(2))) {
                    names.computeIfAbsent(legend.group(1), type -> new TreeSet<>())
                            .add(legend.group(3));
                }
            }
            LOOKED_FOR.forEach((type, wanted) -> wanted.forEach(name -> assertThat(names.get(type))
                    .as("%s every %s s", name, time[0])
                    .anyMatch(is -> is.matches(name))));
            assertThat(names.get("host")).contains("iops_read_" + sr.substring(0, 8));
        }
    }

    @Test
    @Order(2)
    void theValuesAreThoseOfTheSimulatedMachine() throws Exception {
        // A simulated guest keeps a CPU a tenth busy, and does a fixed amount of work with it.
        Eventually.holds(() -> {
            JsonNode graph = graph(STEP, ROWS);
            assertThat(values(graph, "vm", vm, "cpu_usage").get(0)).isBetween(0.09, 0.11);
            assertThat(values(graph, "vm", vm, "vif_0_tx").get(0)).isBetween(36_000.0, 44_000.0);
            assertThat(values(graph, "vm", vm, "vbd_xvda_iops_read").get(0)).isBetween(17.0, 23.0);
            assertThat(values(graph, "vm", vm, "vbd_xvda_read_latency").get(0)).isBetween(149.0, 151.0);
            assertThat(values(graph, "host", host, "iops_read_" + sr.substring(0, 8))
                            .get(0))
                    .isBetween(17.0, 23.0);
            assertThat(values(graph, "host", host, "cpu_avg").get(0)).isBetween(0.05, 0.35);
            assertThat(values(graph, "host", host, "memory_total_kib").get(0)).isEqualTo(64.0 * (1 << 20));
            assertThat(values(graph, "host", host, "pif_eth0_rx").get(0)).isBetween(9_000.0, 31_000.0);
        });
    }

    /** ocaml/xapi/rrdd_proxy.ml and ocaml/xcp-rrdd/bin/rrdd/rrdd_http_handler.ml. */
    @Test
    @Order(3)
    void wholeDatabasesComeInXmlAndJson() throws Exception {
        for (String target : List.of(
                "/vm_rrd?uuid=" + vm,
                "/vm_rrds?uuid=" + vm,
                "/host_rrd",
                "/host_rrds?uuid=none",
                "/sr_rrd?uuid=" + sr)) {
            String xml = new String(uploads.get(target), StandardCharsets.UTF_8);
            assertThat(xml)
                    .as(target)
                    .startsWith(
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rrd><version>0003</version><step>5</step>")
                    .endsWith("</rrd>");
            JsonNode json = JsonClient.JSON.readTree(uploads.get(target + (target.contains("?") ? "&" : "?") + "json"));
            assertThat(json.get("step").textValue()).isEqualTo("5");
            boolean ofHost = target.startsWith("/host");
            assertThat(json.get("rra")).hasSize(ofHost ? 10 : 4);
            assertThat(json.get("ds").findValuesAsText("name"))
                    .contains(ofHost ? "cpu_avg" : target.startsWith("/sr") ? "size" : "cpu0");
        }
    }

    @Test
    @Order(3)
    void anAcceptHeaderWinsOverTheParameter() throws Exception {
        Map<String, String> types = Map.of(
                "application/json", "application/json",
                "text/xml", "text/xml",
                "*/*", "application/json",
                "text/html, text/xml;q=0.5, application/json;q=0.4", "text/xml",
                "image/png", "text/xml");
        for (String accept : types.keySet()) {
            try (Http http = new Http(daemon, "GET", "/host_rrd", uploads.auth(), "Accept: " + accept)) {
                assertThat(http.head().toLowerCase(java.util.Locale.ROOT))
                        .as(accept)
                        .contains("content-type: " + types.get(accept) + "\r\n", "access-control-allow-origin: *\r\n");
            }
        }
    }

    private static String status(String method, String target) throws Exception {
        try (Http http = new Http(daemon, method, target, uploads.auth())) {
            return http.head().split("\r\n", 2)[0].replaceAll("^HTTP/1\\.. ", "");
        }
    }

    @Test
    @Order(3)
    void aWrongQuestionHasUpstreamsStatus() throws Exception {
        String halted = calls.text("VM.get_uuid", calls.vm("never started"));
        assertThat(status("GET", "/vm_rrd")).isEqualTo("400 Bad Request");
        assertThat(status("GET", "/vm_rrd?uuid=" + halted)).isEqualTo("404 Not Found");
        assertThat(status("GET", "/vm_rrd?uuid=none")).startsWith("500 ");
        assertThat(status("GET", "/sr_rrd")).isEqualTo("400 Bad Request");
        assertThat(status("GET", "/sr_rrd?uuid=none")).startsWith("500 ");
        assertThat(status("GET", "/rrd_updates")).isEqualTo("400 Bad Request");
        assertThat(status("GET", "/rrd_updates?start=soon")).startsWith("500 ");
        assertThat(status("GET", "/rrd_updates?start=-60&vm_uuid=none")).startsWith("500 ");
        assertThat(status("GET", "/rrd_updates?start=-60&cf=LAST")).startsWith("500 ");
        assertThat(status("PUT", "/rrd?uuid=none")).isEqualTo("404 Not Found");
        assertThat(status("PUT", "/rrd?uuid=" + host)).isEqualTo("400 Bad Request");
    }

    @Test
    @Order(4)
    void runstatesAreRecordedOnDemand() throws Exception {
        JsonNode sources = calls.ok("VM.get_data_sources", vmRef);
        assertThat(sources.findValuesAsText("name_label"))
                .contains("runstate_blocked", "runstate_fullrun", "runnable_any", "vif_0_rx_errors")
                .isSorted();
        calls.ok("VM.record_data_source", vmRef, "runstate_fullrun");
        Eventually.holds(() -> assertThat(calls.ok("VM.query_data_source", vmRef, "runstate_fullrun")
                        .asDouble())
                .isEqualTo(1.0));
    }

    @Test
    @Order(4)
    void xenCentersPluginAndBackupsAreAnswered() throws Exception {
        String hostRef = calls.first("host.get_all");
        assertThat(calls.text("host.call_plugin", hostRef, "perfmon", "refresh", Map.of()))
                .isEqualTo("True");
        calls.ok("host.backup_rrds", hostRef, 0.0);
        Eventually.holds(() -> assertThat(daemon.folder().resolve("data/rrds").resolve(host + ".gz"))
                .exists());
    }

    /** A VM's database goes to another host with PUT, as upstream's rrdd_server.ml (send_rrd) does. */
    @Test
    @Order(5)
    void anUploadedDatabaseReplacesTheVms() throws Exception {
        String halted = calls.text("VM.get_uuid", calls.vm("imported"));
        byte[] xml = uploads.get("/vm_rrd?uuid=" + vm);
        for (String target : List.of("/rrd?archive=true&uuid=" + halted, "/rrd?uuid=" + vm)) {
            try (Http http = new Http(daemon, "PUT", target, uploads.auth(), "content-length: " + xml.length)) {
                http.send(xml);
                assertThat(http.head()).contains(" 200 OK\r\n");
                http.rest();
            }
        }
        Eventually.holds(
                () -> assertThat(status("GET", "/vm_rrd?uuid=" + halted)).isEqualTo("200 OK"));
        assertThat(new String(uploads.get("/vm_rrd?uuid=" + halted), StandardCharsets.UTF_8))
                .contains("<name>vif_0_rx</name>");
    }

    /** The daemon is killed, and the clients' graphs of host, VM, disk and nic have no gap larger than the restart. */
    @Test
    @Order(6)
    void aKillLeavesNoGapLargerThanTheRestart() throws Exception {
        Map<String, String> series = Map.of(
                "cpu_avg", "host",
                "memory_free_kib", "host",
                "pif_eth0_rx", "host",
                "cpu0", "vm",
                "memory", "vm",
                "vif_0_tx", "vm",
                "vbd_xvda_write", "vm");
        long before = newestTime();
        daemon.killAndStart();
        Eventually.holds(() -> assertThat(newestTime()).isGreaterThan(before));
        long restarted = newestTime();
        Eventually.holds(() -> assertThat(newestTime()).isGreaterThan(restarted));
        JsonNode graph = graph(STEP, ROWS);
        series.forEach((name, type) -> {
            List<Double> values = values(graph, type, type.equals("vm") ? vm : host, name);
            for (int i = 0; i < values.size(); i++) {
                long time = graph.get("data").get(i).get("t").asLong();
                if (time >= restarted || time <= before && time > before - 3 * STEP) {
                    assertThat(values.get(i))
                            .as("%s at %s of %s", name, time, values)
                            .isNotNaN();
                }
            }
        });
    }

    private static long newestTime() throws Exception {
        try (Http http = new Http(daemon, "GET", "/rrd_updates?start=-30&host=true&json", uploads.auth())) {
            if (!http.head().contains(" 200 OK")) {
                return 0;
            }
            return JsonClient.JSON.readTree(http.rest()).get("meta").get("end").asLong();
        }
    }
}
