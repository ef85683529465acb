package org.jxapi.xe;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The colours of records on a terminal: dim names of fields, and the states of VMs. Scripts get none. */
final class Colours {
    private static final Pattern FIELD =
            Pattern.compile("(?m)^( *[\\w-]+ \\( ?[SM]?R[OW]\\)(?: \\[DEPRECATED])? *: )(.*)$");

    private static final Map<String, String> STATES =
            Map.of("running", "32", "paused", "33", "suspended", "33", "halted", "31");

    private Colours() {}

    /** Whether the standard output is a terminal whose user has not turned colours off (no-color.org). */
    static boolean wanted() {
        String off = System.getenv("NO_COLOR");
        if (off != null && !off.isEmpty() || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        return Terminal.isOne(1);
    }

    /** The text of records with colours; other text as it is. */
    static String of(String text) {
        Matcher field = FIELD.matcher(text);
        StringBuilder out = new StringBuilder();
        while (field.find()) {
            String state = field.group(1).contains("power-state") ? STATES.get(field.group(2)) : null;
            String value = state == null ? field.group(2) : coloured(state, field.group(2));
            field.appendReplacement(out, Matcher.quoteReplacement(coloured("2", field.group(1)) + value));
        }
        return field.appendTail(out).toString();
    }

    private static String coloured(String code, String text) {
        return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
