package org.jxapi.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The status report and the logs. Upstream: system_status.ml, xapi_logs_download.ml, xen-bugtool. */
class StatusReportTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final List<String> planted = new ArrayList<>();

    /** Plants secrets wherever a client can put one, and where jxapid keeps its own. */
    @BeforeAll
    static void plant() throws Exception {
        calls.ok("secret.create", Map.of("value", plant("object"), "other_config", Map.of()));
        calls.ok("pool.add_to_other_config", calls.first("pool.get_all"), "proxy_password", plant("pool"));
        String vm = calls.vm("planted");
        calls.ok("VM.add_to_other_config", vm, "my-API-key", plant("vm"));
        calls.ok("VM.set_name_description", vm, "to log in: password=" + plant("text"));
        calls.ok("VM.add_to_xenstore_data", vm, "vm-data/token", plant("xenstore"));
        new JsonClient(daemon.http())
                .call("session.login_with_password", List.of("user password=" + plant("user"), "wrong", "", ""));
        String foreign = plant("login");
        try (Http http = new Http(daemon, "GET", "/export?session_id=" + foreign, "Authorization: Bearer " + foreign)) {
            http.head();
        }
        planted.add(daemon.password());
        planted.add(calls.session());
    }

    private static String plant(String where) {
        String secret = "planted%" + where + "9f3";
        planted.add(secret);
        return secret;
    }

    private static void hasNoSecret(String text) {
        for (String secret : planted) {
            assertThat(text.contains(secret)).as(secret).isFalse();
            assertThat(text.contains(secret.replace("%", "%%"))).as(secret).isFalse();
        }
    }

    private static byte[] report(String query) throws Exception {
        return new Uploads(daemon, calls).get("/system-status?" + query);
    }

    @Test
    void aReportHasWhatAFaultNeedsAndNoSecrets() throws Exception {
        List<String> keys = new ArrayList<>();
        NodeList parts = capabilities();
        for (int i = 0; i < parts.getLength(); i++) {
            keys.add(((Element) parts.item(i)).getAttribute("key"));
        }
        String tar = new String(report("output=tar&entries=spoon," + String.join(",", keys)), StandardCharsets.UTF_8);
        assertThat(tar)
                .contains("/jxapid/version.txt", "\nJava ", "/jxapid/settings.txt", "dataDir=")
                .contains(
                        "/jxapid/threads.txt",
                        "org.jxapi.store.GroupThread",
                        "/jxapid/database.xml",
                        "name__label=\"planted\"")
                .contains("/logs/recent.log", "/load/proc-meminfo.txt", "MemTotal:", "/xen/version.txt")
                .contains("/inventory.txt", "not known: spoon", "xenserver-logs bug-report-")
                .contains("(hidden)");
        hasNoSecret(tar);
    }

    @Test
    void clientsChooseTheFormAndTheParts() throws Exception {
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(
                new ByteArrayInputStream(report("output=zip&entries=system-load,xenserver-databases")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName().replaceFirst("^bug-report-[^/]*/", ""));
                hasNoSecret(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(names).contains("load/proc-loadavg.txt", "jxapid/database.xml", "inventory.txt");
        assertThat(names).noneMatch(name -> name.startsWith("logs/"));
    }

    @Test
    void xeSavesAReportPackedWithBzip2() throws Exception {
        Path file = daemon.folder().resolve("report.tar.bz2");
        XeProcess.ok(
                daemon.folder(), "host-get-system-status", "filename=" + file, "entries=xapi-debug", "output=tar.bz2");
        assertThat(Files.readAllBytes(file)).startsWith('B', 'Z', 'h');
        Process unpack = new ProcessBuilder("bzip2", "-dc", file.toString()).start();
        assertThat(new String(unpack.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("/jxapid/threads.txt", "inventory.txt");
        assertThat(unpack.waitFor()).isZero();
    }

    private static NodeList capabilities() throws Exception {
        String xml = calls.text("host.get_system_status_capabilities", calls.first("host.get_all"));
        assertThat(new String(report("list=true"), StandardCharsets.UTF_8)).isEqualTo(xml);
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("system-status-capabilities");
        return root.getElementsByTagName("capability");
    }

    @Test
    void thePartsAreDescribedAsXenBugtoolDoes() throws Exception {
        NodeList parts = capabilities();
        assertThat(parts.getLength()).isGreaterThan(10);
        for (int i = 0; i < parts.getLength(); i++) {
            Element part = (Element) parts.item(i);
            assertThat(part.getAttribute("pii")).isIn("no", "maybe", "yes", "if_customized");
            assertThat(part.getAttribute("default-checked")).isIn("yes", "no");
            for (String number : List.of("min-size", "max-size", "min-time", "max-time")) {
                assertThat(part.getAttribute(number)).matches("-1|[0-9]+");
            }
        }
    }

    @Test
    void theLogsComeWithoutSecrets() throws Exception {
        byte[] packed = new Uploads(daemon, calls).get("/host_logs_download");
        String logs = new String(
                new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(logs).contains("logs/recent.log", "Login of user password=(hidden)");
        hasNoSecret(logs);
    }

    @Test
    void aClientThatLeavesLeavesNothing() throws Exception {
        try (Http http = new Http(daemon, "GET", "/system-status", new Uploads(daemon, calls).auth())) {
            assertThat(http.head()).contains(" 200 OK\r\n");
        }
        Eventually.holds(() -> {
            try (Stream<Path> files = Files.list(daemon.data())) {
                assertThat(files.map(Path::getFileName).map(Path::toString))
                        .noneMatch(name -> name.startsWith("jxapi-status-"));
            }
        });
        try (Http http = new Http(daemon, "GET", "/system-status")) {
            assertThat(http.head()).contains(" 401 ", "realm=\"get_system_status\"");
        }
    }

    /** Upstream: Locking_helpers.Thread_state.to_graphviz. */
    @Test
    void threadsAreAGraph() throws Exception {
        assertThat(calls.text("host.get_thread_diagnostics", calls.first("host.get_all")))
                .startsWith("digraph Threads {\n")
                .contains("store-committer");
    }
}
