package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Which servers, or clients, may be at the other end of a TLS connection.
 *
 * @param authorities peers have a certificate of one of these, for the name by which they are called
 * @param pinned or exactly one of these, whatever its names
 * @param revoked lists of certificates that authorities have revoked
 */
public record Trust(List<X509Certificate> authorities, List<X509Certificate> pinned, List<X509CRL> revoked) {
    public Trust {
        authorities = List.copyOf(authorities);
        pinned = List.copyOf(pinned);
        revoked = List.copyOf(revoked);
    }

    /** Whether the client must check that the certificate is one for the name that it calls. */
    public boolean checksNames() {
        return pinned.isEmpty();
    }

    /** A TLS context for connections that jxapid opens. */
    public SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trustManager()}, null);
        return context;
    }

    public X509ExtendedTrustManager trustManager() throws GeneralSecurityException {
        return pinned.isEmpty() ? ofAuthorities() : new PinnedTrustManager(() -> pinned);
    }

    private X509ExtendedTrustManager ofAuthorities() throws GeneralSecurityException {
        if (authorities.isEmpty()) {
            return new PinnedTrustManager(List::of);
        }
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        try {
            anchors.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (int i = 0; i < authorities.size(); i++) {
            anchors.setCertificateEntry("ca" + i, authorities.get(i));
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        // Java's own check asks servers in the network, and needs a list of each authority that is not too old.
        parameters.setRevocationEnabled(false);
        parameters.addCertPathChecker(new RevocationCheck(authorities, revoked));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("Java has no trust manager for X.509");
    }
}
