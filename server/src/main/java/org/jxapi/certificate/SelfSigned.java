package org.jxapi.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes self-signed certificates, with a new key each. Only this class and checks of given ones load Bouncy Castle. */
final class SelfSigned {
    private static final Duration LIFE = Duration.ofDays(3650);

    private SelfSigned() {}

    /**
     * A key for the certificate that clients see: RSA of 2048 bits, as XAPI's is. XAPI's own xe, and its hosts that send VMs,
     * offer no suite for another key.
     */
    static KeyPair key() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    /** A certificate for clients, with these names; the first one is its subject. */
    static Identity of(CertificateNames names, KeyPair key, Instant now) throws GeneralSecurityException, IOException {
        return of(
                now,
                key,
                "SHA256withRSA",
                new X500Name("CN=" + names.names().iterator().next()),
                alternatives(names));
    }

    /**
     * A certificate for the other hosts of the pool; its subject is the host's UUID and the moment, as XAPI's is. Its key is
     * on an elliptic curve, which takes no time to make: jxapid is the only client.
     */
    static Identity ofHost(String uuid, Instant now) throws GeneralSecurityException, IOException {
        X500Name name = new X500NameBuilder()
                .addRDN(BCStyle.CN, uuid)
                .addRDN(BCStyle.SERIALNUMBER, now.getEpochSecond() + ".")
                .build();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return of(now, generator.generateKeyPair(), "SHA256withECDSA", name);
    }

    private static Identity of(Instant now, KeyPair pair, String signature, X500Name name, GeneralName... alternatives)
            throws GeneralSecurityException, IOException {
        try {
            return new Identity(pair.getPrivate(), List.of(certificate(now, pair, signature, name, alternatives)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static X509Certificate certificate(
            Instant now, KeyPair pair, String signature, X500Name name, GeneralName... alternatives)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(LIFE)),
                name,
                pair.getPublic());
        if (alternatives.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
        }
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(signature).build(pair.getPrivate())));
    }

    private static GeneralName[] alternatives(CertificateNames names) {
        List<GeneralName> all = new ArrayList<>();
        names.names().forEach(name -> all.add(new GeneralName(GeneralName.dNSName, name)));
        names.addresses().forEach(address -> all.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return all.toArray(new GeneralName[0]);
    }
}
