package org.jxapi.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** The numbers for Prometheus, of a daemon whose settings open them to programs of its host. */
class MetricsTest {
    private static final Path DASHBOARD = Path.of("..", "docs", "examples", "grafana", "jxapi.json");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--metrics", "loopback");

    private static final Calls calls = daemon.calls();
    private static String page;

    /** Waits for two values of each source: rates need both. */
    @BeforeAll
    static void measure() throws Exception {
        String vm = calls.vm("a \"measured\" VM");
        calls.ok("VM.start", vm, false, false);
        Eventually.holds(() -> {
            page = scrape();
            assertThat(page).contains("jxapi_vm_cpu_usage_ratio{", "jxapi_host_cpu_usage_ratio ");
        });
    }

    private static String scrape(String... headers) throws IOException {
        try (Http http = new Http(daemon, "GET", "/metrics", headers)) {
            assertThat(http.head()).startsWith("HTTP/1.0 200 OK");
            return new String(http.rest(), StandardCharsets.UTF_8);
        }
    }

    /** The value of the only series that begins so. */
    private static double value(String series) {
        List<String> lines =
                page.lines().filter(line -> line.startsWith(series)).toList();
        assertThat(lines).as(series).hasSize(1);
        return Double.parseDouble(lines.get(0).substring(lines.get(0).lastIndexOf(' ') + 1));
    }

    @Test
    void numbersAreTrue() throws Exception {
        assertThat(value("jxapi_vms{state=\"running\"}")).isEqualTo(1);
        assertThat(value("jxapi_objects{class=\"VM\"}"))
                .isEqualTo(calls.list("VM.get_all").size());
        String host = calls.first("host.get_all");
        String metrics = calls.text("host.get_metrics", host);
        assertThat(value("jxapi_host_memory_total_bytes "))
                .isEqualTo(calls.ok("host_metrics.get_memory_total", metrics).asDouble());
        assertThat(page).contains("name=\"a \\\"measured\\\" VM\"");
        assertThat(value("jxapi_calls_total{outcome=\"success\"}")).isPositive();
        assertThat(value("jxapi_call_duration_seconds_count")).isPositive();
        assertThat(value("jxapi_sessions ")).isPositive();
        assertThat(value("jxapi_certificate_expiry_timestamp_seconds{name=\"\",type=\"host\""))
                .isGreaterThan(System.currentTimeMillis() / 1e3);
        assertThat(value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
        for (String sr : calls.list("SR.get_all")) {
            if (calls.ok("SR.get_physical_size", sr).asLong() > 0) {
                assertThat(value("jxapi_sr_size_bytes{name=\"" + calls.text("SR.get_name_label", sr) + "\""))
                        .isEqualTo(calls.ok("SR.get_physical_size", sr).asDouble());
            }
        }
    }

    @Test
    void everyMetricOfTheDashboardExists() throws Exception {
        Set<String> exported = page.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        JsonNode dashboard = JsonClient.JSON.readTree(Files.readString(DASHBOARD));
        Set<String> wanted = dashboard.findValuesAsText("expr").stream()
                .flatMap(expr -> Pattern.compile("\\b(?:jxapi|jvm|process)_[a-z_]+")
                        .matcher(expr)
                        .results()
                        .map(MatchResult::group))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(wanted).hasSizeGreaterThan(20);
        assertThat(exported).containsAll(wanted);
    }

    @Test
    void promtoolFindsNoFault() throws Exception {
        Program.wants("promtool");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(page.getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }

    @Test
    void openMetricsIsAnsweredToThoseThatTakeIt() throws Exception {
        String open = scrape("Accept: application/openmetrics-text; version=1.0.0");
        assertThat(open).endsWith("# EOF\n").contains("# TYPE jxapi_calls counter");
    }

    @Test
    void onlyProgramsOfThisHostNeedNoSession() throws Exception {
        for (String header :
                List.of("X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Origin: http://example.test")) {
            try (Http proxied = new Http(daemon, "GET", "/metrics", header)) {
                assertThat(proxied.head()).as(header).doesNotContain("200 OK");
            }
        }
        try (Http proxied =
                new Http(daemon, "GET", "/metrics?session_id=" + calls.session(), "X-Forwarded-For: 192.0.2.1")) {
            assertThat(proxied.head()).startsWith("HTTP/1.0 200 OK");
        }
    }
}
