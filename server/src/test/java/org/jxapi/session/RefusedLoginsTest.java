package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Http;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** Logins that are refused, and what they cost those that are not. */
class RefusedLoginsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    /** A connection from another address of this machine. */
    private static RawHttp from(String address) throws IOException {
        URI uri = URI.create(daemon.endpoint("http:"));
        return new RawHttp(
                new Socket(InetAddress.getByName(uri.getHost()), uri.getPort(), InetAddress.getByName(address), 0));
    }

    private static String login(String user, String password) {
        return RawHttp.request(
                "/jsonrpc",
                "{\"method\":\"session.login_with_password\",\"params\":[\"" + user + "\",\"" + password
                        + "\"],\"id\":1}");
    }

    @Test
    void aNameMakesNoLineOfItsOwnAndIsCut() throws Exception {
        try (RawHttp http = from("127.0.0.5")) {
            http.send(login("e\\r\\nFORGED json\\u001b[2J", "x"));
            assertThat(http.answer()).contains("SESSION_AUTHENTICATION_FAILED");
            http.send(login("n".repeat(1_000_000), "x"));
            assertThat(http.answer()).contains("SESSION_AUTHENTICATION_FAILED");
        }
        String log = Files.readString(daemon.log());
        assertThat(log)
                .contains("Login of e\\r\\nFORGED json\\u001b[2J from 127.0.0.5 was refused")
                .contains("Login of " + "n".repeat(64) + "... from 127.0.0.5 was refused")
                .doesNotContain("\nFORGED", "n".repeat(65));
    }

    @Test
    void aFloodOfOnePeerNeitherFillsTheLogNorSlowsAnother() throws Exception {
        List<RawHttp> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                RawHttp http = from("127.0.0.6");
                flood.add(http);
                http.send(login("root", "wrong" + i));
            }
            int refused = 0;
            int unseen = 0;
            // The first ones are answered at once; what is over the limit is not looked at.
            for (int i = 0; i < 40; i++) {
                String answer = flood.get(i).answer();
                refused += answer.contains("SESSION_AUTHENTICATION_FAILED") ? 1 : 0;
                unseen += answer.contains("TOO_BUSY") ? 1 : 0;
                if (i == 0) {
                    try (RawHttp other = from("127.0.0.7")) {
                        other.send(login("root", daemon.password()));
                        assertThat(other.answer()).contains("OpaqueRef:");
                    }
                }
            }
            assertThat(refused).isPositive();
            assertThat(refused + unseen).isEqualTo(40);
        } finally {
            for (RawHttp http : flood) {
                http.close();
            }
        }
        try (RawHttp same = from("127.0.0.6")) {
            same.send(login("root", daemon.password()));
            assertThat(same.answer()).contains("OpaqueRef:");
        }
        assertThat(Files.readString(daemon.log()).split("from 127.0.0.6 was refused", -1))
                .as("three lines a minute")
                .hasSizeBetween(4, 13);
    }

    /** Calls, consoles, transfers and xe know the peer by the same name, without its port: there is one count of it. */
    @Test
    void allDoorsCountForTheSamePeer() throws Exception {
        String line = "vm-list\nusername=root\npassword=wrong";
        String basic = Http.basic("root", "wrong") + "\r\n\r\n";
        for (String request : new String[] {
            login("root", "wrong"),
            "GET /rrd_updates?start=0 HTTP/1.1\r\nHost: x\r\n" + basic,
            "CONNECT /console?uuid=x HTTP/1.0\r\n" + basic,
            "PUT /import HTTP/1.1\r\nHost: x\r\n" + basic,
            "POST /cli HTTP/1.0\r\ncontent-length: " + line.length() + "\r\n\r\n" + line
        }) {
            for (String address : new String[] {"127.0.0.8", "127.0.0.8", "127.0.0.9"}) {
                try (RawHttp http = from(address)) {
                    http.send(request);
                    assertThat(http.answer()).isNotEmpty();
                }
            }
        }
        assertThat(Files.readString(daemon.log()).lines().filter(l -> l.contains("127.0.0.8")))
                .hasSizeBetween(3, 9)
                .allMatch(l -> l.endsWith("Login of root from 127.0.0.8 was refused")
                        || l.endsWith(" further refused logins of 127.0.0.8"));
    }
}
