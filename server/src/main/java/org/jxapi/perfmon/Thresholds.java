package org.jxapi.perfmon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.measure.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thresholds of one owner, and how long each has been crossed. */
final class Thresholds {
    private static final Logger LOG = LoggerFactory.getLogger(Thresholds.class);

    /** A variable with its state. */
    private static final class Watched {
        private final Variable variable;
        private long countdown;
        private double lastAlarm;

        Watched(Variable variable, double lastAlarm) {
            this.variable = variable;
            this.countdown = variable.trigger();
            this.lastAlarm = lastAlarm;
        }
    }

    /** Raises alarms, and knows those of the past. */
    interface Alarms {
        void raise(Variable variable, double value);

        /** When the last alarm of a variable was raised, in seconds since 1970; negative infinity for never. */
        double last(Variable variable);
    }

    private final Owner owner;
    private String config = "";
    private List<Watched> watched = List.of();

    Thresholds(Owner owner) {
        this.owner = owner;
    }

    /** Follows a setting. Variables that have not changed keep their state. A wrong setting is logged once. */
    void follow(String text, Map<String, String> ofSrs, Alarms alarms) {
        String all = text + ofSrs;
        if (all.equals(config)) {
            return;
        }
        config = all;
        List<Variable> variables = new ArrayList<>();
        try {
            if (!text.isBlank()) {
                for (Element element : Element.parse(text).all("variable")) {
                    variables.add(Variable.of(owner.kind(), element));
                }
            }
        } catch (WrongConfigException e) {
            LOG.warn("Perfmon: other_config:perfmon of {} {} is wrong: {}", owner.kind(), owner.uuid(), e.getMessage());
        }
        ofSrs.forEach((sr, setting) -> addOfSr(sr, setting, variables));
        List<Watched> before = watched;
        watched = variables.stream()
                .map(variable -> before.stream()
                        .filter(old -> old.variable.config().equals(variable.config()))
                        .findFirst()
                        .orElseGet(() -> new Watched(variable, alarms.last(variable))))
                .toList();
    }

    /** Adds the variable of an SR's setting that is about this host, unless the host has its own. */
    private static void addOfSr(String sr, String setting, List<Variable> variables) {
        try {
            for (Element element : Element.parse(setting).all("variable")) {
                if (!element.value("name").orElse("").equals(Defaults.PER_HOST)) {
                    continue;
                }
                if (element.value("rrd_regex").isPresent()) {
                    throw new WrongConfigException("variable " + Defaults.PER_HOST + ": it must have no rrd_regex");
                }
                String name = "sr_io_throughput_total_" + sr.substring(0, Math.min(8, sr.length()));
                Map<String, String> origin = new LinkedHashMap<>();
                origin.put("class", "SR");
                origin.put("uuid", sr);
                Element named = element.with("name", name, new Element("configured_on", origin, List.of()));
                if (variables.stream().noneMatch(variable -> variable.name().equals(name))) {
                    variables.add(Variable.of(Owner.Kind.HOST, named));
                }
                return;
            }
        } catch (WrongConfigException e) {
            LOG.warn("Perfmon: other_config:perfmon of SR {} is wrong: {}", sr, e.getMessage());
        }
    }

    boolean isEmpty() {
        return watched.isEmpty();
    }

    /**
     * Takes the measurements of one row.
     *
     * @param now seconds since 1970
     * @param seconds of the row
     */
    void take(double now, long seconds, Map<String, Double> readings, ControlDomain domain, Alarms alarms) {
        for (Watched one : watched) {
            double value = one.variable.value(readings, domain);
            if (!one.variable.isBad(value)) {
                one.countdown = one.variable.trigger();
                continue;
            }
            one.countdown -= seconds;
            if (one.countdown <= 0) {
                one.countdown = one.variable.trigger();
                if (now - one.lastAlarm >= one.variable.inhibit()) {
                    one.lastAlarm = now;
                    alarms.raise(one.variable, value);
                }
            }
        }
    }
}
