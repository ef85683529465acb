package org.jxapi.perfmon;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.measure.Owner;

/** The settings that a variable need not have, by the kind of its owner: those of upstream's python3/bin/perfmon. */
final class Defaults {
    /** The variable of an SR that is about each host's traffic with it. */
    static final String PER_HOST = "sr_io_throughput_total_per_host";

    private static final String CPU = "cpu_usage";
    private static final String NETWORK = "network_usage";
    private static final String GUEST_FREE = "memory_internal_free";
    private static final String HOST_FREE = "memory_free_kib";
    private static final String SR_USAGE = "physical_utilisation";
    private static final Pattern SR_THROUGHPUT = Pattern.compile("sr_(io_throughput_total_[0-9a-f]{8})");

    /** Variables of the control domain that are not measured, but read when they are needed. */
    private static final Map<String, Consolidations> READ = Map.of(
            "fs_usage", Consolidations.FS_USAGE,
            "log_fs_usage", Consolidations.LOG_FS_USAGE,
            "mem_usage", Consolidations.MEM_USAGE);

    private Defaults() {}

    static Consolidations function(Owner.Kind kind, String variable) {
        return switch (kind) {
            case VM -> READ.getOrDefault(variable, variable.equals(CPU) ? Consolidations.AVERAGE : Consolidations.SUM);
            case HOST -> variable.equals(CPU) ? Consolidations.AVERAGE : Consolidations.SUM;
            case SR -> variable.equals(SR_USAGE) ? Consolidations.SR_USAGE : Consolidations.SUM;
        };
    }

    /** Which sources a variable is made of; an empty expression for none. */
    static Optional<String> sources(Owner.Kind kind, String variable) {
        return Optional.ofNullable(
                switch (kind) {
                    case VM ->
                        switch (variable) {
                            case CPU -> "cpu[0-9]+";
                            case NETWORK -> "vif_[0-9]+_[rt]x";
                            case "disk_usage" -> "vbd_(xvd|hd)[a-z]+_(read|write)";
                            case GUEST_FREE -> GUEST_FREE;
                            default -> READ.containsKey(variable) ? "" : null;
                        };
                    case HOST ->
                        switch (variable) {
                            case CPU -> "cpu[0-9]+";
                            case NETWORK -> "pif_eth[0-9]+_[rt]x";
                            case HOST_FREE -> HOST_FREE;
                            default -> throughput(variable);
                        };
                    case SR ->
                        switch (variable) {
                            case SR_USAGE -> "physical_utilisation|size";
                            case PER_HOST -> "";
                            default -> null;
                        };
                });
    }

    private static @Nullable String throughput(String variable) {
        Matcher matcher = SR_THROUGHPUT.matcher(variable);
        return matcher.matches() ? matcher.group(1) : null;
    }

    static Optional<String> level(Owner.Kind kind, String variable) {
        return Optional.ofNullable(
                switch (kind) {
                    case VM ->
                        switch (variable) {
                            case "fs_usage", "log_fs_usage" -> "0.9";
                            case "mem_usage" -> "0.95";
                            default -> null;
                        };
                    case HOST -> null;
                    case SR -> variable.equals(SR_USAGE) ? "0.8" : null;
                });
    }

    static String sense(Owner.Kind kind, String variable) {
        boolean low = kind == Owner.Kind.VM && variable.equals(GUEST_FREE)
                || kind == Owner.Kind.HOST && variable.equals(HOST_FREE);
        return low ? "low" : "high";
    }
}
