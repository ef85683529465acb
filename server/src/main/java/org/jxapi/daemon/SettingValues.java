package org.jxapi.daemon;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the values of settings; a bad one ends in a line for the user that names its key. */
final class SettingValues {
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Pattern SCALED = Pattern.compile("([0-9]+)([A-Za-z]?)");

    private SettingValues() {}

    private static boolean off(String value) {
        return value.equals("off");
    }

    static Path path(String key, String value) {
        if (value.isEmpty()) {
            throw new WrongSettingException("--" + key + " needs a path");
        }
        try {
            return Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new WrongSettingException("--" + key + " needs a path, not '" + value.replace('\0', '?') + "'");
        }
    }

    /** The path of a socket; null for off. */
    static @Nullable Path socket(String key, String value) {
        return off(value) ? null : path(key, value);
    }

    /** The name of a service of PAM, or the path of its file; null for off. */
    static @Nullable String service(String key, String value) {
        if (off(value)) {
            return null;
        }
        if (value.startsWith("/")) {
            return path(key, value).toString();
        }
        if (!SERVICE.matcher(value).matches()) {
            throw new WrongSettingException(
                    "--" + key + " takes a name, the path of a file, or off, not '" + value + "'");
        }
        return value;
    }

    /** Names with commas between them. */
    static Set<String> names(String key, String value) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : value.isBlank() ? new String[0] : value.split(",", -1)) {
            if (name.isBlank()) {
                throw new WrongSettingException(
                        "--" + key + " takes names with commas between them, not '" + value + "'");
            }
            names.add(name.strip());
        }
        return names;
    }

    /** An address and a port; null for off. */
    static @Nullable Endpoint endpoint(String key, String value) {
        if (off(value)) {
            return null;
        }
        int colon = value.lastIndexOf(':');
        try {
            int port = Integer.parseInt(value.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= 65535) {
                String address = value.substring(0, colon);
                return new Endpoint(
                        address.startsWith("[") && address.endsWith("]")
                                ? address.substring(1, address.length() - 1)
                                : address,
                        port);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new WrongSettingException("--" + key + " takes ADDR:PORT or off, not '" + value + "'");
    }

    static HypervisorChoice choice(String value) {
        return switch (value) {
            case "auto" -> HypervisorChoice.AUTO;
            case "libxl" -> HypervisorChoice.LIBXL;
            case "simulator" -> HypervisorChoice.SIMULATOR;
            default ->
                throw new WrongSettingException("--hypervisor takes auto, libxl or simulator, not '" + value + "'");
        };
    }

    static LogLevel level(String value) {
        return switch (value) {
            case "error" -> LogLevel.ERROR;
            case "warn" -> LogLevel.WARN;
            case "info" -> LogLevel.INFO;
            case "debug" -> LogLevel.DEBUG;
            default ->
                throw new WrongSettingException("--log-level takes error, warn, info or debug, not '" + value + "'");
        };
    }

    /** Whether it is the second of the two values that a setting can have. */
    static boolean second(String key, String value, String first, String second) {
        if (!value.equals(first) && !value.equals(second)) {
            throw new WrongSettingException(key + " is \"" + value + "\", not " + first + " or " + second);
        }
        return value.equals(second);
    }

    static boolean onOff(String key, String value) {
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new WrongSettingException("--" + key + " takes on or off, not '" + value + "'");
        };
    }

    /** A size in bytes: a number, with K, M or G behind it for multiples of 1024. */
    static long bytes(String key, String value) {
        long bytes = scaled(value, Map.of("", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30));
        if (bytes < 1) {
            throw new WrongSettingException(
                    "--" + key + " takes a number of bytes, or a size such as 512K, 10M or 1G, not '" + value + "'");
        }
        return bytes;
    }

    /** A time in seconds, up to an hour: a number, with s, m or h behind it. */
    static int seconds(String key, String value) {
        long seconds = scaled(value, Map.of("", 1L, "s", 1L, "m", 60L, "h", 3600L));
        if (seconds < 1 || seconds > 3600) {
            throw new WrongSettingException("--" + key + " takes a number of seconds from 1 to 3600, or a time such as"
                    + " 30s, 5m or 1h, not '" + value + "'");
        }
        return (int) seconds;
    }

    /** A time of up to a year: a number of seconds, or one with s, m, h or d behind it. */
    static Duration time(String key, String value, Duration least) {
        long seconds = scaled(value, Map.of("", 1L, "s", 1L, "m", 60L, "h", 3600L, "d", 86_400L));
        if (seconds < least.toSeconds() || seconds > LONGEST.toSeconds()) {
            throw new WrongSettingException("--" + key + " takes a time from " + least.toSeconds()
                    + " seconds to 365 days, such as 90m, 24h or 7d, not '" + value + "'");
        }
        return Duration.ofSeconds(seconds);
    }

    /** A number and its unit; -1 for anything else. */
    private static long scaled(String value, Map<String, Long> units) {
        Matcher matcher = SCALED.matcher(value);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        try {
            return unit == null ? -1 : Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            return -1;
        }
    }

    /** A number of things to keep. */
    static int count(String key, String value) {
        try {
            int count = Integer.parseInt(value);
            if (count >= 0 && count <= 10_000) {
                return count;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new WrongSettingException("--" + key + " takes a number from 0 to 10000, not '" + value + "'");
    }

    /** A number that all chance follows from; null when it is not given. */
    static @Nullable Long seed(String key, @Nullable String value) {
        if (value == null) {
            return null;
        }
        if (!value.matches("-?\\d{1,18}")) {
            throw new WrongSettingException(key + " is \"" + value + "\", not a whole number");
        }
        return Long.valueOf(value);
    }
}
