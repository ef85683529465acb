package org.jxapi.rpc;

import java.math.BigDecimal;
import java.math.MathContext;

/** Floating point numbers as XAPI's codecs write them. */
final class Floats {
    private Floats() {}

    /** As C's {@code %.16g}: 1.0 is {@code 1}. */
    static String c(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(16)).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -5 || exponent >= 16) {
            String digits = rounded.unscaledValue().abs().toString();
            return (value < 0 ? "-" : "")
                    + (digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1))
                    + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        }
        return rounded.toPlainString();
    }

    /** A JSON number with a fraction: {@code 1.0}; infinities and NaN are bare words. */
    static String json(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        String text = c(value);
        return text.contains(".") || text.contains("e") ? text : text + ".0";
    }
}
