package org.jxapi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.http.SimulatorHandler;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.simulator.Faults;
import org.jxapi.hypervisor.simulator.OrderFields;
import org.jxapi.hypervisor.simulator.PendingFaults;
import org.jxapi.local.Hosts;
import org.jxapi.local.Version;
import org.jxapi.network.PoolNetworks;
import org.jxapi.network.SimulatedHostNetwork;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests below {@code /simulator}, as openapi.json describes them. */
public final class SimulatorControl implements SimulatorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatorControl.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOTHING = "{}\n".getBytes(StandardCharsets.UTF_8);
    /** The most that the clock goes forward at once: ten years. */
    private static final long LONGEST = Duration.ofDays(3653).toSeconds();

    /** The largest whole number that all clients of JSON have. */
    private static final long LARGEST_SEED = (1L << 53) - 1;

    private final SimulatedHosts machines;
    private final Hosts hosts;
    private final PoolNetworks networks;
    private final Store store;
    private final World world;
    private final ApiFaults api;
    private final StorageFaults storage;
    private final SimulatedClock clock;
    private final SimulatorToken token;
    private final Runnable look;
    private final Consumer<Instant> passed;

    /**
     * @param look has the daemon look at once at all that it looks at from time to time
     * @param passed begins what was due since a moment from which the clock has gone forward
     */
    public SimulatorControl(
            Hosts hosts,
            Store store,
            PoolNetworks networks,
            World world,
            ApiFaults api,
            StorageFaults storage,
            SimulatedClock clock,
            SimulatorToken token,
            Runnable look,
            Consumer<Instant> passed) {
        this.machines = new SimulatedHosts(hosts, store);
        this.hosts = hosts;
        this.networks = networks;
        this.store = store;
        this.world = world;
        this.api = api;
        this.storage = storage;
        this.clock = clock;
        this.token = token;
        this.look = look;
        this.passed = passed;
    }

    /** The requests that there are, carried out by {@code control}. */
    static List<SimulatorRoute> routes(SimulatorControl control) {
        return List.of(
                new SimulatorRoute("GET", PATH, (name, body) -> bytes(control.state())),
                new SimulatorRoute("GET", PATH + "/openapi.json", (name, body) -> openApi()),
                new SimulatorRoute("POST", PATH + "/orders", (name, body) -> control.order(body)),
                new SimulatorRoute("GET", PATH + "/faults", (name, body) -> bytes(control.faults())),
                new SimulatorRoute("POST", PATH + "/faults", (name, body) -> control.fault(body)),
                new SimulatorRoute("DELETE", PATH + "/faults", (name, body) -> control.clear()),
                new SimulatorRoute("GET", PATH + "/clock", (name, body) -> bytes(control.time())),
                new SimulatorRoute("POST", PATH + "/clock", (name, body) -> control.advance(body)),
                new SimulatorRoute("POST", PATH + "/sessions/end", (name, body) -> control.endSessions()),
                new SimulatorRoute(
                        "GET", PATH + "/snapshots", (name, body) -> bytes(JSON.valueToTree(control.world.names()))),
                new SimulatorRoute("POST", PATH + "/snapshots/{name}", (name, body) -> control.take(name)),
                new SimulatorRoute("DELETE", PATH + "/snapshots/{name}", (name, body) -> control.delete(name)),
                new SimulatorRoute("POST", PATH + "/reset", (name, body) -> control.reset(body)));
    }

    @Override
    public Answer serve(String method, String path, @Nullable String authorization, byte[] body) {
        try {
            boolean known = false;
            for (SimulatorRoute route : routes(this)) {
                if (!route.leadsTo(path)) {
                    continue;
                }
                known = true;
                if (route.method().equals(method)) {
                    if (!route.open() && !token.admits(authorization)) {
                        return refusal(
                                401,
                                "the header Authorization must be \"Bearer TOKEN\"; the token is in the"
                                        + " file simulator-token of the data folder");
                    }
                    return new Answer(
                            200, route.action().run(route.name(path), new String(body, StandardCharsets.UTF_8)));
                }
            }
            return known
                    ? refusal(405, path + " has no " + method)
                    : refusal(404, "there is no " + path + "; see " + PATH + "/openapi.json");
        } catch (IllegalArgumentException e) {
            return refusal(400, String.valueOf(e.getMessage()));
        } catch (NoSuchSnapshotException e) {
            return refusal(404, String.valueOf(e.getMessage()));
        } catch (BusyException | HypervisorException e) {
            return refusal(409, String.valueOf(e.getMessage()));
        } catch (RuntimeException | IOException | Error e) {
            LOG.error("Simulator: {} {} failed", method, path, e);
            return refusal(500, e.toString());
        }
    }

    private static Answer refusal(int status, String why) {
        return new Answer(status, bytes(JSON.createObjectNode().put("error", why)));
    }

    private static byte[] bytes(JsonNode json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] openApi() throws IOException {
        try (InputStream in = SimulatorControl.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IOException("openapi.json is missing");
            }
            return in.readAllBytes();
        }
    }

    private ObjectNode state() {
        ObjectNode state = JSON.createObjectNode();
        state.put("version", Version.JXAPI);
        state.put(
                "domains",
                machines.all().stream()
                        .mapToInt(each -> each.machine().domains().list().size() - 1)
                        .sum());
        state.put("sessions", store.snapshot().count(Session.XEN_CLASS));
        state.set("clock", time());
        state.set("snapshots", JSON.valueToTree(world.names()));
        state.set("faults", faults());
        state.set("network", devices());
        return state;
    }

    /** The settings that clients have given network devices, by the UUID of the host and the device. */
    private ObjectNode devices() {
        ObjectNode all = JSON.createObjectNode();
        Snapshot now = store.snapshot();
        for (Hosts.Driven each : hosts.all(now)) {
            if (networks.of(each.host()) instanceof SimulatedHostNetwork network) {
                all.set(now.get(each.host(), Host.UUID), JSON.valueToTree(network.settings()));
            }
        }
        return all;
    }

    private byte[] order(String body) {
        machines.order(body);
        look.run();
        return NOTHING;
    }

    private byte[] fault(String body) {
        OrderFields order = OrderFields.of(body);
        if (order.has("api")) {
            api.add(order);
        } else if (order.has("storage")) {
            storage.add(order);
        } else if (order.has("operation")) {
            machines.order(body);
        } else {
            throw new IllegalArgumentException("operation, api or storage must say where the fault is");
        }
        return NOTHING;
    }

    private byte[] clear() {
        clearFaults();
        return NOTHING;
    }

    private void clearFaults() {
        machines.all().forEach(each -> each.machine().faults().clear());
        api.clear();
        storage.clear();
    }

    private ArrayNode faults() {
        ArrayNode all = JSON.createArrayNode();
        machines.all()
                .forEach(each -> each.machine().faults().pending().forEach(rule -> {
                    Faults.Aimed aimed = rule.fault();
                    ObjectNode one = all.addObject();
                    one.put("operation", aimed.operation());
                    if (machines.several()) {
                        one.put("host", each.uuid());
                    }
                    one.put("fault", aimed.fault().getClass().getSimpleName().toLowerCase(Locale.ROOT));
                    if (aimed.domain() != null) {
                        one.put("vm", aimed.domain().toString());
                    }
                    when(one, rule);
                }));
        api.pending().forEach(rule -> {
            ObjectNode one = all.addObject();
            one.put("api", rule.fault().method());
            one.put("fault", rule.fault().kind().toString());
            if (!rule.fault().error().isEmpty()) {
                one.set("error", JSON.valueToTree(rule.fault().error()));
            }
            if (rule.fault().object() != null) {
                one.put("object", rule.fault().object());
            }
            when(one, rule);
        });
        storage.pending().forEach(rule -> {
            ObjectNode one = all.addObject();
            one.put("storage", rule.fault().kind().toString());
            if (rule.fault().sr() != null) {
                one.put("sr", rule.fault().sr());
            }
            when(one, rule);
        });
        return all;
    }

    private static void when(ObjectNode fault, PendingFaults.Rule<?> rule) {
        PendingFaults.Terms terms = rule.terms();
        if (terms.times() == PendingFaults.ALWAYS) {
            fault.put("times", "always");
        } else {
            fault.put("times", terms.times());
        }
        fault.put("probability", terms.probability());
        if (terms.longest().equals(terms.delay())) {
            fault.put("delay_ms", terms.delay().toMillis());
        } else {
            fault.putArray("delay_ms")
                    .add(terms.delay().toMillis())
                    .add(terms.longest().toMillis());
        }
    }

    private ObjectNode time() {
        return JSON.createObjectNode()
                .put("now", clock.instant().toString())
                .put("ahead", clock.ahead().toSeconds());
    }

    private byte[] advance(String body) {
        OrderFields order = OrderFields.of(body);
        order.only("advance");
        order.integer("advance");
        Instant before = clock.instant();
        clock.advance(Duration.ofSeconds(order.integer("advance", 1, LONGEST, 0)));
        passed.accept(before);
        look.run();
        return bytes(time());
    }

    private byte[] endSessions() {
        List<Ref<Session>> all = store.transact(tx -> {
            List<Ref<Session>> found =
                    tx.all(Session.XEN_CLASS).stream().map(Stored::ref).toList();
            found.forEach(tx::destroy);
            return found;
        });
        return bytes(JSON.createObjectNode().put("ended", all.size()));
    }

    private byte[] take(String name) {
        world.take(name);
        return NOTHING;
    }

    private byte[] delete(String name) throws IOException {
        if (!world.delete(name)) {
            throw new NoSuchSnapshotException(name);
        }
        return NOTHING;
    }

    private byte[] reset(String body) {
        OrderFields order = OrderFields.of(body.isBlank() ? "{}" : body);
        order.only("snapshot", "seed");
        String name = order.has("snapshot") ? order.text("snapshot") : World.START;
        Long seed = order.has("seed") ? order.integer("seed", 0, LARGEST_SEED, 0) : null;
        clearFaults();
        if (!world.reset(name, seed)) {
            throw new NoSuchSnapshotException(name);
        }
        look.run();
        return NOTHING;
    }
}
