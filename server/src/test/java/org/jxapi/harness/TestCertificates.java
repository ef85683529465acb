package org.jxapi.harness;

import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates, keys and lists of revoked certificates for tests. */
public final class TestCertificates {
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private TestCertificates() {}

    /** An authority, or what it has issued, with its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /** The certificate in PEM form. */
        public String pem() {
            return TestCertificates.pem(certificate);
        }

        /** The key in PKCS#8 PEM form. */
        public String keyPem() {
            return TestCertificates.keyPem(key);
        }
    }

    /** A certificate to be. */
    public record Request(String name, KeyPair keys, Instant from, Instant until, String algorithm, boolean authority) {
        public static Request of(String name, KeyPair keys) {
            Instant now = Instant.now();
            return new Request(
                    name, keys, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(365)), "SHA256withRSA", false);
        }

        public Request valid(Instant first, Instant last) {
            return new Request(name, keys, first, last, algorithm, authority);
        }

        public Request signedBy(String how) {
            return new Request(name, keys, from, until, how, authority);
        }

        public Request asAuthority() {
            return new Request(name, keys, from, until, algorithm, true);
        }
    }

    public static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    /** A certificate that its own key signs. */
    public static Issued selfSigned(Request request) throws Exception {
        X500Name name = new X500Name("CN=" + request.name());
        return issue(name, request.keys().getPrivate(), request);
    }

    public static Issued issue(Issued by, Request request) throws Exception {
        X500Name name =
                X500Name.getInstance(by.certificate().getSubjectX500Principal().getEncoded());
        return issue(name, by.key(), request);
    }

    private static Issued issue(X500Name issuer, PrivateKey key, Request request) throws Exception {
        PublicKey subject = request.keys().getPublic();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(request.from()),
                Date.from(request.until()),
                new X500Name("CN=" + request.name()),
                subject);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(request.authority()));
        if (!request.authority()) {
            GeneralName address = new GeneralName(
                    GeneralName.iPAddress, InetAddress.getLoopbackAddress().getHostAddress());
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, request.name()), address
            }));
        }
        return new Issued(
                new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder(request.algorithm()).build(key))),
                request.keys().getPrivate());
    }

    /** A list that revokes these certificates, and that is out of date already. */
    public static X509CRL revoke(Issued by, X509Certificate... revoked) throws Exception {
        Instant now = Instant.now();
        X509v2CRLBuilder builder = new X509v2CRLBuilder(
                X500Name.getInstance(by.certificate().getSubjectX500Principal().getEncoded()),
                Date.from(now.minus(Duration.ofDays(2))));
        builder.setNextUpdate(Date.from(now.minus(Duration.ofDays(1))));
        for (X509Certificate certificate : revoked) {
            builder.addCRLEntry(
                    certificate.getSerialNumber(), Date.from(now.minus(Duration.ofDays(2))), CRLReason.keyCompromise);
        }
        return new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(by.key())));
    }

    /** A certificate, key or list in PEM form. */
    public static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** A key in PKCS#8 PEM form, without a password. */
    public static String keyPem(PrivateKey key) {
        try {
            return pem(new JcaPKCS8Generator(key, null).generate());
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
