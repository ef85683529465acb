package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;

/** TLS connections that jxapid opens, to real servers. */
class TrustTest {
    private static Issued authority;
    private static Issued middle;
    private static Issued server;
    private static Issued other;

    @BeforeAll
    static void make() throws Exception {
        KeyPair keys = TestCertificates.rsa(2048);
        KeyPair others = TestCertificates.rsa(2048);
        authority = TestCertificates.selfSigned(Request.of("authority", keys).asAuthority());
        middle = TestCertificates.issue(authority, Request.of("middle", others).asAuthority());
        server = TestCertificates.issue(middle, Request.of("server", keys));
        other = TestCertificates.issue(middle, Request.of("other", keys));
    }

    private static void connect(Trust trust) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain = {server.certificate(), middle.certificate()};
        store.setKeyEntry("server", server.key(), new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        try (SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (SSLSocket peer = (SSLSocket) listener.accept()) {
                    peer.getOutputStream().write(7);
                } catch (IOException e) {
                    // The client has refused the certificate.
                }
            });
            try (SSLSocket socket = (SSLSocket) trust.context()
                    .getSocketFactory()
                    .createSocket(listener.getInetAddress(), listener.getLocalPort())) {
                socket.setSoTimeout(30_000);
                assertThat(socket.getInputStream().read()).isEqualTo(7);
            } finally {
                served.join();
            }
        }
    }

    private static Trust authorities(X509Certificate authority, X509CRL... lists) {
        return new Trust(List.of(authority), List.of(), List.of(lists));
    }

    @Test
    void aServerOfATrustedAuthorityIsAccepted() throws Exception {
        connect(authorities(authority.certificate()));
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        X509Certificate stranger = TestCertificates.selfSigned(
                        Request.of("authority", TestCertificates.rsa(2048)).asAuthority())
                .certificate();
        for (Trust trust : List.of(authorities(stranger), new Trust(List.of(), List.of(), List.of()))) {
            assertThatThrownBy(() -> connect(trust)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aRevokedServerIsRefusedAlsoByAnOldList() throws Exception {
        X509CRL list = TestCertificates.revoke(middle, server.certificate());
        assertThatThrownBy(() -> connect(authorities(authority.certificate(), list)))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("the certificate has been revoked");
    }

    @Test
    void aRevokedAuthorityTakesItsServersWithIt() throws Exception {
        X509CRL list = TestCertificates.revoke(authority, middle.certificate());
        assertThatThrownBy(() -> connect(authorities(authority.certificate(), list)))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void listsOfOtherCertificatesAndForgedListsRevokeNothing() throws Exception {
        X509CRL ofOther = TestCertificates.revoke(middle, other.certificate());
        KeyPair strange = TestCertificates.rsa(2048);
        Issued forger =
                TestCertificates.selfSigned(Request.of("middle", strange).asAuthority());
        X509CRL forged = TestCertificates.revoke(forger, server.certificate());
        connect(authorities(authority.certificate(), ofOther, forged));
    }

    @Test
    void aPinnedServerIsAcceptedAndNoOther() throws Exception {
        connect(new Trust(List.of(), List.of(server.certificate()), List.of()));
        Trust another = new Trust(List.of(), List.of(other.certificate()), List.of());
        assertThatThrownBy(() -> connect(another)).isInstanceOf(SSLException.class);
    }
}
