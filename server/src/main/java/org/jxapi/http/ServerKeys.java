package org.jxapi.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.ServerCertificates;

/**
 * Chooses the certificate for a handshake: the pool's for a client that calls the server {@code pool}, as in XAPI's
 * configuration of stunnel, and the host's for every other.
 */
final class ServerKeys extends X509ExtendedKeyManager {
    private static final String POOL = MutualTls.POOL;
    private static final String HOST = "host";

    private final ServerCertificates.Shown shown;

    ServerKeys(ServerCertificates.Shown shown) {
        this.shown = shown;
    }

    private @Nullable String alias(String keyType, @Nullable SSLSession handshake) {
        String alias = HOST;
        if (handshake instanceof ExtendedSSLSession session && asksForPool(session.getRequestedServerNames())) {
            alias = POOL;
        }
        return identity(alias).key().getAlgorithm().equals(keyType) ? alias : null;
    }

    private static boolean asksForPool(List<SNIServerName> names) {
        return names.stream()
                .anyMatch(n ->
                        n instanceof SNIHostName host && host.getAsciiName().equals(POOL));
    }

    private Identity identity(String alias) {
        return alias.equals(POOL) ? shown.pool() : shown.host();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType, engine == null ? null : engine.getHandshakeSession());
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType, socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity(alias).chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity(alias).key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {HOST, POOL};
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[0];
    }
}
