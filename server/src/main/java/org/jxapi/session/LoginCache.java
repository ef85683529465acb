package org.jxapi.session;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jxapi.datamodel.Row;
import org.jxapi.directory.Account;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;

/**
 * The directory's answers to the latest logins that it admitted, while the pool's {@code ext_auth_cache_enabled} is true: Caching
 * in xapi_session.ml. A user who logs in again with the same password then needs no directory. Answers are in memory
 * only, with salted hashes of the passwords. Subjects and roles are not part of an answer, so their changes hold at once.
 */
final class LoginCache {
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    /** Some milliseconds of work, as much as XAPI's SHA-512 crypt: only somebody who reads this process's memory has hashes. */
    private static final int ITERATIONS = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;
    /** By the user's name, the oldest answer first. */
    private final Map<String, Kept> users = new LinkedHashMap<>();

    /** A directory's data about a user with the right password. */
    record Answer(Account account, List<String> groups) {}

    /** The settings of a directory: another directory's answers do not count. */
    record Source(String type, String serviceName, Map<String, String> configuration) {
        static Source of(Row<Host> host) {
            return new Source(
                    host.get(Host.EXTERNAL_AUTH_TYPE),
                    host.get(Host.EXTERNAL_AUTH_SERVICE_NAME),
                    host.get(Host.EXTERNAL_AUTH_CONFIGURATION));
        }
    }

    /** How many answers are kept, and for how long; none is kept when size is zero. */
    record Limits(long size, Duration expiry) {
        static Limits of(Row<Pool> pool) {
            return pool.get(Pool.EXT_AUTH_CACHE_ENABLED)
                    ? new Limits(
                            pool.get(Pool.EXT_AUTH_CACHE_SIZE),
                            Duration.ofSeconds(pool.get(Pool.EXT_AUTH_CACHE_EXPIRY)))
                    : new Limits(0, Duration.ZERO);
        }
    }

    private record Kept(Source source, byte[] salt, byte[] hash, long nanos, Answer answer) {
        boolean expired(long now, Limits limits) {
            return Duration.ofNanos(now - nanos).compareTo(limits.expiry()) >= 0;
        }
    }

    LoginCache() {
        this(System::nanoTime);
    }

    LoginCache(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The answer to an earlier login with that name and password. */
    Optional<Answer> find(Source source, Limits limits, String user, String password) {
        Kept kept;
        synchronized (this) {
            trim(limits);
            kept = users.get(user);
        }
        return kept != null
                        && kept.source().equals(source)
                        && !password.isEmpty()
                        && MessageDigest.isEqual(kept.hash(), hash(password, kept.salt()))
                ? Optional.of(kept.answer())
                : Optional.empty();
    }

    /** Keeps an answer, in the place of an earlier one about the same user, and of the oldest one when there are too many. */
    void keep(Source source, Limits limits, String user, String password, Answer answer) {
        if (limits.size() == 0 || password.isEmpty()) {
            return;
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = hash(password, salt);
        synchronized (this) {
            users.remove(user);
            users.put(user, new Kept(source, salt, hash, nanoTime.getAsLong(), answer));
            trim(limits);
        }
    }

    synchronized void clear() {
        users.clear();
    }

    private void trim(Limits limits) {
        long now = nanoTime.getAsLong();
        for (Iterator<Kept> oldest = users.values().iterator(); oldest.hasNext(); ) {
            if (!oldest.next().expired(now, limits) && users.size() <= limits.size()) {
                return;
            }
            oldest.remove();
        }
    }

    private static byte[] hash(String password, byte[] salt) {
        PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            key.clearPassword();
        }
    }
}
