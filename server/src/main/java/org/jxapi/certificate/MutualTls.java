package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** TLS between hosts of a pool, in which each side knows the certificates of its peers. */
public final class MutualTls {
    private MutualTls() {}

    /** A context that shows a certificate, and accepts exactly those of the peers, whatever their names. */
    public static SSLContext context(Identity own, List<X509Certificate> peers) throws GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        char[] noPassword = new char[0];
        try {
            keys.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        keys.setKeyEntry("own", own.key(), noPassword, own.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, noPassword);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), new TrustManager[] {new PinnedTrustManager(List.copyOf(peers))}, null);
        return context;
    }
}
