package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Sessions of a running daemon: the alert about wrong logins, and what a restart leaves. */
class FailedLoginAlertTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--failed-login-alert", "1s");

    private static final Calls calls = daemon.calls();

    /** alert_failed_login_attempts in ocaml/xapi/xapi_pool.ml, api_messages.ml for the priority. */
    @Test
    void wrongLoginsAreReportedOnceAsAMessageOfThePool() throws Exception {
        JsonClient client = new JsonClient(daemon.http());
        client.call("session.login_with_password", List.of("mallory", "guess", "1.0", "guesser"));
        Eventually.holds(() -> assertThat(alerts()).hasSize(1));
        JsonNode alert = alerts().get(0);
        assertThat(alert.get("priority").asInt()).isEqualTo(3);
        assertThat(alert.get("cls").asText()).isEqualTo("Pool");
        assertThat(alert.get("obj_uuid").asText()).isEqualTo(calls.text("pool.get_uuid", calls.first("pool.get_all")));
        assertThat(alert.get("body").asText())
                .startsWith("<body>\n<total>1</total>\n<known>\n<username>mallory</username>\n"
                        + "<originator>guesser</originator>\n<useragent>Java-http-client/")
                .contains("<ip>127.0.0.1</ip>\n<number>1</number>\n<date>")
                .endsWith("</known>\n</body>");
        assertThat(alerts()).hasSize(1);
    }

    private static List<JsonNode> alerts() throws Exception {
        return calls.ok("message.get_all_records").findParents("name").stream()
                .filter(message -> message.get("name").asText().equals("FAILED_LOGIN_ATTEMPTS"))
                .toList();
    }
}
