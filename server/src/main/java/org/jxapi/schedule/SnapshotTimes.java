package org.jxapi.schedule;

import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VmssFrequency;

/** The {@code schedule} of a VMSS: which keys and values it may have, and the times that it means. */
final class SnapshotTimes {
    private static final String MIN = "min";
    private static final String HOUR = "hour";
    private static final String DAYS = "days";
    private static final List<String> MINUTES = List.of("0", "15", "30", "45");
    private static final List<String> WEEK =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private SnapshotTimes() {}

    private static Map<String, String> defaults(VmssFrequency frequency) {
        Map<String, String> defaults = new LinkedHashMap<>();
        if (frequency != VmssFrequency.HOURLY) {
            defaults.put(HOUR, "0");
        }
        defaults.put(MIN, "0");
        if (frequency == VmssFrequency.WEEKLY) {
            defaults.put(DAYS, WEEK.get(0));
        }
        return defaults;
    }

    /** The same, with names written as XAPI does; INVALID_VALUE for a key or value that no frequency knows. */
    static Map<String, String> checked(Map<String, String> schedule) {
        return checked(schedule, VmssFrequency.WEEKLY);
    }

    /** The same, for the keys of one frequency. */
    static Map<String, String> checked(Map<String, String> schedule, VmssFrequency frequency) {
        Map<String, String> checked = new LinkedHashMap<>();
        schedule.forEach((key, value) -> {
            if (!defaults(frequency).containsKey(key)) {
                throw invalid(key, value);
            }
            checked.put(key, checked(key, value));
        });
        return checked;
    }

    /** The keys of a schedule that a frequency uses, with defaults for missing ones. */
    static Map<String, String> complete(Map<String, String> schedule, VmssFrequency frequency) {
        Map<String, String> complete = defaults(frequency);
        complete.replaceAll((key, value) -> checked(key, schedule.getOrDefault(key, value)));
        return complete;
    }

    private static String checked(String key, String value) {
        switch (key) {
            case MIN:
                return oneOf(MINUTES, key, value);
            case HOUR:
                if (!value.matches("\\d{1,2}") || Integer.parseInt(value) > 23) {
                    throw invalid(key, value);
                }
                return value;
            default:
                List<String> days = new ArrayList<>();
                for (String day : value.split(",", -1)) {
                    String known = oneOf(WEEK, key, day);
                    if (days.contains(known)) {
                        throw invalid(key, value);
                    }
                    days.add(known);
                }
                return String.join(",", days);
        }
    }

    private static String oneOf(List<String> all, String key, String value) {
        return all.stream()
                .filter(one -> one.equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> invalid(key, value));
    }

    private static RuntimeException invalid(String key, String value) {
        return Errors.invalidValue("schedule:" + key, value);
    }

    /** The last time, not after {@code now}, at which snapshots were due. */
    static LocalDateTime last(VmssFrequency frequency, Map<String, String> schedule, LocalDateTime now) {
        Map<String, String> times = complete(schedule, frequency);
        LocalDateTime due = now.truncatedTo(ChronoUnit.HOURS).withMinute(Integer.parseInt(times.get(MIN)));
        if (frequency == VmssFrequency.HOURLY) {
            return due.isAfter(now) ? due.minusHours(1) : due;
        }
        due = due.withHour(Integer.parseInt(times.get(HOUR)));
        List<String> days = frequency == VmssFrequency.DAILY
                ? WEEK
                : List.of(times.getOrDefault(DAYS, "").split(","));
        while (due.isAfter(now) || !days.contains(WEEK.get(due.getDayOfWeek().ordinal()))) {
            due = due.minusDays(1);
        }
        return due;
    }
}
