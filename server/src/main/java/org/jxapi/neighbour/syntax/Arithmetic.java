package org.jxapi.neighbour.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operators of Python on values of configurations, with bounds for what they make.
 *
 * @param line where the operator is, for errors
 */
record Arithmetic(int line) {
    /** The most characters of a string, and the most elements of a list. */
    private static final int MOST = 1 << 20;

    private static final Pattern PERCENT = Pattern.compile("%(?:\\(([^)]*)\\))?(0?\\d{0,3})([sdixr%])");
    private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{(\\d{0,3})\\}|[{}]");

    private SyntaxException refused(String reason) {
        return new SyntaxException(line, reason);
    }

    static Object number(Token token) {
        String text = token.text().toLowerCase(Locale.ROOT);
        String digits = text.endsWith("l") ? text.substring(0, text.length() - 1) : text;
        try {
            if (digits.startsWith("0x")) {
                return Long.parseLong(digits.substring(2), 16);
            }
            if (digits.startsWith("0o")) {
                return Long.parseLong(digits.substring(2), 8);
            }
            // Python 2 and xl read a leading zero as octal.
            if (digits.matches("0[0-7]+")) {
                return Long.parseLong(digits, 8);
            }
            return digits.contains(".") ? (Object) Double.parseDouble(digits) : (Object) Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new SyntaxException(token.line(), "\"" + token.text() + "\" is no number");
        }
    }

    Object apply(String operator, Object left, Object right) {
        if (left instanceof String text && operator.equals("%")) {
            return percent(text, right);
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return joined(a, b);
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            return joined(a, b);
        }
        if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
            bound(text.length() * (double) times);
            return text.repeat((int) Math.max(0, times));
        }
        if (number(left) && number(right)) {
            return left instanceof Double || right instanceof Double
                    ? decimal(operator, toDouble(left), toDouble(right))
                    : whole(operator, toLong(left), toLong(right));
        }
        throw refused("\"" + operator + "\" cannot work on " + kind(left) + " and " + kind(right)
                + (operator.equals("+") ? ". str() makes text of a number" : ""));
    }

    private static boolean number(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private static long toLong(Object value) {
        return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).longValue();
    }

    private static double toDouble(Object value) {
        return value instanceof Double decimal ? decimal : toLong(value);
    }

    private static String kind(Object value) {
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Map) {
            return "a dictionary";
        }
        return number(value) ? "a number" : String.valueOf(value);
    }

    private void bound(double size) {
        if (size > MOST) {
            throw refused("the value is larger than " + MOST + " characters or elements");
        }
    }

    private Object joined(String a, String b) {
        bound(a.length() + (double) b.length());
        return a + b;
    }

    private Object joined(List<?> a, List<?> b) {
        bound(a.size() + (double) b.size());
        List<Object> both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }

    private Object whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                // Python 2, in which xm's files are written, divides whole numbers so.
                case "/", "//" -> Math.floorDiv(a, b);
                default -> Math.floorMod(a, b);
            };
        } catch (ArithmeticException e) {
            throw refused("the result of \"" + operator + "\" is no number of 64 bits");
        }
    }

    private static Object decimal(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            default -> a - b * Math.floor(a / b);
        };
    }

    Object element(Object value, Object index) {
        if (value instanceof Map<?, ?> map && map.containsKey(index)) {
            return map.get(index);
        }
        if (index instanceof Long place && (value instanceof List<?> || value instanceof String)) {
            int size = value instanceof List<?> list ? list.size() : ((String) value).length();
            long from = place < 0 ? place + size : place;
            if (from >= 0 && from < size) {
                return value instanceof List<?> list
                        ? list.get((int) from)
                        : String.valueOf(((String) value).charAt((int) from));
            }
        }
        throw refused("there is no element " + text(index) + " in " + kind(value));
    }

    Object converted(String function, List<Object> arguments) {
        if (arguments.size() != 1 || !(number(arguments.get(0)) || arguments.get(0) instanceof String)) {
            throw refused(function + "() takes one number or one text");
        }
        Object given = arguments.get(0);
        if (function.equals("str")) {
            return text(given);
        }
        if (given instanceof String digits) {
            if (!digits.strip().matches("-?\\d{1,18}")) {
                throw refused("int() cannot make a number of \"" + digits + "\"");
            }
            return Long.parseLong(digits.strip());
        }
        return given instanceof Double decimal ? (Object) decimal.longValue() : (Object) toLong(given);
    }

    /** The text that Python's str() makes. */
    static String text(Object value) {
        return value instanceof Boolean truth ? (truth ? "True" : "False") : String.valueOf(value);
    }

    private String percent(String format, Object given) {
        List<?> arguments = given instanceof List<?> list ? list : List.of(given);
        StringBuilder made = new StringBuilder();
        Matcher places = PERCENT.matcher(format);
        int from = 0;
        int used = 0;
        while (places.find()) {
            made.append(plain(format.substring(from, places.start())));
            from = places.end();
            if (places.group(3).equals("%")) {
                made.append('%');
                continue;
            }
            Object argument;
            if (places.group(1) != null) {
                argument = element(given, places.group(1));
            } else if (used < arguments.size()) {
                argument = arguments.get(used++);
            } else {
                throw refused("the format has more places than there are values");
            }
            made.append(padded(places.group(3), places.group(2), argument));
            bound(made.length());
        }
        return made.append(plain(format.substring(from))).toString();
    }

    private String plain(String part) {
        if (part.contains("%")) {
            throw refused("only %s, %d, %i, %x and %% are known in formats");
        }
        return part;
    }

    private String padded(String kind, String width, Object argument) {
        if (Set.of("s", "r").contains(kind)) {
            return width.isEmpty()
                    ? text(argument)
                    : String.format(Locale.ROOT, "%" + wide(width) + "s", text(argument));
        }
        if (!number(argument)) {
            throw refused("%" + kind + " needs a number");
        }
        String letter = kind.equals("x") ? "x" : "d";
        return String.format(Locale.ROOT, "%" + width + letter, toLong(argument));
    }

    private static String wide(String width) {
        return width.replaceFirst("^0+", "");
    }

    String braces(String format, List<Object> arguments) {
        StringBuilder made = new StringBuilder();
        Matcher places = BRACES.matcher(format);
        int from = 0;
        int used = 0;
        while (places.find()) {
            made.append(format, from, places.start());
            from = places.end();
            String place = places.group();
            if (place.equals("{{") || place.equals("}}")) {
                made.append(place.charAt(0));
                continue;
            }
            if (places.group(1) == null) {
                throw refused("only {} and {NUMBER} are known in formats");
            }
            int index = places.group(1).isEmpty() ? used++ : Integer.parseInt(places.group(1));
            if (index >= arguments.size()) {
                throw refused("the format has more places than there are values");
            }
            made.append(text(arguments.get(index)));
            bound(made.length());
        }
        return made.append(format.substring(from)).toString();
    }
}
