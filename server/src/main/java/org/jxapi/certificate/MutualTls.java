package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** TLS between hosts of a pool, in which each side knows the certificates of its peers. */
public final class MutualTls {
    /** By this name a host asks another one for the certificate that is for the pool; XAPI's too. */
    public static final String POOL = "pool";

    private MutualTls() {}

    /**
     * A context that shows a certificate, and accepts exactly those of the peers, whatever their names.
     *
     * @param own is asked for each connection
     * @param peers is asked for each connection
     */
    public static SSLContext context(Supplier<Identity> own, Supplier<List<X509Certificate>> peers)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {key(own)}, new TrustManager[] {trust(peers)}, null);
        return context;
    }

    /** Shows the certificate that is valid when a peer connects. */
    public static KeyManager key(Supplier<Identity> own) {
        return new NewestKey(own);
    }

    /**
     * Accepts exactly the certificates of the peers, whatever their names.
     *
     * @param peers is asked for each connection
     */
    public static TrustManager trust(Supplier<List<X509Certificate>> peers) {
        return new PinnedTrustManager(peers);
    }
}
