package org.jxapi.member;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.certificate.AnyServer;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the coordinator's XenAPI, for a host that wants to join. As in XAPI, it takes any certificate: the host knows
 * none of the pool's yet. The administrator's name and password show which pool is meant.
 */
final class CoordinatorClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorClient.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int HTTPS = 443;
    private static final int LAST_PORT = 65_535;
    private static final Duration CONNECT = Duration.ofSeconds(30);
    /** A call may wait for other operations of the pool. */
    private static final Duration ANSWER = Duration.ofMinutes(5);

    private final HttpClient http;
    private final Address address;
    private String session = "";

    /** Where the coordinator is: {@code HOST}, {@code HOST:PORT}, or an IPv6 address with or without brackets. */
    record Address(String host, int port) {
        /** JOINING_HOST_CONNECTION_FAILED for a text that is no address. */
        static Address of(String text) {
            int colon = text.lastIndexOf(':');
            boolean bare = text.indexOf(':') != colon && !text.startsWith("[");
            boolean port = colon >= 0 && !bare && !text.endsWith("]");
            String host = port ? text.substring(0, colon) : text;
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            String number = port ? text.substring(colon + 1) : Integer.toString(HTTPS);
            if (!host.matches("[A-Za-z0-9._:%-]+") || !number.matches("\\d{1,5}")) {
                throw Errors.joiningHostConnectionFailed();
            }
            Address address = new Address(host, Integer.parseInt(number));
            if (address.port > LAST_PORT || !address.isHost()) {
                throw Errors.joiningHostConnectionFailed();
            }
            return address;
        }

        /** Whether a URL can name it: {@code -1} and {@code a%} are no hosts. */
        private boolean isHost() {
            try {
                return new URI(url("/")).getHost() != null;
            } catch (URISyntaxException e) {
                return false;
            }
        }

        private URI uri(String path) {
            return URI.create(url(path));
        }

        private String url(String path) {
            String name = host.contains(":") ? "[" + host + "]" : host;
            return "https://" + name + ":" + port + path;
        }
    }

    private CoordinatorClient(HttpClient http, Address address) {
        this.http = http;
        this.address = address;
    }

    /**
     * Logs in. The coordinator's own error, such as SESSION_AUTHENTICATION_FAILED or HOST_IS_SLAVE, if it refuses;
     * JOINING_HOST_CONNECTION_FAILED if it cannot be reached, JOINING_HOST_SERVICE_FAILED if it does not speak the XenAPI.
     */
    static CoordinatorClient login(Address address, String user, String password, String version) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .sslContext(AnyServer.context())
                .build();
        CoordinatorClient client = new CoordinatorClient(http, address);
        client.session = client.call("session.login_with_password", user, password, version, "jxapid pool.join")
                .asText();
        return client;
    }

    /** Calls a message that begins with the session; the result. */
    JsonNode ask(String method, String... params) {
        List<String> all = new ArrayList<>(List.of(session));
        all.addAll(List.of(params));
        return call(method, all.toArray(new String[0]));
    }

    private JsonNode call(String method, String... params) {
        HttpRequest request = HttpRequest.newBuilder(address.uri("/jsonrpc"))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(RpcCall.of(method, params)))
                .build();
        JsonNode result = RpcCall.result(answer(request));
        if (result.isMissingNode()) {
            throw Errors.joiningHostServiceFailed();
        }
        return result;
    }

    private JsonNode answer(HttpRequest request) {
        HttpResponse<String> response = send(request);
        try {
            JsonNode answer = response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
            if (answer != null && answer.isObject()) {
                return answer;
            }
            LOG.warn(
                    "Pool: {} answered {} with status {}",
                    address,
                    request.uri().getPath(),
                    response.statusCode());
        } catch (IOException e) {
            LOG.warn(
                    "Pool: {} answered {} with what is no JSON",
                    address,
                    request.uri().getPath());
        }
        throw Errors.joiningHostServiceFailed();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException | IllegalArgumentException e) {
            // TLS refuses some names that URLs allow.
            LOG.warn("Pool: {} cannot be reached: {}", address, Reason.of(e));
            throw Errors.joiningHostConnectionFailed().causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.joiningHostConnectionFailed().causedBy(e);
        }
    }

    /**
     * Sends a file to a path, under a task that has the reason of a refusal; the answer.
     *
     * <p>HOSTS_NOT_COMPATIBLE if the coordinator has no such path: then it is no jxapi.
     */
    JsonNode upload(String path, Map<String, String> query, Path file) throws IOException {
        String task = ask("task.create", "pool.join", "").asText();
        try {
            String parameters = query.entrySet().stream()
                    .map(one -> "&" + one.getKey() + "=" + encoded(one.getValue()))
                    .collect(Collectors.joining());
            HttpRequest request = HttpRequest.newBuilder(address.uri(
                            path + "?session_id=" + encoded(session) + "&task_id=" + encoded(task) + parameters))
                    .timeout(ANSWER)
                    .PUT(BodyPublishers.ofFile(file))
                    .build();
            HttpResponse<String> response = send(request);
            if (response.statusCode() == 200) {
                return JSON.readTree(response.body());
            }
            JsonNode why = ask("task.get_error_info", task);
            if (response.statusCode() == 404 || why.isEmpty()) {
                LOG.warn("Pool: {} refused this host with status {}", address, response.statusCode());
                throw Errors.hostsNotCompatible();
            }
            List<String> params = RpcCall.texts(why);
            throw new XenApiException(params.remove(0), params);
        } finally {
            ask("task.destroy", task);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Ends the session. */
    @Override
    public void close() {
        try {
            call("session.logout", session);
        } catch (XenApiException e) {
            LOG.debug("Pool: the session at {} could not be ended", address, e);
        }
    }
}
