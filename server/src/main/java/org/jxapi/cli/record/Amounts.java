package org.jxapi.cli.record;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.cli.thin.CliException;

/** Numbers as users write them. */
public final class Amounts {
    private static final Pattern SIZE = Pattern.compile("\\s*(\\d+)\\s*([A-Za-z]*)\\s*");

    private Amounts() {}

    /** Bytes, or a number with KiB, MiB, GiB or TiB; the last two letters may be missing, and their case is free. */
    public static long bytes(String field, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (matcher.matches()) {
            int shift = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "", "b", "bytes" -> 0;
                case "k", "kb", "kib" -> 10;
                case "m", "mb", "mib" -> 20;
                case "g", "gb", "gib" -> 30;
                case "t", "tb", "tib" -> 40;
                default -> -1;
            };
            try {
                if (shift >= 0) {
                    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
                }
            } catch (ArithmeticException | NumberFormatException e) {
                throw unparsable(field, text);
            }
        }
        throw unparsable(field, text);
    }

    private static CliException unparsable(String field, String text) {
        return new CliException("Failed to parse field '" + field
                + "': expecting an integer (possibly with suffix KiB, MiB, GiB, TiB), got '" + text + "'");
    }

    /** The number with so many decimals, as C prints it. */
    public static String decimal(double number, int decimals) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    /** A whole number; {@code 0x} and such are understood. */
    public static long integer(String text, String error) {
        try {
            return Long.decode(text.strip());
        } catch (NumberFormatException e) {
            throw new CliException(error);
        }
    }
}
