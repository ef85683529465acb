package org.jxapi.harness;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An LDAP server in this process, with LDAPS and StartTLS on free ports of loopback, and an authority of its own. */
public final class LdapServer implements AutoCloseable {
    public static final String BASE = "dc=example,dc=com";
    public static final String USER = "cn=jxapi," + BASE;
    public static final String PASSWORD = "directory secret";

    private static final char[] KEY = "key".toCharArray();

    private final X509Certificate authority;
    private final InMemoryDirectoryServer server;

    /** @param name the name in the server's certificate */
    private LdapServer(String name) {
        try {
            KeyPair authorityKey = pair();
            authority = certificate("CN=test authority", authorityKey, "CN=test authority", authorityKey, null);
            KeyPair key = pair();
            X509Certificate certificate = certificate("CN=" + name, key, "CN=test authority", authorityKey, name);
            SSLContext tls = tls(key, certificate);
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
            config.setSchema(null);
            config.setEnforceAttributeSyntaxCompliance(false);
            config.addAdditionalBindCredentials(USER, PASSWORD);
            InetAddress loopback = InetAddress.getLoopbackAddress();
            config.setListenerConfigs(
                    InMemoryListenerConfig.createLDAPSConfig(
                            "ldaps", loopback, 0, tls.getServerSocketFactory(), tls.getSocketFactory()),
                    InMemoryListenerConfig.createLDAPConfig("ldap", loopback, 0, tls.getSocketFactory()));
            server = new InMemoryDirectoryServer(config);
            server.add(new Entry("dn: " + BASE, "objectClass: top", "objectClass: domain", "dc: example"));
            server.startListening();
        } catch (LDAPException | LDIFException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server that accepts entries of any schema. */
    public static LdapServer start() {
        return named("localhost");
    }

    /** The same whose certificate is for another name. */
    public static LdapServer named(String name) {
        return new LdapServer(name);
    }

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(String subject, KeyPair key, String issuer, KeyPair by, String name)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(issuer),
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(Duration.ofDays(1))),
                    new X500Name(subject),
                    key.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(name == null));
            if (name != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
        } catch (OperatorCreationException | IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return store;
    }

    private static SSLContext tls(KeyPair key, X509Certificate certificate) throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry("server", key.getPrivate(), KEY, new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, KEY);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** TLS of a client that trusts the server's authority. */
    public SSLContext client() throws GeneralSecurityException {
        KeyStore store = empty();
        store.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** The authority's certificate in PEM. */
    public String authorityPem() throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(authority.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /** {@code localhost:PORT} for LDAPS. */
    public String ldaps() {
        return "localhost:" + server.getListenPort("ldaps");
    }

    /** {@code localhost:PORT} for LDAP with StartTLS. */
    public String ldap() {
        return "localhost:" + server.getListenPort("ldap");
    }

    /** Adds an entry in LDIF's form. */
    public Entry add(String... ldif) throws LDAPException {
        Entry entry;
        try {
            entry = new Entry(ldif);
        } catch (LDIFException e) {
            throw new IllegalArgumentException(e);
        }
        return add(entry);
    }

    /** Adds an entry; the result has its operational attributes. */
    public Entry add(Entry entry) throws LDAPException {
        server.add(entry);
        return server.getEntry(entry.getDN());
    }

    public InMemoryDirectoryServer server() {
        return server;
    }

    @Override
    public void close() {
        server.shutDown(true);
    }
}
