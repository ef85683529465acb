package org.jxapi.usb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules that say which USB devices VMs may have, in the syntax of XAPI's usb-policy.conf. Each line is {@code ALLOW} or
 * {@code DENY}, a colon, and conditions such as {@code vid=0951}. The first rule that fits an interface of a device counts.
 * A device may be given away when all its interfaces may.
 */
final class UsbPolicy {
    /** Where XAPI has it. */
    static final Path FILE = Path.of("/etc/xensource/usb-policy.conf");

    /** XAPI's rules: no network devices, and no keyboards and mice but some tablets. */
    private static final List<String> USUAL = List.of(
            "DENY: vid=17e9",
            "DENY: class=02",
            "ALLOW: vid=056a pid=0315 class=03",
            "ALLOW: vid=056a pid=0314 class=03",
            "ALLOW: vid=056a pid=00fb class=03",
            "DENY: class=03 subclass=01 prot=01",
            "DENY: class=03 subclass=01 prot=02",
            "DENY: class=0a",
            "DENY: class=e0",
            "DENY: class=ef subclass=04",
            "ALLOW:");

    private static final Pattern CONDITION =
            Pattern.compile("\\s*(class|subclass|prot|vid|pid|rel)\\s*=\\s*([0-9a-f]+)");
    /** The lengths of the values in hexadecimal digits. */
    private static final Map<String, Integer> DIGITS =
            Map.of("class", 2, "subclass", 2, "prot", 2, "vid", 4, "pid", 4, "rel", 4);

    private record Rule(boolean allow, Map<String, Integer> conditions) {}

    private final List<Rule> rules = new ArrayList<>();

    private UsbPolicy(List<String> lines) throws IOException {
        for (String line : lines) {
            String text = line.replaceFirst("#.*", "");
            if (!text.isBlank()) {
                rules.add(rule(text));
            }
        }
    }

    /** The rules of a file; XAPI's own when there is no such file. */
    static UsbPolicy of(Path file) throws IOException {
        try {
            return of(Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            return of(USUAL);
        }
    }

    /** @throws IOException for a line that is no rule */
    static UsbPolicy of(List<String> lines) throws IOException {
        return new UsbPolicy(lines);
    }

    private static Rule rule(String line) throws IOException {
        String[] parts = line.toLowerCase(Locale.ROOT).split(":", -1);
        String action = parts[0].strip();
        if (parts.length != 2 || !(action.equals("allow") || action.equals("deny"))) {
            throw new IOException("malformed rule of the USB policy: " + line);
        }
        Map<String, Integer> conditions = new LinkedHashMap<>();
        String target = parts[1].strip();
        Matcher matcher = CONDITION.matcher(target);
        int end = 0;
        while (end < target.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IOException("malformed rule of the USB policy: " + line);
            }
            String name = matcher.group(1);
            String value = matcher.group(2);
            if (value.length() != DIGITS.getOrDefault(name, 0)
                    || conditions.put(name, Integer.valueOf(value, 16)) != null) {
                throw new IOException("wrong value of " + name + " in the USB policy: " + line);
            }
            end = matcher.end();
        }
        return new Rule(action.equals("allow"), conditions);
    }

    /** Whether VMs may have a device with these interfaces, each with its values under the names of conditions. */
    boolean allows(List<Map<String, Integer>> interfaces) {
        return interfaces.stream().allMatch(this::allowsOne);
    }

    private boolean allowsOne(Map<String, Integer> values) {
        for (Rule rule : rules) {
            if (values.entrySet().containsAll(rule.conditions().entrySet())) {
                return rule.allow();
            }
        }
        return false;
    }
}
