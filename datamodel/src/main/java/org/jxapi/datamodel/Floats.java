package org.jxapi.datamodel;

import java.math.BigDecimal;
import java.math.MathContext;

/** Floating point numbers as C's printf writes them. */
public final class Floats {
    private Floats() {}

    /** As {@code %.DIGITSg}: 1.0 is {@code 1}, infinities are {@code inf}, and not a number is {@code nan}. */
    public static String g(double value, int digits) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < 100_000) {
            return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
        }
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return rounded.toPlainString();
        }
        String mantissa = rounded.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + (mantissa.length() == 1 ? mantissa : mantissa.charAt(0) + "." + mantissa.substring(1))
                + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
