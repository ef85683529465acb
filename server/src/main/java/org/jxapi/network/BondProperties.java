package org.jxapi.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Errors;

/** The settings that a mode of bonds has: only lacp has any. */
final class BondProperties {
    /** An integer, in decimal or hex. */
    static final String KEY = "lacp-aggregation-key";

    /** @param usual the value of one that is not given; empty for none */
    private record Setting(String name, String usual, Predicate<String> valid) {}

    private static final List<Setting> LACP = List.of(
            new Setting("hashing_algorithm", "tcpudp_ports", List.of("src_mac", "tcpudp_ports")::contains),
            new Setting("lacp-time", "slow", List.of("fast", "slow")::contains),
            new Setting(KEY, "", text -> text.matches("-?(0[xX][0-9a-fA-F]{1,8}|\\d{1,9})")),
            new Setting("lacp-fallback-ab", "true", List.of("true", "false")::contains));

    private BondProperties() {}

    private static List<Setting> of(BondMode mode) {
        return mode == BondMode.LACP ? LACP : List.of();
    }

    private static boolean valid(BondMode mode, String name, String value) {
        return of(mode).stream()
                .anyMatch(setting ->
                        setting.name().equals(name) && setting.valid().test(value));
    }

    /** INVALID_VALUE for a setting that the mode has not, and for a wrong value. */
    static void check(BondMode mode, String name, String value) {
        if (!valid(mode, name, value)) {
            throw Errors.invalidValue("properties", name + " = " + value);
        }
    }

    /** The settings with the usual ones in place of those that are missing. */
    static Map<String, String> complete(BondMode mode, Map<String, String> given) {
        Map<String, String> all = new LinkedHashMap<>(given);
        of(mode).stream()
                .filter(setting -> !setting.usual().isEmpty())
                .forEach(setting -> all.putIfAbsent(setting.name(), setting.usual()));
        return all;
    }

    /** The settings that remain right under another mode, completed. */
    static Map<String, String> carriedOver(BondMode mode, Map<String, String> before) {
        Map<String, String> kept = new LinkedHashMap<>(before);
        kept.entrySet().removeIf(each -> !valid(mode, each.getKey(), each.getValue()));
        return complete(mode, kept);
    }

    /** The value of {@link #KEY}. */
    static long number(String key) {
        return Long.decode(key.matches("-?0+\\d+") ? key.replaceFirst("0+(?=\\d)", "") : key);
    }
}
