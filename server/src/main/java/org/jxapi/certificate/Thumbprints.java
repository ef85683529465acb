package org.jxapi.certificate;

import java.security.cert.X509Certificate;

/**
 * The fingerprints by which clients recognise a certificate, as in class Certificate.
 *
 * @param sha256 by SHA-256
 * @param sha1 by SHA-1
 */
public record Thumbprints(String sha256, String sha1) {
    /** Those of a certificate. */
    public static Thumbprints of(X509Certificate certificate) {
        return new Thumbprints(CertificateRows.sha256(certificate), CertificateRows.fingerprint("SHA-1", certificate));
    }
}
