package org.jxapi.raft;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * With which certificates members trust each other, in both directions.
 *
 * @param key this member's private key
 * @param certificate the certificate of the key
 * @param trusted the certificates of all members
 */
public record MemberTls(PrivateKey key, X509Certificate certificate, List<X509Certificate> trusted) {
    public MemberTls {
        trusted = List.copyOf(trusted);
    }
}
