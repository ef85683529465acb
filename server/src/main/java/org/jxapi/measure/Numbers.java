package org.jxapi.measure;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as XAPI's monitoring writes them: C's {@code %.15g}. */
final class Numbers {
    private static final int DIGITS = 15;
    private static final MathContext ROUNDED = new MathContext(DIGITS, RoundingMode.HALF_EVEN);
    /** Below this, whole numbers have no more than 15 digits. */
    private static final double WHOLE = 1e15;
    /** From here on, a number has 15 digits when it is multiplied by a power of ten that a double holds exactly. */
    private static final double SMALL = 1e-4;

    private static final double HALF = 0.5;
    private static final double[] POWERS = new double[23];

    static {
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = Double.parseDouble("1e" + i);
        }
    }

    private Numbers() {}

    static String text(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return "0.0";
        }
        double size = Math.abs(value);
        if (size < WHOLE && value == Math.rint(value)) {
            return Long.toString((long) value);
        }
        return size >= SMALL && size < WHOLE ? fixed(value, size) : exact(value);
    }

    /** The same for a number whose decimal point is near its digits: it takes no arithmetic of many digits. */
    private static String fixed(double value, double size) {
        int whole = 0;
        while (whole < DIGITS && size >= POWERS[whole]) {
            whole++;
        }
        int places = DIGITS - whole;
        if (whole == 0) {
            while (size * POWERS[places] < POWERS[DIGITS - 1]) {
                places++;
            }
        }
        double product = size * POWERS[places];
        double rest = Math.fma(size, POWERS[places], -product);
        long digits = (long) Math.floor(product);
        // A product of this size is a multiple of 1/64 or more, and the rest is at most half of that.
        double over = product - digits;
        if (over > HALF || over == HALF && (rest > 0 || rest == 0 && (digits & 1) == 1)) {
            digits++;
        }
        if (digits >= WHOLE || digits <= POWERS[DIGITS - 1]) {
            return exact(value);
        }
        while (digits % 10 == 0) {
            digits /= 10;
            places--;
        }
        return (value < 0 ? "-" : "") + placed(digits, places);
    }

    private static String placed(long digits, int places) {
        String text = Long.toString(digits);
        if (places <= 0) {
            return text + "0".repeat(-places);
        }
        int whole = text.length() - places;
        return whole > 0 ? text.substring(0, whole) + "." + text.substring(whole) : "0." + "0".repeat(-whole) + text;
    }

    static String exact(double value) {
        BigDecimal rounded = new BigDecimal(value).round(ROUNDED);
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal shortest = rounded.stripTrailingZeros();
        return exponent < -4 || exponent >= DIGITS ? scientific(shortest, exponent) : shortest.toPlainString();
    }

    private static String scientific(BigDecimal value, int exponent) {
        String digits = value.unscaledValue().abs().toString();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return (value.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + fraction
                + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
