package org.jxapi.perfmon;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jxapi.measure.Owner;

/**
 * A threshold: a number made of measurements, and when it raises an alarm.
 *
 * @param sources the whole names of the sources that it is made of
 * @param high whether values above the level are bad; otherwise those below
 * @param trigger seconds of bad values that raise an alarm
 * @param inhibit seconds after an alarm in which there is no other
 * @param priority of the message
 * @param config the setting, for the message
 */
record Variable(
        String name,
        Pattern sources,
        Consolidations function,
        double level,
        boolean high,
        long trigger,
        long inhibit,
        long priority,
        String config) {
    private static final String TRIGGER = "60";
    private static final String INHIBIT = "3600";
    private static final String PRIORITY = "3";
    private static final int LOOKS = 20_000;

    /** Reads a {@code variable} of an owner's setting. */
    static Variable of(Owner.Kind kind, Element element) throws WrongConfigException {
        String name = element.value("name").orElseThrow(() -> new WrongConfigException("a variable has no name"));
        String sources = element.value("rrd_regex")
                .or(() -> Defaults.sources(kind, name))
                .orElseThrow(() -> wrong(name, "it needs an rrd_regex"));
        String function = element.value("consolidation_fn").orElse("");
        Consolidations consolidation = function.isEmpty()
                ? Defaults.function(kind, name)
                : Consolidations.named(function)
                        .orElseThrow(() -> wrong(name, "there is no consolidation_fn " + function));
        String level = element.value("alarm_trigger_level")
                .or(() -> Defaults.level(kind, name))
                .orElseThrow(() -> wrong(name, "it needs an alarm_trigger_level"));
        try {
            return new Variable(
                    name,
                    Pattern.compile(sources),
                    consolidation,
                    Double.parseDouble(level),
                    element.value("alarm_trigger_sense")
                            .orElseGet(() -> Defaults.sense(kind, name))
                            .equals("high"),
                    Long.parseLong(element.value("alarm_trigger_period").orElse(TRIGGER)),
                    Long.parseLong(element.value("alarm_auto_inhibit_period").orElse(INHIBIT)),
                    Long.parseLong(element.value("alarm_priority").orElse(PRIORITY)),
                    element.pretty());
        } catch (PatternSyntaxException e) {
            throw wrong(name, "its rrd_regex is not a regular expression");
        } catch (NumberFormatException e) {
            throw wrong(name, "not a number: " + e.getMessage());
        }
    }

    private static WrongConfigException wrong(String name, String why) {
        return new WrongConfigException("variable " + name + ": " + why);
    }

    /** The value now; NaN when it is not known. */
    double value(Map<String, Double> readings, ControlDomain domain) {
        Map<String, Double> own = new TreeMap<>();
        readings.forEach((source, value) -> {
            if (matches(source)) {
                own.put(source, value);
            }
        });
        return function.of(own, domain);
    }

    private boolean matches(String source) {
        try {
            return sources.matcher(new BoundedText(source, LOOKS)).matches();
        } catch (BoundedText.ExhaustedException | StackOverflowError e) {
            return false;
        }
    }

    boolean isBad(double value) {
        return high ? value > level : value < level;
    }

    /** The text of an alarm, as XenCenter and Xen Orchestra read it. */
    String body(double value) {
        return String.format(Locale.ROOT, "value: %.6f\nconfig:\n", value) + config;
    }
}
