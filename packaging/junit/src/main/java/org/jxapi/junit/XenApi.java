package org.jxapi.junit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A XenAPI server on a simulated host, for tests of clients. By default it is a jxapid in a process of its own, so that a test may
 * do anything to it, and no library of the server is on the class path of the test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final XenApi xen = XenApi.simulator().world("laptop");
 * }</pre>
 *
 * <p>In a static field it serves all tests of a class, and its world is as at the start before each of them. In a field of
 * an instance, each test has its own. When a test fails, the log of jxapid is printed. Tests that share one must not run at
 * the same time.
 *
 * <p>The program is {@code jxapid}, unless the system property {@code jxapid} or the variable {@code JXAPID} of the
 * environment names another one. The name {@code in-process} is that of {@link #inProcess}.
 */
public final class XenApi implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Pattern SESSION = Pattern.compile("\"result\":\\s*\"(OpaqueRef:[^\"]+)\"");
    private static final int PATIENCE_MS = 60_000;

    private final List<String> options = new ArrayList<>(List.of("--simulator-delays", "off"));
    private String program = System.getProperty("jxapid", System.getenv().getOrDefault("JXAPID", "jxapid"));
    private boolean resets = true;
    private @Nullable Jxapid jxapid;
    /** The class or test that the process is for. */
    private String owner = "";

    private XenApi() {}

    /** A simulated host without VMs. */
    public static XenApi simulator() {
        return new XenApi();
    }

    /** Begins with a world: {@code laptop}, {@code small-office}, {@code 64-hosts}, {@code 1000-vms}, or the path of a file in YAML. */
    public XenApi world(String world) {
        return options("--simulator-world", world);
    }

    /** Makes references, UUIDs and chance follow from this number. */
    public XenApi seed(long seed) {
        return options("--simulator-seed", Long.toString(seed));
    }

    /** Adds options of jxapid. The last one of a name counts: guests take time with {@code "--simulator-delays", "on"}. */
    public XenApi options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /**
     * Runs jxapid in the process of the tests: a debugger reaches both sides, and its log goes to that of the tests. The jars of
     * jxapi must be on their class path. One at a time may have a seed.
     */
    public XenApi inProcess() {
        program = Jxapid.IN_PROCESS;
        return this;
    }

    /** Leaves the world as a test has made it, for the next one. */
    public XenApi withoutReset() {
        resets = false;
        return this;
    }

    /** The address for XML-RPC and, with the path {@code /jsonrpc}, JSON-RPC. */
    public URL url() {
        try {
            return URI.create(running().url()).toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The password of {@code root}. */
    public String password() {
        return secret("root-password");
    }

    /** The data folder of jxapid. */
    public Path data() {
        return running().data();
    }

    /** A reference of a new session of {@code root}. */
    public String login() {
        String answer = request(
                "POST",
                "/jsonrpc",
                Json.of(Map.of(
                        "jsonrpc",
                        "2.0",
                        "id",
                        1,
                        "method",
                        "session.login_with_password",
                        "params",
                        List.of("root", password(), "1.0", "junit"))));
        Matcher session = SESSION.matcher(answer);
        if (!session.find()) {
            throw new IllegalStateException("the login failed: " + answer);
        }
        return session.group(1);
    }

    /** Adds a fault, such as {@code Map.of("api", "VM.start", "fault", "drop-after", "times", 2)}. */
    public void fault(Map<String, ?> fault) {
        send("POST", "/faults", Json.of(fault));
    }

    /** Forgets all faults. */
    public void clearFaults() {
        send("DELETE", "/faults", "");
    }

    /** Carries out an order, such as {@code Map.of("vm", uuid, "guest", "crash")}. */
    public void order(Map<String, ?> order) {
        send("POST", "/orders", Json.of(order));
    }

    /** Advances the clock: sessions expire, and schedules become due. */
    public void advance(Duration by) {
        send("POST", "/clock", Json.of(Map.of("advance", by.toSeconds())));
    }

    /** Ends all sessions. */
    public void endSessions() {
        send("POST", "/sessions/end", "");
    }

    /** Keeps the world as it is now. */
    public void snapshot(String name) {
        send("POST", "/snapshots/" + name, "");
    }

    /** Makes the world what it was at the start, and forgets all faults. */
    public void reset() {
        send("POST", "/reset", "{}");
    }

    /** Makes the world what it was when a snapshot was taken, and forgets all faults. */
    public void reset(String snapshot) {
        send("POST", "/reset", Json.of(Map.of("snapshot", snapshot)));
    }

    /**
     * Makes the world what it was at the start, and forgets all faults. References, UUIDs, chance and delays by chance follow
     * from this number then, so that a test gets the same ones each time.
     *
     * @param seed 0 or more
     */
    public void reset(long seed) {
        send("POST", "/reset", Json.of(Map.of("seed", seed)));
    }

    /**
     * Sends a request below {@code /simulator}, as docs/simulator.md describes them.
     *
     * @return the answer in JSON
     * @throws IllegalStateException when it is refused, with the reason
     */
    public String send(String method, String path, String body) {
        return request(method, "/simulator" + path, body);
    }

    private String request(String method, String path, String body) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(running().url() + path).toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Authorization", "Bearer " + secret("simulator-token"));
            // Faults and the clock end connections that are kept.
            connection.setRequestProperty("Connection", "close");
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                String answer = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (status >= 400) {
                    throw new IllegalStateException(method + " " + path + ": " + status + " " + answer.strip());
                }
                return answer;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String secret(String name) {
        try {
            return running().secret(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Jxapid running() {
        if (jxapid == null) {
            throw new IllegalStateException(
                    "jxapid runs during tests only; is the field annotated @RegisterExtension?");
        }
        return jxapid;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        // A nested class uses that of the class around it.
        if (jxapid == null) {
            jxapid = Jxapid.start(program, options);
            owner = context.getUniqueId();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (jxapid == null) {
            beforeAll(context);
        } else if (resets) {
            reset();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (jxapid != null && context.getExecutionException().isPresent()) {
            System.err.println(
                    "The log of jxapid at the failure of " + context.getDisplayName() + ":\n" + jxapid.log());
        }
        afterAll(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (jxapid != null && owner.equals(context.getUniqueId())) {
            jxapid.close();
            jxapid = null;
        }
    }
}
