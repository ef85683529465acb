package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Logins at a daemon, each from another address of this machine, so that a refused one delays no other. */
public final class LoginTries {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final TestDaemon daemon;

    public LoginTries(TestDaemon daemon) {
        this.daemon = daemon;
    }

    /** The whole answer: a result or an error. */
    public JsonNode answer(String user, String password) throws Exception {
        int number = NEXT.incrementAndGet();
        URI uri = URI.create(daemon.endpoint("http:"));
        InetAddress from = InetAddress.getByName("127.0." + (1 + number / 250) + "." + (1 + number % 250));
        String call = JsonClient.JSON
                .createObjectNode()
                .put("method", "session.login_with_password")
                .put("id", 1)
                .set("params", JsonClient.JSON.valueToTree(List.of(user, password, "1.0", "test")))
                .toString();
        try (RawHttp http = new RawHttp(new Socket(InetAddress.getByName(uri.getHost()), uri.getPort(), from, 0))) {
            http.send(RawHttp.request("/jsonrpc", call));
            String answer = http.answer();
            return JsonClient.JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n")));
        }
    }

    /** The session of a login that must succeed. */
    public String session(String user, String password) throws Exception {
        JsonNode answer = answer(user, password);
        assertThat(answer.path("error").isMissingNode() || answer.get("error").isNull())
                .as("login of %s: %s", user, answer)
                .isTrue();
        return answer.get("result").asText();
    }

    /** The error of a login that must fail: its code, then its parameters. */
    public List<String> refusal(String user, String password) throws Exception {
        JsonNode answer = answer(user, password);
        assertThat(answer.path("error").isObject() || answer.path("error").isArray())
                .as("login of %s fails, not %s", user, answer)
                .isTrue();
        List<String> error = new ArrayList<>();
        if (answer.get("error").isArray()) {
            answer.get("error").forEach(part -> error.add(part.asText()));
        } else {
            error.add(answer.get("error").path("message").asText());
            answer.get("error").path("data").forEach(param -> error.add(param.asText()));
        }
        return error;
    }
}
