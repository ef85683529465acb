package org.jxapi.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** Byte for byte what XAPI writes, through raw sockets. */
class WireTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: keep-alive\r\n"
            + "cache-control: no-cache, no-store\r\ncontent-type: %s\r\nAccess-Control-Allow-Origin: *\r\n"
            + "Access-Control-Allow-Headers: X-Requested-With\r\n\r\n";
    private static final String OPEN = "<?xml version=\"1.0\"?><methodResponse><params><param>";
    private static final String CLOSE = "</param></params></methodResponse>";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static URL url;
    private static JsonClient json;
    private static String session;
    private static String network;
    private static String task;

    @BeforeAll
    static void start() throws Exception {
        url = daemon.http();
        json = new JsonClient(url);
        session = json.login(daemon.password());
        network = json.ok(
                        "network.create",
                        session,
                        Map.of(
                                "name_label",
                                "a <b>&\"c\" é",
                                "other_config",
                                Map.of("k<", "v\u007f"),
                                "tags",
                                new String[0]))
                .asText();
        task = json.ok("task.create", session, "t", "").asText();
    }

    @Test
    void anAnswerHasXapisHeadAndXmlRpcBody() throws IOException {
        String body = success("<value>2</value>");
        assertThat(RawHttp.exchange(url, RawHttp.request("/", call("host.get_API_version_major", session, host()))))
                .isEqualTo(String.format(HEAD, body.length(), "text/xml") + body);
    }

    @Test
    void aFailureIsAnAnswerToo() throws IOException {
        assertThat(xml("VM.get_uuid", session, "OpaqueRef:<none>"))
                .isEqualTo(failure("HANDLE_INVALID", "VM", "OpaqueRef:&lt;none&gt;"));
    }

    @Test
    void everyTypeIsWrittenAsXapiDoesInXml() throws Exception {
        assertThat(xml("task.get_progress", session, task)).isEqualTo(success("<value><double>0</double></value>"));
        json.ok("task.set_progress", session, task, 0.1 + 0.2);
        assertThat(xml("task.get_progress", session, task)).isEqualTo(success("<value><double>0.3</double></value>"));
        assertThat(xml("task.get_finished", session, task))
                .isEqualTo(success("<value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value>"));
        assertThat(xml("network.get_managed", session, network))
                .isEqualTo(success("<value><boolean>1</boolean></value>"));
        assertThat(xml("network.get_MTU", session, network)).isEqualTo(success("<value>1500</value>"));
        assertThat(xml("network.get_PIFs", session, network))
                .isEqualTo(success("<value><array><data></data></array></value>"));
        assertThat(xml("network.get_other_config", session, network))
                .isEqualTo(success("<value><struct><member><name>k&lt;</name><value>v\u007f</value></member>"
                        + "</struct></value>"));
        assertThat(xml("network.get_blobs", session, network)).isEqualTo(success("<value><struct></struct></value>"));
        assertThat(xml("network.set_name_description", session, network, "x")).isEqualTo(success("<value></value>"));
    }

    @Test
    void everyTypeIsWrittenAsXapiDoesInJson() throws Exception {
        assertThat(json1("task.get_created", session, task))
                .matches("\\{\"result\":\"\\d{8}T[0-9:]{8}Z\",\"error\":null,\"id\":7}");
        json.ok("task.set_progress", session, task, 0.1 + 0.2);
        assertThat(json1("task.get_progress", session, task))
                .isEqualTo("{\"result\":0.30000000000000004,\"error\":null,\"id\":7}");
        json.ok("task.set_progress", session, task, 0);
        assertThat(json1("task.get_progress", session, task)).isEqualTo("{\"result\":0.0,\"error\":null,\"id\":7}");
        assertThat(json1("network.get_managed", session, network))
                .isEqualTo("{\"result\":true,\"error\":null,\"id\":7}");
        assertThat(json1("network.get_MTU", session, network)).isEqualTo("{\"result\":1500,\"error\":null,\"id\":7}");
        assertThat(json1("network.get_PIFs", session, network)).isEqualTo("{\"result\":[],\"error\":null,\"id\":7}");
        assertThat(json1("network.get_other_config", session, network))
                .isEqualTo("{\"result\":{\"k<\":\"v\\u007f\"},\"error\":null,\"id\":7}");
        assertThat(json1("network.get_name_label", session, network))
                .isEqualTo("{\"result\":\"a <b>&\\\"c\\\" é\",\"error\":null,\"id\":7}");
        assertThat(json1("network.set_name_description", session, network, "x"))
                .isEqualTo("{\"result\":\"\",\"error\":null,\"id\":7}");
    }

    @Test
    void aRecordHasAllFieldsInTheModelsOrder() throws Exception {
        String uuid = json.ok("network.get_uuid", session, network).asText();
        String bridge = json.ok("network.get_bridge", session, network).asText();
        json.ok("network.set_name_description", session, network, "");
        String record = json1("network.get_record", session, network);
        assertThat(record)
                .startsWith("{\"result\":{\"uuid\":\"" + uuid + "\",\"name_label\":\"a <b>&\\\"c\\\" é\","
                        + "\"name_description\":\"\",\"allowed_operations\":");
        assertThat(record)
                .contains("\"VIFs\":[],\"PIFs\":[],\"MTU\":1500,\"other_config\":{\"k<\":\"v\\u007f\"},\"bridge\":\""
                        + bridge + "\",\"managed\":true,\"blobs\":{},\"tags\":[],\"default_locking_mode\":\"unlocked\","
                        + "\"assigned_ips\":{},\"purpose\":[]},\"error\":null,\"id\":7}");
    }

    @Test
    void jsonRpcKnowsTwoVersionsAndTheirErrors() throws Exception {
        String params = "[\"" + session + "\",\"x\"]";
        assertThat(RawHttp.post(url, "/jsonrpc", "{\"method\":\"VM.get_uuid\",\"params\":" + params + ",\"id\":\"a\"}"))
                .isEqualTo("{\"result\":null,\"error\":[\"HANDLE_INVALID\",\"VM\",\"x\"],\"id\":\"a\"}");
        assertThat(RawHttp.post(
                        url,
                        "/jsonrpc",
                        "{\"jsonrpc\":\"2.0\",\"method\":\"VM.get_uuid\",\"params\":" + params + ",\"id\":-3}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"HANDLE_INVALID\","
                        + "\"data\":[\"VM\",\"x\"]},\"id\":-3}");
        assertThat(RawHttp.post(
                        url,
                        "/jsonrpc",
                        "{\"jsonrpc\":\"2.0\",\"method\":\"pool.get_all\",\"params\":{\"a\":1},\"id\":1}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"Invalid params\",\"data\":["
                        + "\"params must be an array: the XenAPI knows parameters by their position\"]},\"id\":1}");
        assertThat(RawHttp.post(url, "/jsonrpc", "{\"jsonrpc\":\"2.0\",\"method\":\"pool.get_all\",\"id\":1}"))
                .isEqualTo(
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"MESSAGE_PARAMETER_COUNT_MISMATCH\","
                                + "\"data\":[\"pool.get_all\",\"0\",\"-1\"]},\"id\":1}");
        assertThat(RawHttp.exchange(
                        url, RawHttp.request("/jsonrpc", "{\"method\":\"no.such\",\"params\":[],\"id\":1}")))
                .isEqualTo(String.format(HEAD, 67, "application/json")
                        + "{\"result\":null,\"error\":[\"MESSAGE_METHOD_UNKNOWN\",\"no.such\"],\"id\":1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"method\":\"pool.get_all\",\"params\":[]}",
                "{\"method\":\"pool.get_all\",\"params\":[],\"id\":null}",
                "{\"method\":\"pool.get_all\",\"params\":[],\"id\":1.5}",
                "{\"method\":\"pool.get_all\",\"id\":1}",
                "{\"method\":\"pool.get_all\",\"params\":{},\"id\":1}",
                "{\"method\":5,\"params\":[],\"id\":1}",
                "{\"jsonrpc\":2.0,\"method\":\"pool.get_all\",\"params\":[],\"id\":1}",
                "{\"jsonrpc\":\"1.0\",\"method\":\"pool.get_all\",\"params\":[],\"id\":1}",
                "[{\"method\":\"pool.get_all\",\"params\":[],\"id\":1}]",
                "5",
                ""
            })
    void whatIsNoJsonRpcCallGetsA500WithAnErrorOfJsonRpc(String body) throws IOException {
        assertThat(RawHttp.exchange(url, RawHttp.request("/jsonrpc", body)))
                .startsWith("HTTP/1.1 500 Internal Error\r\n")
                .contains("\r\nconnection: close\r\n", "\r\ncontent-type: application/json\r\n")
                .containsPattern(
                        "\r\n\r\n\\{\"jsonrpc\":\"2.0\",\"error\":\\{\"code\":-32600,\"message\":\"Invalid Request\"");
    }

    @Test
    void aBrokenBodyIsAParseErrorThatQuotesNothingOfIt() throws IOException {
        String body = "{\"method\":\"session.login_with_password\",\"params\":[root,sesame],\"id\":1}";
        assertThat(RawHttp.exchange(url, RawHttp.request("/jsonrpc", body)))
                .startsWith("HTTP/1.1 500 Internal Error\r\n")
                .contains("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\",\"data\":[")
                .doesNotContain("sesame", "root")
                .endsWith("\"id\":null}");
        assertThat(RawHttp.post(
                        url,
                        "/jsonrpc",
                        "{\"jsonrpc\":\"2.0\",\"method\":\"VM.get_all\",\"params\":{\"session_id\":\"" + session
                                + "\"},\"id\":\"a\"}"))
                .contains("\"code\":-32602")
                .doesNotContain(session.substring("OpaqueRef:".length()));
    }

    @Test
    void textThatIsNotUnicodeIsRefusedBeforeTheCall() throws Exception {
        assertThat(RawHttp.post(
                        url,
                        "/jsonrpc",
                        "{\"method\":\"VM.get_by_name_label\",\"params\":[\"s\",\"\\ud800\"],\"id\":9}"))
                .startsWith(
                        "{\"jsonrpc\":\"2.0\",\"error\":[\"INVALID_VALUE\",\"Invalid UTF-8 string in parameter\",\"S(")
                .endsWith("\"],\"id\":0}");
    }

    @Test
    void listMethodsIsNotWrapped() throws Exception {
        assertThat(xml("system.listMethods"))
                .startsWith(OPEN + "<value><array><data><value>session.")
                .contains("<value>VM.get_all_records_where</value>")
                .doesNotContain("Async.", "system.")
                .endsWith("</data></array></value>" + CLOSE);
        assertThat(json1("system.listMethods")).startsWith("{\"result\":[\"session.");
    }

    /** Its name misleads: XAPI reads and writes XML there (post_json in ocaml/xapi/xapi.ml). */
    @Test
    void thePathJsonTakesXml() throws Exception {
        String call = "<methodCall><methodName>network.get_MTU</methodName><params><param><value>" + session
                + "</value></param><param><value>" + network + "</value></param></params></methodCall>";
        String answer = RawHttp.exchange(daemon.http(), RawHttp.request("/json", call));
        assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("content-type: text/xml");
        assertThat(answer).endsWith(success("<value>1500</value>"));
    }

    @Test
    void underscoresMayStandForTheDotAlsoWithAsync() throws Exception {
        assertThat(xml("network_get_MTU", session, network)).isEqualTo(success("<value>1500</value>"));
        assertThat(xml("VM_metrics_get_all", session))
                .startsWith(OPEN + "<value><struct><member><name>Status</name>" + "<value>Success</value>");
        assertThat(xml("Async.network_destroy", session, "OpaqueRef:none")).contains("<value>OpaqueRef:");
        assertThat(xml("InternalAsync.network.destroy", session, "OpaqueRef:none"))
                .contains("<value>OpaqueRef:");
    }

    @Test
    void namesAndParametersAreCheckedInXapisOrder() throws Exception {
        assertThat(xml("no.such")).isEqualTo(failure("MESSAGE_METHOD_UNKNOWN", "no.such"));
        assertThat(xml("Async.no.such", session)).isEqualTo(failure("MESSAGE_METHOD_UNKNOWN", "no.such"));
        assertThat(xml("no.such", "nobody")).isEqualTo(failure("SESSION_INVALID", "nobody"));
        assertThat(xml("network.get_MTU", "nobody"))
                .isEqualTo(failure("MESSAGE_PARAMETER_COUNT_MISMATCH", "network.get_MTU", "1", "0"));
        assertThat(xml("network.set_MTU", "nobody", network, "many"))
                .isEqualTo(failure("INTERNAL_ERROR", "(Failure Int64.of_string)"));
        assertThat(xml("network.set_MTU", "nobody", network, "1500")).isEqualTo(failure("SESSION_INVALID", "nobody"));
        assertThat(xml("VMPP.get_all", session)).isEqualTo(failure("MESSAGE_REMOVED"));
        assertThat(xml("VMPP.get_all", "nobody")).isEqualTo(failure("SESSION_INVALID", "nobody"));
        assertThat(xml("Async.network.get_MTU", session, network))
                .isEqualTo(failure("Fault", "No async mode for this operation (rpc: network.get_MTU)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<int>1501</int>|1501",
                "<i4>1502</i4>|1502",
                "<i8>1503</i8>|1503",
                "1504|1504",
                "<string>1505</string>|1505"
            })
    void integersAreTakenInAllForms(String given, String taken) throws Exception {
        assertThat(RawHttp.post(url, "/RPC2", callOf("network.set_MTU", text(session), text(network), given)))
                .isEqualTo(success("<value></value>"));
        assertThat(xml("network.get_MTU", session, network)).isEqualTo(success("<value>" + taken + "</value>"));
        json.ok("network.set_MTU", session, network, 1500);
    }

    @Test
    void valuesAreTakenAsXapisParserDoes() throws Exception {
        assertThat(described("")).isEqualTo("");
        assertThat(described("<string/>")).isEqualTo("");
        assertThat(described("  spaces  ")).isEqualTo("  spaces  ");
        assertThat(described("\n <string> a &amp; b<!-- c --></string>\n")).isEqualTo(" a &amp; b");
        assertThat(described("<![CDATA[<x>]]>")).isEqualTo("&lt;x&gt;");
        assertThat(setDescription("<int>1</int>"))
                .isEqualTo(failure("INTERNAL_ERROR", "(Failure &quot;Expected string, got 'I(1)'&quot;)"));
        assertThat(setDescription("<base64>YQ==</base64>")).contains("Expected string, got 'B64(");
        assertThat(setDescription("<array><data><value>x</value></data></array>"))
                .contains("Expected string, got '[S(x)]'");
        assertThat(setDescription("<nil/>")).contains("Expected string, got 'N'");
    }

    @Test
    void namesOfConstantsAreTakenInAnyCase() throws Exception {
        String mine = json.ok("task.create", session, "mine", "").asText();
        assertThat(xml("task.set_status", session, mine, "well"))
                .isEqualTo(failure("INTERNAL_ERROR", "(Failure &quot;Unknown tag/contents&quot;)"));
        assertThat(xml("task.set_status", session, mine, "SUCCESS")).isEqualTo(success("<value></value>"));
        assertThat(xml("task.get_status", session, mine)).isEqualTo(success("<value>success</value>"));
    }

    @Test
    void aCallUnderATaskOfTheClientMakesNoneOfItsOwnAndLeavesItPending() throws Exception {
        String mine = json.ok("task.create", session, "mine", "").asText();
        String body = call("Async.network.destroy", session, "OpaqueRef:none");
        String answer = RawHttp.exchange(
                url,
                "POST /RPC2 HTTP/1.1\r\nHost: x\r\ntask-id: " + mine + "\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
        assertThat(answer).endsWith(success("<value>" + mine + "</value>"));
        assertThat(json.ok("task.get_status", session, mine).asText()).isEqualTo("pending");
    }

    @Test
    void theHeadersOfARequestGoIntoItsTask() throws Exception {
        String parent = json.ok("task.create", session, "parent", "").asText();
        String body = call("Async.network.destroy", session, "OpaqueRef:none");
        String answer = RawHttp.exchange(
                url,
                "POST / HTTP/1.1\r\nHost: x\r\nsubtask-of: " + parent
                        + "\r\nX-Http-Other-Config-Who: me\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        String ref = answer.replaceAll("(?s).*<value>(OpaqueRef:[0-9a-f-]+)</value>.*", "$1");
        assertThat(json.ok("task.get_subtask_of", session, ref).asText()).isEqualTo(parent);
        assertThat(json.ok("task.get_other_config", session, ref)).hasToString("{\"http:who\":\"me\"}");
    }

    @Test
    void preflightsAreAnswered() throws IOException {
        assertThat(RawHttp.exchange(
                        url,
                        "OPTIONS /jsonrpc HTTP/1.1\r\nHost: x\r\n"
                                + "Access-Control-Request-Headers: content-type\r\n\r\n"))
                .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n"
                        + "cache-control: no-cache, no-store\r\nAccess-Control-Allow-Origin: *\r\n"
                        + "Access-Control-Allow-Headers: content-type, X-Requested-With\r\n"
                        + "Access-Control-Allow-Methods: PUT\r\n\r\n");
    }

    @Test
    void http10GetsHttp10AndIsClosedUnlessAskedOtherwise() throws IOException {
        String body = call("host.get_API_version_major", session, host());
        String head = "POST / HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n";
        try (RawHttp http = new RawHttp(url)) {
            http.send(head + "\r\n" + body);
            assertThat(http.answer()).startsWith("HTTP/1.0 200 OK\r\n").contains("\r\nconnection: close\r\n");
            assertThat(http.closed()).isTrue();
        }
        try (RawHttp http = new RawHttp(url)) {
            for (int i = 0; i < 2; i++) {
                http.send(head + "Connection: Keep-Alive\r\n\r\n" + body);
                assertThat(http.answer()).startsWith("HTTP/1.0 200 OK\r\n").contains("\r\nconnection: keep-alive\r\n");
            }
        }
        try (RawHttp http = new RawHttp(url)) {
            http.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body);
            assertThat(http.answer()).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nconnection: close\r\n");
            assertThat(http.closed()).isTrue();
        }
    }

    @Test
    void anyPathThatIsNothingElseTakesXmlRpcAndSlashJsonDoesToo() throws IOException {
        for (String path : new String[] {"/", "/RPC2", "/xmlrpc", "/json", "/some/thing?x=y"}) {
            assertThat(RawHttp.post(url, path, call("no.such")))
                    .isEqualTo(failure("MESSAGE_METHOD_UNKNOWN", "no.such"));
        }
    }

    @Test
    void otherRequestsGetXapisErrors() throws IOException {
        assertError(RawHttp.exchange(url, "PUT /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"), "403 Forbidden");
        assertError(RawHttp.exchange(url, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"), "501 Method Not Implemented");
        assertError(RawHttp.exchange(url, "POST / HTTP/1.1\r\nHost: x\r\n\r\n"), "500 Internal Error");
        assertError(
                RawHttp.exchange(url, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                "500 Internal Error");
        assertThat(RawHttp.exchange(url, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"))
                .matches("(?s)HTTP/1.1 404 Not Found\r\ncontent-length: \\d+\r\nconnection: close\r\n"
                        + "cache-control: no-cache, no-store\r\n\r\n<html>.*");
    }

    private static void assertError(String answer, String status) {
        assertThat(answer)
                .matches("(?s)HTTP/1.1 " + status + "\r\ncontent-length: \\d+\r\ncontent-type: text/html\r\n"
                        + "connection: close\r\ncache-control: no-cache, no-store\r\n\r\n<html>.*</html>");
    }

    private static String described(String value) throws Exception {
        assertThat(setDescription(value)).isEqualTo(success("<value></value>"));
        String answer = xml("network.get_name_description", session, network);
        String start = success("<value>");
        start = start.substring(0, start.indexOf("</member></struct>"));
        return answer.substring(start.length(), answer.indexOf("</value></member></struct>"));
    }

    private static String setDescription(String value) throws IOException {
        return RawHttp.post(url, "/", callOf("network.set_name_description", text(session), text(network), value));
    }

    private static String host() {
        try {
            return json.ok("host.get_all", session).get(0).asText();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String json1(String method, String... params) throws Exception {
        StringBuilder body = new StringBuilder("{\"method\":\"" + method + "\",\"params\":[");
        for (int i = 0; i < params.length; i++) {
            body.append(i == 0 ? "\"" : ",\"").append(params[i]).append('"');
        }
        return RawHttp.post(url, "/jsonrpc", body + "],\"id\":7}");
    }

    private static String xml(String method, String... params) throws IOException {
        return RawHttp.post(url, "/", call(method, params));
    }

    private static String call(String method, String... params) {
        String[] values = new String[params.length];
        for (int i = 0; i < params.length; i++) {
            values[i] = text(params[i]);
        }
        return callOf(method, values);
    }

    private static String text(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String callOf(String method, String... values) {
        StringBuilder body = new StringBuilder("<?xml version=\"1.0\"?><methodCall><methodName>")
                .append(method)
                .append("</methodName><params>");
        for (String value : values) {
            body.append("<param><value>").append(value).append("</value></param>");
        }
        return body.append("</params></methodCall>").toString();
    }

    private static String success(String value) {
        return OPEN + "<value><struct><member><name>Status</name><value>Success</value></member><member><name>Value"
                + "</name>" + value + "</member></struct></value>" + CLOSE;
    }

    private static String failure(String... error) {
        return OPEN + "<value><struct><member><name>Status</name><value>Failure</value></member><member>"
                + "<name>ErrorDescription</name><value><array><data><value>" + String.join("</value><value>", error)
                + "</value></data></array></value></member></struct></value>" + CLOSE;
    }
}
