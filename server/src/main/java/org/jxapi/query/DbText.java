package org.jxapi.query;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.XenEnum;

/** The textual form of values that queries compare: the one of XAPI's own database. */
final class DbText {
    private DbText() {}

    static String of(Object value) {
        if (value instanceof XenEnum constant) {
            return constant.wire();
        }
        if (value instanceof Double number) {
            return number(number);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(m -> quoted(of(m))).collect(Collectors.joining(" ", "(", ")"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> "(" + quoted(of(e.getKey())) + " " + quoted(of(e.getValue())) + ")")
                    .collect(Collectors.joining(" ", "(", ")"));
        }
        return String.valueOf(value);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** As C's {@code %0.18g}. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        java.math.BigDecimal exact = new java.math.BigDecimal(value)
                .round(new java.math.MathContext(18))
                .stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent < -5 || exponent >= 18) {
            String digits = exact.unscaledValue().abs().toString();
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+")
                    + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        }
        return exact.toPlainString();
    }
}
