package org.jxapi.ova;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Units of memory and disks: programmatic ones (DSP0004, such as {@code byte * 2^20}) and the older names. */
final class OvfUnits {
    private static final Pattern POWER = Pattern.compile("bytes?(?:\\*(?:(\\d{1,3})\\^(\\d{1,2})|(\\d{1,15})))?");
    private static final Map<String, Integer> NAMES = Map.of(
            "kilobytes", 10, "kb", 10, "megabytes", 20, "mb", 20, "gigabytes", 30, "gb", 30, "terabytes", 40, "tb", 40);

    private OvfUnits() {}

    /** An amount in bytes; empty if it is no number, the unit is unknown, or it is too large. */
    static OptionalLong bytes(String amount, String unit, String usual) {
        String plain = (unit.isBlank() ? usual : unit).toLowerCase(Locale.ROOT).replaceAll("\\s", "");
        if (!amount.matches("\\d{1,18}")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(amount), factor(plain)));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    private static long factor(String unit) {
        if (NAMES.containsKey(unit)) {
            return 1L << NAMES.get(unit);
        }
        Matcher power = POWER.matcher(unit);
        if (!power.matches()) {
            throw new ArithmeticException(unit);
        }
        if (power.group(3) != null) {
            return Long.parseLong(power.group(3));
        }
        long factor = 1;
        for (int i = 0; power.group(1) != null && i < Integer.parseInt(power.group(2)); i++) {
            factor = Math.multiplyExact(factor, Long.parseLong(power.group(1)));
        }
        return factor;
    }
}
