package org.jxapi.datamodel;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A XenAPI datetime: seconds of precision, and the zone as it was given ({@code Z}, an offset such as {@code +01:00},
 * or nothing), because a value is written back with the zone that it was set with.
 */
public record XenTime(LocalDateTime local, String zone) {
    public static final XenTime NEVER = of(Instant.EPOCH);

    private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("yyyyMMdd'T'HH:mm:ss");
    private static final Pattern SHAPE = Pattern.compile(
            "(\\d{4})-?(\\d\\d)-?(\\d\\d)T(\\d\\d):?(\\d\\d):?(\\d\\d)(?:[.,]\\d+)?(Z|[+-]\\d\\d(?::?\\d\\d)?|-)?");

    public static XenTime of(Instant instant) {
        return new XenTime(LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC), "Z");
    }

    public static XenTime now() {
        return of(Instant.now());
    }

    /**
     * Reads {@code YYYYMMDDTHH:MM:SS} or {@code YYYY-MM-DDTHH:MM:SS}, with or without a fraction and a zone.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static XenTime parse(String text) {
        Matcher m = SHAPE.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("not a date: " + text);
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    number(m, 1), number(m, 2), number(m, 3), number(m, 4), number(m, 5), Math.min(number(m, 6), 59));
            return new XenTime(local, m.group(7) == null ? "" : m.group(7));
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("not a date: " + text, e);
        }
    }

    private static int number(Matcher m, int group) {
        return Integer.parseInt(m.group(group));
    }

    /** The moment it names; a missing zone means UTC. */
    public Instant instant() {
        return local.toInstant(zone.isEmpty() || zone.equals("-") ? ZoneOffset.UTC : ZoneOffset.of(zone));
    }

    /** The wire form, {@code YYYYMMDDTHH:MM:SS} and the zone. */
    @Override
    public String toString() {
        return BASIC.format(local) + zone;
    }
}
