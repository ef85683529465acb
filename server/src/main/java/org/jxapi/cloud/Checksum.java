package org.jxapi.cloud;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checksum of a file.
 *
 * @param algorithm sha1, sha256 or sha512
 * @param hex its digits, in lower case
 */
public record Checksum(String algorithm, String hex) {
    private static final Map<String, Integer> DIGITS = Map.of("sha1", 40, "sha256", 64, "sha512", 128);

    private static final Map<String, String> OF_JAVA =
            Map.of("sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

    /** A line of sha256sum and its siblings. */
    private static final Pattern SUM = Pattern.compile("([0-9a-fA-F]{40,128}) [ *]?(?:\\./)?(.+)");

    /** A line of the same tools with --tag, and of BSD. */
    private static final Pattern TAGGED = Pattern.compile("SHA\\d+ ?\\((?:\\./)?(.+?)\\) ?= ?([0-9a-fA-F]{40,128})");

    /** Reads {@code sha256:HEX}; empty if the text is none of these. */
    public static Optional<Checksum> parse(String text) {
        int colon = text.indexOf(':');
        String algorithm = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        String hex = text.substring(colon + 1).toLowerCase(Locale.ROOT);
        boolean good = DIGITS.getOrDefault(algorithm, -1) == hex.length() && hex.matches("[0-9a-f]+");
        return good ? Optional.of(new Checksum(algorithm, hex)) : Optional.empty();
    }

    /** Finds a file's checksum in a list such as SHA256SUMS. */
    public static Optional<Checksum> find(String list, String file) {
        return list.lines()
                .map(String::strip)
                .map(line -> named(line, file))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Checksum> named(String line, String file) {
        Matcher sum = SUM.matcher(line);
        if (sum.matches() && sum.group(2).equals(file)) {
            return ofLength(sum.group(1));
        }
        Matcher tagged = TAGGED.matcher(line);
        if (tagged.matches() && tagged.group(1).equals(file)) {
            return ofLength(tagged.group(2));
        }
        return Optional.empty();
    }

    private static Optional<Checksum> ofLength(String hex) {
        return DIGITS.entrySet().stream()
                .filter(entry -> entry.getValue() == hex.length())
                .map(entry -> new Checksum(entry.getKey(), hex.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** A new digest of the same algorithm. */
    public MessageDigest digest() {
        try {
            return MessageDigest.getInstance(OF_JAVA.get(algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a digest over the whole file has this value. */
    public boolean matches(byte[] digest) {
        return HexFormat.of().formatHex(digest).equals(hex);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
