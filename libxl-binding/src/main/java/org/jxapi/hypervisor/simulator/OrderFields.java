package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The fields of an order. All that is wrong is an IllegalArgumentException whose message names the key. */
public record OrderFields(JsonNode json) {
    private static final String DELAY = "delay_ms";
    /** The longest delay of a fault: ten minutes. */
    private static final long LONGEST_MS = 600_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads the text of an order, which is a JSON object. */
    public static OrderFields of(String text) {
        try {
            return of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static OrderFields of(JsonNode json) {
        if (json == null || !json.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        return new OrderFields(json);
    }

    public boolean has(String key) {
        return json.has(key);
    }

    /** The fields of the object at a key. */
    public OrderFields at(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isObject()) {
            throw new IllegalArgumentException(key + " must be an object");
        }
        return new OrderFields(value);
    }

    /** Refuses all keys but these. */
    public void only(String... keys) {
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

    public String text(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException(key + " must be given, as a string");
        }
        return value.asText();
    }

    /** The one of these values that the text at a key names. */
    public <T> T known(String key, String what, Map<String, T> all) {
        T found = all.get(text(key));
        if (found == null) {
            throw new IllegalArgumentException(
                    "unknown " + what + " " + text(key) + "; known are " + String.join(", ", all.keySet()));
        }
        return found;
    }

    public long integer(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(key + " must be given, as a number");
        }
        return value.asLong();
    }

    /** A whole number in these limits; {@code otherwise} when it is not given. */
    public long integer(String key, long least, long most, long otherwise) {
        if (!json.has(key)) {
            return otherwise;
        }
        long value = integer(key);
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " must be from " + least + " to " + most + ", not " + value);
        }
        return value;
    }

    /** A number in these limits; {@code otherwise} when it is not given. */
    public double decimal(String key, double least, double most, double otherwise) {
        JsonNode value = json.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber() || !(value.asDouble() >= least && value.asDouble() <= most)) {
            throw new IllegalArgumentException(key + " must be a number from " + least + " to " + most);
        }
        return value.asDouble();
    }

    public boolean yes(String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isBoolean()) {
            throw new IllegalArgumentException(key + " must be given, as true or false");
        }
        return value.asBoolean();
    }

    public UUID uuid(String key) {
        String text = text(key);
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " must be a UUID, not " + text, e);
        }
    }

    /** When a fault happens: {@code times}, {@code probability} and {@code delay_ms}; by default once, on the next occasion. */
    public PendingFaults.Terms terms() {
        JsonNode delay = json.get(DELAY);
        if (delay != null && delay.isArray()) {
            if (delay.size() != 2
                    || !isDelay(delay.get(0))
                    || !isDelay(delay.get(1))
                    || delay.get(0).asLong() > delay.get(1).asLong()) {
                throw new IllegalArgumentException(
                        DELAY + " must be a number, or a list of the least and the most, at most " + LONGEST_MS);
            }
            return terms(delay.get(0).asLong(), delay.get(1).asLong());
        }
        long same = integer(DELAY, 0, LONGEST_MS, 0);
        return terms(same, same);
    }

    private static boolean isDelay(JsonNode value) {
        return value.isIntegralNumber() && value.asLong() >= 0 && value.asLong() <= LONGEST_MS;
    }

    private PendingFaults.Terms terms(long least, long most) {
        return new PendingFaults.Terms(
                times(), decimal("probability", 1e-6, 1, 1), Duration.ofMillis(least), Duration.ofMillis(most));
    }

    /** A number, or {@code "always"}. */
    private long times() {
        JsonNode value = json.get("times");
        if (value != null && value.isTextual() && value.asText().equals("always")) {
            return PendingFaults.ALWAYS;
        }
        if (value != null && value.isTextual()) {
            throw new IllegalArgumentException("times must be a number, or \"always\"");
        }
        return integer("times", 1, 1_000_000, 1);
    }
}
