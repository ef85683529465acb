package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** The host CPUs that virtual ones may run on: {@code 0-3,^2} of xl and libvirt, as {@code VCPUs_params:mask}. */
final class CpuMasks {
    private static final int MOST = 4095;
    private static final Pattern RANGE = Pattern.compile("\\s*(\\^?)(\\d{1,4})(?:-(\\d{1,4}))?\\s*");

    private CpuMasks() {}

    /** @param value one mask for all virtual CPUs, or a list with one for each */
    static void read(PlanBuilder plan, ConfigKey key, Object value) {
        List<String> masks = new ArrayList<>();
        for (Object one : value instanceof List<?> list ? list : List.of(value)) {
            String text = String.valueOf(one).strip();
            if (text.isEmpty() || text.equals("all") || text.equals("-1")) {
                plan.ignored(key, "all CPUs are the default");
                return;
            }
            Optional<String> mask = mask(text);
            if (mask.isEmpty()) {
                plan.refused(
                        key,
                        "\"" + text + "\" is no list of CPUs such as 0-3,^2; jxapi does not know CPUs by NUMA node");
                return;
            }
            masks.add(mask.get());
        }
        String all = String.join(";", masks);
        plan.vcpusParam("mask", all);
        plan.translated(key, "VCPUs-params:mask=" + all);
    }

    /** The CPUs one by one; nothing if the text is no such list, or names none. */
    static Optional<String> mask(String text) {
        Set<Integer> cpus = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(range.group(2));
            int last = range.group(3) == null ? first : Integer.parseInt(range.group(3));
            for (int cpu = first; cpu <= Math.min(last, MOST); cpu++) {
                if (range.group(1).isEmpty()) {
                    cpus.add(cpu);
                } else {
                    cpus.remove(cpu);
                }
            }
        }
        return cpus.isEmpty()
                ? Optional.empty()
                : Optional.of(cpus.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
}
