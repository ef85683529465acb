package org.jxapi.member;

import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * How the coordinator reaches a member.
 *
 * @param uuid of the member's host
 * @param address where its agent listens
 * @param port of its agent
 * @param certificate the certificate that the agent shows, in PEM form
 * @param secret the text by which the member logs in at the coordinator
 * @param replica the id of its replica of the database, if that does not begin with the UUID; null otherwise
 */
public record KnownMember(
        String uuid,
        String address,
        int port,
        String certificate,
        String secret,
        @Nullable String replica) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Whether that is the id of this host's replica. */
    boolean has(String id) {
        return id.startsWith(uuid + ".") || id.equals(replica);
    }

    /** A random text that cannot be guessed, for a new member. */
    static String newSecret() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Without the secret, for logs. */
    @Override
    public String toString() {
        return uuid + " at " + address + ":" + port;
    }
}
