package org.jxapi.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Field;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.Session;

/** Removes secrets from texts: those that are known, and all that look like one. */
final class Redaction {
    private static final String HIDDEN = "(hidden)";
    /** Shorter texts occur everywhere. The pattern finds them where they are named. */
    private static final int SHORTEST = 4;

    /** A part of the name of a secret, and the rest of the name: bounded, since texts may be long. */
    private static final String NAME =
            "(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|session_id|api[_-]?key|private[_-]?key|community)"
                    + "[\\w.-]{0,40}";

    private static final Pattern KEY = Pattern.compile(NAME, Pattern.CASE_INSENSITIVE);

    /** A name, a sign between, and the value: {@code password=x}, {@code "password": "x"}, {@code ('password' 'x')}. */
    private static final Pattern NAMED = Pattern.compile(
            "(" + NAME + "[\"']?(?:\\s*[=:]\\s*|%3d|%\\.|[\"']\\s+|\\s+(?=['\"])))"
                    + "(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|[^\\s&;,\"'<>()]+)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern AUTHORIZATION =
            Pattern.compile("(authorization:\\s*(?:basic |bearer )?)\\S+", Pattern.CASE_INSENSITIVE);
    private static final Pattern URL_PASSWORD = Pattern.compile("(://[^\\s:/@]{0,64}:)[^\\s/@]{1,256}@");
    private static final Pattern KEY_BEGINS = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");
    private static final Pattern KEY_ENDS = Pattern.compile("-----END [A-Z ]*PRIVATE KEY-----");

    private final Pattern known;
    private boolean inKey;

    private Redaction(Pattern known) {
        this.known = known;
    }

    /**
     * Removes the secrets of the database, and others.
     *
     * @param others passwords that are not in the database
     */
    static Redaction of(Snapshot now, List<String> others) {
        List<String> secrets = new ArrayList<>(others);
        now.all(Secret.XEN_CLASS).forEach(secret -> secrets.add(secret.row().get(Secret.VALUE)));
        now.all(Session.XEN_CLASS).forEach(session -> {
            secrets.add(session.ref().value());
            secrets.add(session.row().get(Session.UUID));
        });
        return of(secrets);
    }

    /** Removes these secrets, and all that looks like one. */
    static Redaction of(List<String> known) {
        // The longest first: one may begin like another.
        Set<String> secrets = new TreeSet<>(
                (a, b) -> a.length() == b.length() ? a.compareTo(b) : Integer.compare(b.length(), a.length()));
        secrets.addAll(known);
        secrets.removeIf(secret -> secret.length() < SHORTEST);
        return new Redaction(Pattern.compile(
                secrets.isEmpty()
                        ? "(?!)"
                        : secrets.stream().map(Pattern::quote).collect(Collectors.joining("|"))));
    }

    /** The value of a field of the database as the report shows it. */
    Object shown(Field<?, ?> field, Object value) {
        if (field == Secret.VALUE
                || value instanceof String && KEY.matcher(field.name()).find()) {
            return value.equals("") ? value : HIDDEN;
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, e -> shown(String.valueOf(e.getKey()), e.getValue()), (a, b) -> a));
        }
        return value instanceof String text ? known.matcher(text).replaceAll(HIDDEN) : value;
    }

    private Object shown(String key, Object value) {
        // The UUID of a secret is none.
        boolean reference = key.toLowerCase(Locale.ROOT).endsWith("_secret");
        if (!reference && KEY.matcher(key).find()) {
            return HIDDEN;
        }
        return value instanceof String text ? line(text) : value;
    }

    /** A line without secrets. Lines of private keys are in several. */
    String line(String text) {
        if (inKey || KEY_BEGINS.matcher(text).find()) {
            inKey = !KEY_ENDS.matcher(text).find();
            return HIDDEN;
        }
        String shown = known.matcher(text).replaceAll(HIDDEN);
        shown = AUTHORIZATION.matcher(shown).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
        shown = URL_PASSWORD.matcher(shown).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN) + "@");
        return NAMED.matcher(shown).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
    }

    /** The next line begins another text. */
    void nextText() {
        inKey = false;
    }
}
