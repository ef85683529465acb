package org.jxapi.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;

/** API tokens: jxapi's own passwords for programs, each of one user. A session that begins with one ends with it. */
public final class Tokens {
    /** The key of {@code session.other_config} that has the token's id. */
    static final String KEY = "jxapi-token";

    private static final Pattern TEXT = Pattern.compile("jxapi_([0-9a-f]{32})_([A-Za-z0-9_-]{43})");
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int MOST = 1_000;

    private final SecureRandom random = new SecureRandom();
    private final TokenFile file = new TokenFile();
    private final Store store;
    private final Clock clock;

    public Tokens(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Moves the file of an earlier version into the store.
     *
     * @throws IOException when it cannot be used, with one line that names it
     */
    public static void move(Store store, Path data) throws IOException {
        TokenFile.move(store, data);
    }

    /** Whether a password has the form of a token. */
    static boolean isToken(String password) {
        return TEXT.matcher(password).matches();
    }

    /** The token of that text, if it belongs to that user and is valid now. */
    Optional<Token> find(String user, String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        byte[] hash = hash(parts.group(2)).getBytes(StandardCharsets.US_ASCII);
        return all().stream()
                .filter(token -> token.id().equals(parts.group(1))
                        && MessageDigest.isEqual(hash, token.hash().getBytes(StandardCharsets.US_ASCII))
                        && token.user().equals(user)
                        && token.validAt(clock.instant()))
                .findFirst();
    }

    /** Makes a token, and returns its text, which nobody can find out later. */
    String create(String name, String user, String sid, String role, @Nullable Integer days) {
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        String digits = HexFormat.of().formatHex(id);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expires = days == null ? null : now.plus(days, ChronoUnit.DAYS);
        store.change(tx -> {
            List<Token> more = new ArrayList<>(file.read(tx));
            if (more.size() >= MOST) {
                throw failure("there are " + MOST + " tokens already; revoke some");
            }
            more.add(new Token(digits, name, user, sid, role, hash(text), now, expires));
            TokenFile.write(tx, more);
        });
        return "jxapi_" + digits + "_" + text;
    }

    List<Token> all() {
        return file.read(store.snapshot());
    }

    /** The tokens of a user of the directory. */
    List<Token> of(String sid) {
        return all().stream().filter(token -> token.sid().equals(sid)).toList();
    }

    /** Ends a token and its sessions. */
    void revoke(String id) {
        store.change(tx -> {
            List<Token> tokens = file.read(tx);
            List<Token> rest =
                    tokens.stream().filter(token -> !token.id().equals(id)).toList();
            if (rest.size() == tokens.size()) {
                throw failure("there is no token " + id);
            }
            TokenFile.write(tx, rest);
            ended(tx).forEach(tx::destroy);
        });
    }

    /** Ends the sessions of tokens that have been revoked or have expired. */
    public void endSessions() {
        if (!ended(store.snapshot()).isEmpty()) {
            store.change(tx -> ended(tx).forEach(tx::destroy));
        }
    }

    private List<Ref<Session>> ended(Snapshot snapshot) {
        Instant moment = clock.instant();
        Set<String> valid = new HashSet<>();
        file.read(snapshot).stream().filter(token -> token.validAt(moment)).forEach(token -> valid.add(token.id()));
        return snapshot.all(Session.XEN_CLASS).stream()
                .filter(session -> {
                    String id = session.row().get(Session.OTHER_CONFIG).get(KEY);
                    return id != null && !valid.contains(id);
                })
                .map(Stored::ref)
                .toList();
    }

    /** The permissions that a session has with the token that it began with; all of them when it began with none. */
    List<String> limit(Row<Session> session, List<String> permissions) {
        String id = session.get(Session.OTHER_CONFIG).get(KEY);
        return all().stream()
                .filter(token -> token.id().equals(id))
                .findFirst()
                .map(token -> limit(token, permissions))
                .orElse(permissions);
    }

    /** The permissions of a user that a token includes. */
    static List<String> limit(Token token, List<String> permissions) {
        if (token.role().isEmpty()) {
            return permissions;
        }
        return new PermissionList(
                ofRole(token).stream().filter(permissions::contains).toList());
    }

    /** The permissions of the role of a token. */
    static List<String> ofRole(Token token) {
        return Roles.all().rightsOf(List.of(Roles.all().named(token.role()).orElseThrow()));
    }

    static XenApiException failure(String reason) {
        return Errors.xenapiPluginFailure("jxapi-token", reason, reason);
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
