package org.jxapi.harness;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An LDAP server in this process, with LDAPS and StartTLS on free ports of loopback, and an authority of its own. */
public final class LdapServer implements AutoCloseable {
    public static final String BASE = "dc=example,dc=com";
    public static final String USER = "cn=jxapi," + BASE;
    public static final String PASSWORD = "directory secret";

    private static final char[] KEY = "key".toCharArray();
    private static final String ECDSA = "SHA256withECDSA";

    private final TestCertificates.Issued authority;
    private final InMemoryDirectoryServer server;

    /** @param name the name in the server's certificate */
    private LdapServer(String name) {
        try {
            authority = TestCertificates.selfSigned(TestCertificates.Request.of("test authority", pair())
                    .signedBy(ECDSA)
                    .asAuthority());
            SSLContext tls = tls(TestCertificates.issue(
                    authority, TestCertificates.Request.of(name, pair()).signedBy(ECDSA)));
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
        } catch (Exception e) {
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

    private static KeyStore empty() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return store;
    }

    private static SSLContext tls(TestCertificates.Issued shown) throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry("server", shown.key(), KEY, new Certificate[] {shown.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, KEY);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** TLS of a client that trusts the server's authority. */
    public SSLContext client() throws GeneralSecurityException {
        KeyStore store = empty();
        store.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** The authority's certificate in PEM. */
    public String authorityPem() {
        return authority.pem();
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
