package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jxapi.store.SafeFile;

/** The key and certificate for TLS, in {@code certificate.p12} of the data folder; self-signed when made here. */
public final class CertificateStore {
    /** The file is protected by its permissions; the format wants some password. */
    private static final char[] PASSWORD = "jxapi".toCharArray();

    private static final Duration LIFE = Duration.ofDays(3650);

    private CertificateStore() {}

    /** The key store of a data folder; made at first use, for this host name. */
    public static KeyStore open(Path folder, String hostname) throws IOException {
        Path file = folder.resolve("certificate.p12");
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            if (Files.exists(file)) {
                try (InputStream in = Files.newInputStream(file)) {
                    store.load(in, PASSWORD);
                }
                return store;
            }
            store.load(null, PASSWORD);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair pair = generator.generateKeyPair();
            store.setKeyEntry("jxapi", pair.getPrivate(), PASSWORD, new Certificate[] {selfSigned(pair, hostname)});
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            store.store(content, PASSWORD);
            SafeFile.write(file, content.toByteArray());
            return store;
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("cannot make or read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The certificate that clients are shown, in PEM form. */
    public static String pem(KeyStore store) {
        try {
            byte[] der = store.getCertificate(store.aliases().nextElement()).getEncoded();
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the certificate cannot be read", e);
        }
    }

    static char[] password() {
        return PASSWORD.clone();
    }

    private static X509Certificate selfSigned(KeyPair pair, String hostname)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        Instant now = Instant.now();
        X500Name name = new X500Name("CN=" + hostname.replaceAll("[^A-Za-z0-9.-]", "-"));
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(LIFE)),
                name,
                pair.getPublic());
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, hostname.replaceAll("[^A-Za-z0-9.-]", "-")),
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1")
        }));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }
}
