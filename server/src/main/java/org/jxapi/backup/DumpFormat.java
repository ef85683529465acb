package org.jxapi.backup;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.XenModel;

/**
 * The form of a dump: the XML of XAPI's database (upstream: db_xml.ml, xml_spaces.ml), and behind it a comment with the
 * SHA-256 of all bytes before it. XAPI writes no comment, and passes over one.
 */
final class DumpFormat {
    /** XAPI's schema of the API that jxapid speaks. */
    static final int MAJOR = 5;

    static final int MINOR = 909;

    /** The key of the manifest that only jxapid writes: the number of its own schema. */
    static final String OWN_SCHEMA = "jxapi_schema";

    /** The size of the comment at the end, in bytes. */
    static final int SEAL = seal(new byte[32]).length;

    /** Their objects end with a restart, as in XAPI. */
    private static final Set<String> PASSING = Set.of("session", "task");

    private static final Pattern SEALED = Pattern.compile("<!-- sha256 ([0-9a-f]{64}) -->\n");

    private DumpFormat() {}

    /** The classes that have a table, in XAPI's order. */
    static List<ClassModel<?>> tables() {
        return XenModel.CLASSES.stream()
                .filter(ClassModel::stored)
                .sorted(Comparator.comparing(ClassModel::name))
                .toList();
    }

    /** Whether the table of a class has rows. */
    static boolean kept(ClassModel<?> model) {
        return !PASSING.contains(model.name());
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The end of a dump whose other bytes have this digest. */
    static byte[] seal(byte[] digest) {
        return ("<!-- sha256 " + HexFormat.of().formatHex(digest) + " -->\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The digest that the end of a dump names; empty when it is no such end. */
    static Optional<byte[]> sealed(byte[] end) {
        Matcher seal = SEALED.matcher(new String(end, StandardCharsets.ISO_8859_1));
        return seal.matches() ? Optional.of(HexFormat.of().parseHex(seal.group(1))) : Optional.empty();
    }

    /**
     * A value without the characters that XML changes or cannot hold. XAPI has no escape for control characters, which its
     * database does not hold.
     */
    static String protect(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case ' ' -> out.append("%.");
                case '\t' -> out.append("%t");
                case '\n' -> out.append("%n");
                case '\r' -> out.append("%r");
                case '%' -> out.append("%%");
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        out.append(c).append(text.charAt(++i));
                    } else if (c < ' ' || Character.isSurrogate(c) || c >= '\uFFFE') {
                        out.append("%u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }

    /**
     * The value that was protected so.
     *
     * @throws IllegalArgumentException when it cannot have been
     */
    static String unprotect(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            char kind = ++i < text.length() ? text.charAt(i) : 0;
            switch (kind) {
                case '.' -> out.append(' ');
                case 't' -> out.append('\t');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case '%' -> out.append('%');
                case 'u' -> {
                    if (i + 4 >= text.length()) {
                        throw new IllegalArgumentException("an escape that ends early");
                    }
                    out.append((char) HexFormat.fromHexDigits(text, i + 1, i + 5));
                    i += 4;
                }
                default -> throw new IllegalArgumentException("the escape %" + kind);
            }
        }
        return out.toString();
    }
}
