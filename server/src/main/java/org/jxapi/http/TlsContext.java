package org.jxapi.http;

import java.io.IOException;
import java.net.Socket;
import java.security.KeyStore;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jxapi.store.Reason;

/** TLS as all listeners of the daemon speak it: its versions, its suites and the daemon's certificate. */
public final class TlsContext {
    private final SslContextFactory.Server factory;

    /** @throws IOException when the key store cannot be used; the message is one line */
    public TlsContext(KeyStore keyStore) throws IOException {
        factory = factory(keyStore);
        try {
            factory.start();
        } catch (Exception e) {
            throw new IOException("cannot use the certificate: " + Reason.of(e), e);
        }
    }

    static SslContextFactory.Server factory(KeyStore keyStore) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(keyStore);
        context.setKeyStorePassword(new String(CertificateStore.password()));
        context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        // Only suites with authenticated encryption and forward secrecy; those of TLS 1.3 are nothing else.
        context.setIncludeCipherSuites(
                "TLS_AES_.*_GCM_.*",
                "TLS_CHACHA20_POLY1305_.*",
                "TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_.*_GCM|CHACHA20_POLY1305)_.*");
        context.setRenegotiationAllowed(false);
        context.setSniRequired(false);
        return context;
    }

    /** TLS on a connection from here on, as its server. The first read or write shakes hands. */
    public SSLSocket over(Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket) factory.getSslContext().getSocketFactory().createSocket(socket, null, true);
        tls.setUseClientMode(false);
        tls.setSSLParameters(factory.customize(tls.getSSLParameters()));
        return tls;
    }
}
