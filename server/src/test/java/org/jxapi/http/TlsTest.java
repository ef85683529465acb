package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TlsPeer;

/** The versions and suites that are spoken, and the certificate that is made at the first start. */
class TlsTest {
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    /** The alert of RFC 8446 for a version that is not spoken. */
    private static final int PROTOCOL_VERSION = 70;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    private static X509Certificate certificate;

    @BeforeAll
    static void start() throws Exception {
        try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
            socket.startHandshake();
            certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLSocket socket(String host, TrustManager trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, new SecureRandom());
        int port = daemon.https().getPort();
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void only(SSLSocket socket, String protocol, String suite) {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.setEnabledCipherSuites(new String[] {suite});
    }

    /** XAPI's own xe, and its hosts that send VMs, offer no other suites; they need a certificate with an RSA key. */
    @Test
    void clientsThatKnowNothingButXapisSuitesConnect() throws Exception {
        for (String suite : List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")) {
            try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
                only(socket, "TLSv1.2", suite);
                socket.startHandshake();
            }
        }
        assertThat(((RSAPublicKey) certificate.getPublicKey()).getModulus().bitLength())
                .isEqualTo(2048);
    }

    @Test
    void onlySuitesWithAuthenticatedEncryptionAreSpoken() throws Exception {
        try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
            only(socket, "TLSv1.2", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
            socket.startHandshake();
        }
        for (String suite : List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")) {
            try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
                only(socket, "TLSv1.3", suite);
                socket.startHandshake();
            }
        }
        for (String suite : List.of(
                "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
                "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")) {
            try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
                only(socket, "TLSv1.2", suite);
                assertThatThrownBy(socket::startHandshake).as(suite).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void aClientMayNotRenegotiate() throws Exception {
        try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
            only(socket, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
            socket.startHandshake();
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getOutputStream()
                                .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        if (socket.getInputStream().read() < 0) {
                            throw new IOException("the connection was closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void theCertificateNamesTheHostAndAllItsAddresses() throws Exception {
        Set<Object> names = new HashSet<>();
        for (List<?> name : certificate.getSubjectAlternativeNames()) {
            names.add(
                    name.get(1) instanceof String text && text.matches("[0-9a-fA-F.:]+")
                            ? InetAddress.getByName(text)
                            : name.get(1));
        }
        assertThat(names)
                .contains("localhost", InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"))
                .contains(certificate.getSubjectX500Principal().getName().substring("CN=".length()));
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : nic.inetAddresses().toList()) {
                if (!address.isLoopbackAddress()) {
                    assertThat(names).contains(InetAddress.getByAddress(address.getAddress()));
                }
            }
        }
    }

    @Test
    void theCertificateIsOneOfAServerOnly() throws Exception {
        assertThat(certificate.getKeyUsage()).startsWith(true, false, false, false, false, false);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTHENTICATION);
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void aClientThatWasGivenTheCertificateVerifiesTheHost() throws Exception {
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("jxapi", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        for (String host : List.of("127.0.0.1", "localhost")) {
            try (SSLSocket socket = socket(host, trust.getTrustManagers()[0])) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
            }
        }
    }

    @Test
    void theHostShowsTheCertificateThatClientsGet() throws Exception {
        Calls calls = daemon.calls();
        String pem = calls.text("host.get_server_certificate", calls.first("host.get_all"));
        assertThat(CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(certificate);
        certificate.checkValidity();
    }

    @Test
    void tlsBeginsWithVersionOnePointTwo() throws Exception {
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (SSLSocket socket = socket("127.0.0.1", new TlsPeer.TrustAll())) {
                socket.setEnabledProtocols(new String[] {version});
                try (RawHttp http = new RawHttp(socket)) {
                    http.send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(http.answer()).startsWith("HTTP/1.1 200 OK\r\n");
                }
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
        assertThat(alertToTlsOnePointOne()).isEqualTo(PROTOCOL_VERSION);
    }

    /** The code of the alert that a client gets that knows TLS 1.1 at most. */
    private static int alertToTlsOnePointOne() throws Exception {
        byte[] hello = new byte[50];
        byte[] start = {22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2};
        System.arraycopy(start, 0, hello, 0, start.length);
        byte[] end = {0, 0, 2, (byte) 0xC0, 9, 1, 0};
        System.arraycopy(end, 0, hello, 43, end.length);
        try (Socket socket = new Socket("127.0.0.1", daemon.https().getPort())) {
            socket.getOutputStream().write(hello);
            return socket.getInputStream().readNBytes(7)[6];
        }
    }
}
