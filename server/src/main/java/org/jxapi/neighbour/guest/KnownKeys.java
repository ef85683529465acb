package org.jxapi.neighbour.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The settings of a format that VMs of the XenAPI do not have, with the reason; one file for each format. */
final class KnownKeys {
    static final KnownKeys XL = of("xl-keys.txt");
    static final KnownKeys LIBVIRT = of("libvirt-keys.txt");

    private final Map<String, Rule> rules = new HashMap<>();

    /**
     * A rule.
     *
     * @param harmless a pattern of the values at which the setting changes nothing; empty if there are none
     * @param outcome for other values
     */
    record Rule(String harmless, Outcome outcome, String reason) {
        /** Reports about a setting with that value. */
        void apply(PlanBuilder plan, PlanBuilder.ConfigKey key, String value) {
            if (!harmless.isEmpty() && value.matches(harmless)) {
                plan.ignored(key, "it is the default here");
            } else if (outcome == Outcome.REFUSED) {
                plan.refused(key, reason);
            } else {
                plan.ignored(key, reason);
            }
        }
    }

    private static KnownKeys of(String file) {
        KnownKeys keys = new KnownKeys();
        try (InputStream in = KnownKeys.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + file + " is missing");
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(keys::add);
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        String[] parts = line.split("\\s*:\\s*", 4);
        Rule rule = new Rule(parts[1], Outcome.valueOf(parts[2].toUpperCase(java.util.Locale.ROOT)), parts[3]);
        for (String name : parts[0].strip().split("\\s+")) {
            rules.put(name, rule);
        }
    }

    Optional<Rule> find(String name) {
        return Optional.ofNullable(rules.get(name));
    }
}
