package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Refuses certificates that an installed list names. An old list still counts: a revocation does not end with the list.
 * An authority without a list revokes nothing.
 */
final class RevocationCheck extends PKIXCertPathChecker {
    private final List<X509Certificate> anchors;
    private final List<X509CRL> lists;
    /** The certificates of this path so far, from the authority's on. */
    private final List<X509Certificate> issuers = new ArrayList<>();

    RevocationCheck(List<X509Certificate> anchors, List<X509CRL> lists) {
        this.anchors = anchors;
        this.lists = lists;
    }

    @Override
    public void init(boolean forward) throws CertPathValidatorException {
        if (forward) {
            throw new CertPathValidatorException("revocation is checked from the authority on");
        }
        issuers.clear();
        issuers.addAll(anchors);
    }

    @Override
    public boolean isForwardCheckingSupported() {
        return false;
    }

    @Override
    public Set<String> getSupportedExtensions() {
        return Set.of();
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolved) throws CertPathValidatorException {
        if (!(certificate instanceof X509Certificate checked)) {
            throw new CertPathValidatorException("the certificate is not of type X.509");
        }
        for (X509CRL list : lists) {
            if (list.getIssuerX500Principal().equals(checked.getIssuerX500Principal())
                    && list.isRevoked(checked)
                    && issuers.stream().anyMatch(issuer -> issued(issuer, list))) {
                throw new CertPathValidatorException(
                        "the certificate has been revoked",
                        null,
                        null,
                        -1,
                        CertPathValidatorException.BasicReason.REVOKED);
            }
        }
        issuers.add(checked);
    }

    /** Whether the list is really of that authority. */
    private static boolean issued(X509Certificate issuer, X509CRL list) {
        if (!issuer.getSubjectX500Principal().equals(list.getIssuerX500Principal())) {
            return false;
        }
        PublicKey key = issuer.getPublicKey();
        try {
            list.verify(key);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A copy for another branch of the search for a path. */
    @Override
    public RevocationCheck clone() {
        RevocationCheck copy = new RevocationCheck(anchors, lists);
        copy.issuers.addAll(issuers);
        return copy;
    }
}
