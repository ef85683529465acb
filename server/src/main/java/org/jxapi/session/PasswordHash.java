package org.jxapi.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of passwords: {@code pbkdf2-sha256$ROUNDS$SALT$HASH}, in base64. The password that has last been found right
 * is known again without the slow way, by a hash under a key of this process.
 */
final class PasswordHash {
    private static final String NAME = "pbkdf2-sha256";
    /** For passwords that users have chosen: four times as many as crypt(3) takes for /etc/shadow by default. */
    static final int CHOSEN = 20_000;
    /** For random passwords, which cannot be guessed. A start computes a hash, and should not take longer for that. */
    static final int RANDOM = 1;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final String MAC = "HmacSHA256";

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key = new SecretKeySpec(bytes(HASH_BYTES), MAC);
    private volatile @Nullable Known known;

    /** The quick hash of the password that has this slow one. */
    private record Known(String hash, byte[] quick) {}

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A new hash of a password. */
    String of(String password, int rounds) {
        byte[] salt = bytes(SALT_BYTES);
        Base64.Encoder text = Base64.getEncoder().withoutPadding();
        String hash = String.join(
                "$",
                NAME,
                Integer.toString(rounds),
                text.encodeToString(salt),
                text.encodeToString(slow(password, salt, rounds)));
        known = new Known(hash, quick(password));
        return hash;
    }

    /** Whether a hash is one of this password. */
    boolean matches(String hash, String password) {
        byte[] quick = quick(password);
        Known right = known;
        if (right != null && right.hash().equals(hash)) {
            return MessageDigest.isEqual(right.quick(), quick);
        }
        String[] parts = hash.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals(NAME)) {
            throw new IllegalStateException("root's password has a hash of an unknown kind");
        }
        Base64.Decoder text = Base64.getDecoder();
        byte[] given = slow(password, text.decode(parts[2]), Integer.parseInt(parts[1]));
        boolean same = MessageDigest.isEqual(text.decode(parts[3]), given);
        if (same) {
            known = new Known(hash, quick);
        }
        return same;
    }

    private static byte[] slow(String password, byte[] salt, int rounds) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * 8);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] quick(String password) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
