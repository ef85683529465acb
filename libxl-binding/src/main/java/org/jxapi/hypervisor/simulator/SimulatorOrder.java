package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.LibxlError;

/**
 * An order for a simulated machine. The simulator refuses an unknown one, so that a typing error in a test does not
 * pass for a fault that the client survived.
 *
 * <ul>
 *   <li>{@code {"domain": 3, "guest": "power-off"}}: a guest does something on its own: {@code power-off}, {@code reboot},
 *       {@code crash}, {@code hang} or {@code unload-drivers};
 *   <li>{@code {"domain": 3, "xenstore": {"attr/vif/0/ipv4/0": "10.0.0.7"}}}: a guest's agent writes, or removes with
 *       {@code null}, where xenstore lets it;
 *   <li>{@code {"domain": 3, "clock": 3600}}: a guest sets its emulated clock, so many seconds from the host's;
 *   <li>{@code {"create": {"cInfo": {"type": "PV", "name": "web", "uuid": "..."}, "bInfo": {...}, "disks": [...]}}}: another
 *       tool creates a domain of that {@link DomainConfig};
 *   <li>{@code {"operation": "create", "fault": "fail", "error": "NOMEM"}}: the next call of that operation goes wrong:
 *       {@code fail} at once, {@code die} midway, {@code hang} until {@code {"release": "create"}}.
 * </ul>
 */
final class SimulatorOrder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Consumer<Guest>> ACTIONS = new LinkedHashMap<>();
    private static final String STEP = "(?!\\.+(?:/|$))[A-Za-z0-9_@:+.-]+";
    private static final Pattern PATH = Pattern.compile(STEP + "(?:/" + STEP + ")*");

    static {
        ACTIONS.put("power-off", Guest::powerOff);
        ACTIONS.put("reboot", Guest::reboot);
        ACTIONS.put("crash", Guest::crash);
        ACTIONS.put("hang", Guest::hang);
        ACTIONS.put("unload-drivers", Guest::unloadDrivers);
    }

    private final JsonNode json;

    private SimulatorOrder(JsonNode json) {
        this.json = json;
    }

    /** Reads an order; IllegalArgumentException when it is not JSON, or no order. */
    static SimulatorOrder of(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
        if (json == null || !json.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        return new SimulatorOrder(json);
    }

    /** Carries it out; IllegalArgumentException when something in it is not known, and then nothing has happened. */
    void obey(SimulatorState state, Domains domains) {
        if (json.has("create")) {
            only("create");
            domains.create(config(), false);
        } else if (json.has("guest")) {
            only("domain", "guest");
            Consumer<Guest> action = known("guest", "action of a guest", ACTIONS);
            action.accept(new Guest(state, domain(state)));
        } else if (json.has("xenstore")) {
            only("domain", "xenstore");
            write(state);
        } else if (json.has("clock")) {
            only("domain", "clock");
            new Guest(state, domain(state)).setClock(number("clock"));
        } else if (json.has("release")) {
            only("release");
            state.faults.release(text("release"));
        } else if (json.has("fault")) {
            only("operation", "fault", "error");
            state.faults.inject(text("operation"), fault());
        } else {
            throw new IllegalArgumentException(
                    "it orders nothing: create, guest, xenstore, clock, fault or release is missing");
        }
    }

    private DomainConfig config() {
        try {
            return DomainFiles.JSON.treeToValue(json.get("create"), DomainConfig.class);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new IllegalArgumentException("create is no configuration of a domain: " + e.getMessage(), e);
        }
    }

    private void only(String... keys) {
        Set<String> known = Set.of(keys);
        Set<String> others = new TreeSet<>();
        json.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                others.add(name);
            }
        });
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown key " + String.join(", ", others) + "; known here are " + String.join(", ", keys));
        }
    }

    private String text(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException(key + " must be given, as a string");
        }
        return value.asText();
    }

    private <T> T known(String key, String what, Map<String, T> all) {
        T found = all.get(text(key));
        if (found == null) {
            throw new IllegalArgumentException(
                    "unknown " + what + " " + text(key) + "; known are " + String.join(", ", all.keySet()));
        }
        return found;
    }

    private int domain(SimulatorState state) {
        JsonNode domid = json.get("domain");
        if (domid == null || !domid.canConvertToInt() || !domid.isIntegralNumber()) {
            throw new IllegalArgumentException("domain must be given, as a number");
        }
        state.domain(domid.asInt());
        return domid.asInt();
    }

    private void write(SimulatorState state) {
        JsonNode entries = json.get("xenstore");
        if (!entries.isObject()) {
            throw new IllegalArgumentException("xenstore must be an object: paths and their values");
        }
        List<String> wrong = new ArrayList<>();
        entries.fields().forEachRemaining(entry -> {
            if (!PATH.matcher(entry.getKey()).matches() || entry.getValue().isContainerNode()) {
                wrong.add(entry.getKey());
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "no path of xenstore below the domain's own, or no plain value: " + String.join(", ", wrong));
        }
        Map<String, @Nullable String> keys = new LinkedHashMap<>();
        entries.fields().forEachRemaining(entry -> {
            JsonNode value = entry.getValue();
            keys.put(entry.getKey(), value.isNull() ? null : value.asText());
        });
        new Guest(state, domain(state)).tell(keys);
    }

    private long number(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(key + " must be given, as a number");
        }
        return value.asLong();
    }

    private Faults.Fault fault() {
        Map<String, LibxlError> errors = new LinkedHashMap<>();
        for (LibxlError error : LibxlError.values()) {
            errors.put(error.name(), error);
        }
        LibxlError error = json.has("error") ? known("error", "error of libxl", errors) : LibxlError.FAIL;
        Map<String, Faults.Fault> faults = new LinkedHashMap<>();
        faults.put("fail", new Faults.Fault.Fail(error));
        faults.put("die", new Faults.Fault.Die(error));
        faults.put("hang", new Faults.Fault.Hang(new CountDownLatch(1)));
        return known("fault", "fault", faults);
    }
}
