package org.jxapi.perfmon;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** How the sources of a variable become one value, by perfmon's names. */
enum Consolidations {
    SUM("sum"),
    AVERAGE("average"),
    MAX("max"),
    FS_USAGE("get_percent_fs_usage"),
    LOG_FS_USAGE("get_percent_log_fs_usage"),
    MEM_USAGE("get_percent_mem_usage"),
    SR_USAGE("get_percent_sr_usage");

    private final String name;

    Consolidations(String name) {
        this.name = name;
    }

    static Optional<Consolidations> named(String name) {
        for (Consolidations one : values()) {
            if (one.name.equals(name)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /**
     * The value; NaN when it is not known, which is never an alarm.
     *
     * @param values of the sources, by name
     */
    double of(Map<String, Double> values, ControlDomain domain) {
        Collection<Double> all = values.values();
        return switch (this) {
            case FS_USAGE -> domain.fileSystemUsage();
            case LOG_FS_USAGE -> domain.logFileSystemUsage();
            case MEM_USAGE -> domain.memoryUsage();
            case SR_USAGE -> ratio(values);
            case SUM ->
                all.isEmpty()
                        ? Double.NaN
                        : all.stream().mapToDouble(value -> value).sum();
            case AVERAGE -> all.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
            case MAX -> all.stream().mapToDouble(value -> value).max().orElse(Double.NaN);
        };
    }

    private static double ratio(Map<String, Double> values) {
        double used = values.getOrDefault("physical_utilisation", Double.NaN);
        double size = values.getOrDefault("size", Double.NaN);
        return size > 0 ? used / size : Double.NaN;
    }
}
