package org.jxapi.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS as all listeners of the daemon speak it: its versions, its suites and the daemon's certificates. After a change of
 * these, connections that exist go on, and no new one resumes a session that began with the earlier certificate.
 */
public final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private final ServerCertificates certificates;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private volatile boolean asksClients;

    /** @throws IOException when TLS cannot be had; the message is one line */
    public TlsContext(ServerCertificates certificates) throws IOException {
        this.certificates = certificates;
        factory.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        // Only suites with authenticated encryption and forward secrecy; those of TLS 1.3 are nothing else.
        factory.setIncludeCipherSuites(
                "TLS_AES_.*_GCM_.*",
                "TLS_CHACHA20_POLY1305_.*",
                "TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_.*_GCM|CHACHA20_POLY1305)_.*");
        factory.setRenegotiationAllowed(false);
        factory.setSniRequired(false);
        try {
            factory.setSslContext(context());
            factory.start();
        } catch (Exception e) {
            throw new IOException("cannot use the certificate: " + Reason.of(e), e);
        }
        certificates.onChange(this::reload);
    }

    /**
     * Whether clients are asked for a certificate from now on. They need not show one, and one that nobody trusts does not
     * end the connection: as in XAPI, such a client has to log in by other means.
     */
    public synchronized void askClients(boolean wanted) {
        if (asksClients != wanted) {
            asksClients = wanted;
            reload();
        }
    }

    private SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {new ServerKeys(certificates.shown())}, new TrustManager[] {new AnyClient()}, null);
        return context;
    }

    private void reload() {
        try {
            SSLContext fresh = context();
            factory.reload(f -> {
                f.setSslContext(fresh);
                factory.setWantClientAuth(asksClients);
            });
        } catch (Exception e) {
            LOG.error("TLS: the new certificate cannot be used, and the earlier one stays in use", e);
        }
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** TLS on a connection from here on, as its server. The first read or write shakes hands. */
    public SSLSocket over(Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket) factory.getSslContext().getSocketFactory().createSocket(socket, null, true);
        tls.setUseClientMode(false);
        tls.setSSLParameters(factory.customize(tls.getSSLParameters()));
        return tls;
    }
}
