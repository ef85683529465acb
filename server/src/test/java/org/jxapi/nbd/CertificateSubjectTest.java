package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** The choice of ocaml/xapi/xapi_vdi.ml, select_a_hostname, over the names as the library x509 reads them. */
class CertificateSubjectTest {
    private static X509Certificate certificate(String commonName, String... dnsNames) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=" + commonName + ",O=Example");
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(Instant.now()),
                Date.from(Instant.now().plusSeconds(60)),
                name,
                pair.getPublic());
        if (dnsNames.length > 0) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(Stream.of(dnsNames)
                            .map(dns -> new GeneralName(
                                    dns.startsWith("10.") ? GeneralName.iPAddress : GeneralName.dNSName, dns))
                            .toArray(GeneralName[]::new)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }

    @Test
    void theFirstNameByItsLastLabelCounts() throws Exception {
        assertThat(CertificateSubject.of(certificate("cn", "b.example", "a.test", "a.example")))
                .contains("a.example");
        assertThat(CertificateSubject.of(certificate("cn", "xen1", "xen1.lab.test", "localhost")))
                .contains("localhost");
    }

    @Test
    void aWildcardCountsWhenNothingElseDoes() throws Exception {
        assertThat(CertificateSubject.of(certificate("cn", "*.a.test", "z.test")))
                .contains("z.test");
        assertThat(CertificateSubject.of(certificate("cn", "*.a.test"))).contains("a.test");
    }

    @Test
    void theCommonNameCountsWithoutDnsNames() throws Exception {
        assertThat(CertificateSubject.of(certificate("host1"))).contains("host1");
        assertThat(CertificateSubject.of(certificate("host1", "10.0.0.1"))).contains("host1");
        assertThat(CertificateSubject.of(certificate("a host with spaces"))).isEmpty();
        assertThat(CertificateSubject.of(certificate("10.0.0.1"))).isEmpty();
    }
}
