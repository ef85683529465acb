package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** Requests that pages of other sites make a browser send, with the cookies and passwords that it keeps. */
class ForeignOriginTest {
    private static final String EVIL = "Origin: http://evil.example\r\n";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static String session;
    private static String basic;
    private static String vm;

    @BeforeAll
    static void start() throws Exception {
        JsonClient client = new JsonClient(daemon.http());
        session = client.login(daemon.password());
        basic = Http.basic("root", daemon.password()) + "\r\n";
        String template = client.ok("VM.get_by_name_label", session, "Other install media")
                .get(0)
                .asText();
        vm = client.ok("VM.clone", session, template, "guest").asText();
        client.ok("VM.provision", session, vm);
        client.ok("VM.start", session, vm, false, false);
    }

    private static String get(String target, String headers) throws Exception {
        return RawHttp.exchange(
                daemon.http(), "GET " + target + " HTTP/1.1\r\nHost: host.example:8443\r\n" + headers + "\r\n");
    }

    private static String webSocket(String query, String headers) throws Exception {
        return get(
                "/console?ref=" + vm + query,
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers);
    }

    private static String cookie() {
        return "Cookie: session_id=" + session + "\r\n";
    }

    @Test
    void aPageOfAnotherSiteGetsNoConsoleWithWhatTheBrowserKeeps() throws Exception {
        for (String kept : new String[] {cookie(), basic, ""}) {
            assertThat(webSocket("", EVIL + kept))
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContainIgnoringCase("www-authenticate");
            assertThat(webSocket("", "Origin: null\r\n" + kept)).startsWith("HTTP/1.1 403 ");
        }
        assertThat(webSocket("&session_id=OpaqueRef:no", EVIL))
                .startsWith("HTTP/1.1 401 ")
                .doesNotContainIgnoringCase("www-authenticate");
    }

    @Test
    void aPageThatKnowsASessionGetsOne() throws Exception {
        assertThat(webSocket("&session_id=" + session, EVIL)).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void aPageOfThisHostGetsOneAtAnyPort() throws Exception {
        assertThat(webSocket("", "Origin: https://HOST.example:8443\r\n" + cookie()))
                .startsWith("HTTP/1.1 101 ");
        assertThat(webSocket("", "Origin: https://host.example\r\n" + basic)).startsWith("HTTP/1.1 101 ");
        assertThat(webSocket("", cookie())).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void transfersAreAsClosedAsConsoles() throws Exception {
        String graphs = "/rrd_updates?start=0";
        assertThat(get(graphs, cookie())).startsWith("HTTP/1.1 200 ");
        assertThat(get(graphs, EVIL + cookie())).startsWith("HTTP/1.1 403 ");
        assertThat(get(graphs, EVIL + basic))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContainIgnoringCase("www-authenticate");
        assertThat(get(graphs, "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n" + basic))
                .startsWith("HTTP/1.1 403 ");
        assertThat(get(graphs, "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n" + basic))
                .startsWith("HTTP/1.1 200 ");
        assertThat(get(graphs, "")).startsWith("HTTP/1.1 401 ").containsIgnoringCase("www-authenticate: Basic");
    }

    /** XAPI answers any origin too (http_svr.ml, api_server.ml): the session is in the body, where no browser puts one. */
    @Test
    void callsAnswerEveryOriginAndTakeNoCookie() throws Exception {
        String body = "{\"jsonrpc\":\"2.0\",\"method\":\"pool.get_all\",\"params\":[\"\"],\"id\":1}";
        assertThat(RawHttp.exchange(
                        daemon.http(),
                        "POST /jsonrpc HTTP/1.1\r\nHost: x\r\n" + EVIL + cookie() + basic + "Content-Length: "
                                + body.length() + "\r\n\r\n" + body))
                .contains("\r\nAccess-Control-Allow-Origin: *\r\n", "SESSION_INVALID")
                .doesNotContain("Access-Control-Allow-Credentials");
    }

    @Test
    void badEscapesAreAnsweredAndNoSessionReachesTheLog() throws Exception {
        String known = "session_id=" + session;
        for (String target : new String[] {
            "/rrd_updates?start=0&" + known + "&uuid=%zz",
            "/export?" + known + "&uuid=%",
            "/console?" + known + "&uuid=%4",
            "/export?" + known + "&uuid=%u0041"
        }) {
            assertThat(get(target, "")).as(target).startsWith("HTTP/1.1 400 ").endsWith("</html>");
        }
        for (String target : new String[] {
            "/%zz?" + known, "/%2e%2e/x?" + known, "/\u0001?" + known, "//x/../..?" + known, "http://[x/?" + known
        }) {
            assertThat(get(target, "")).as(target).matches("(?s)(HTTP/1\\.[01] [45].*)?");
        }
        RawHttp.exchange(daemon.http(), "GET /?" + known + " HTTP/1.1\r\nHost: x " + known + "\r\n\r\n");
        for (String start : new String[] {"PUT /import?", "CONNECT /console?", "PUT /import_raw_vdi?"}) {
            assertThat(RawHttp.exchange(daemon.http(), start + known + "&uuid=%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
        }
        assertThat(Files.readString(daemon.log()))
                .doesNotContain(session.substring("OpaqueRef:".length()), "Exception", "HostPort");
    }
}
