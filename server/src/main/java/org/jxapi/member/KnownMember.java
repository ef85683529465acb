package org.jxapi.member;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Pem;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the coordinator reaches a member.
 *
 * @param uuid of the member's host
 * @param address where its agent listens
 * @param port of its agent
 * @param certificate the certificate that the host shows to the pool, in PEM form
 * @param secret the text by which the member logs in at the coordinator
 * @param replica the id of its replica of the database, if that does not begin with the UUID; null otherwise
 * @param next the certificate that it is going to show, in PEM form; null if there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KnownMember(
        String uuid,
        String address,
        int port,
        String certificate,
        String secret,
        @Nullable String replica,
        @Nullable String next) {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMember.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Whether that is the id of this host's replica. */
    boolean has(String id) {
        return id.startsWith(uuid + ".") || id.equals(replica);
    }

    /** The same host with these certificates. */
    KnownMember showing(String shown, @Nullable String then) {
        return new KnownMember(uuid, address, port, shown, secret, replica, then);
    }

    /** The certificates by which others know it, in PEM form. */
    List<String> certificates() {
        return next == null ? List.of(certificate) : List.of(certificate, next);
    }

    /** The certificates by which others know it; one that cannot be read is logged and left out. */
    List<X509Certificate> trusted() {
        List<X509Certificate> all = new ArrayList<>();
        for (String each : certificates()) {
            try {
                all.add(Pem.certificate(each));
            } catch (GeneralSecurityException e) {
                LOG.error("Pool: a certificate of host {} cannot be used: {}", uuid, Reason.of(e));
            }
        }
        return all;
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
