package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;

/** The checks of host.install_server_certificate; the cases are those of XAPI's gencert/test_lib.ml. */
class GivenIdentityTest {
    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2021-01-01T00:00:00Z");
    private static final Instant WITHIN = Instant.parse("2020-02-01T00:00:00Z");

    private static KeyPair keys;
    private static Issued authority;
    private static Issued leaf;

    @BeforeAll
    static void make() throws Exception {
        keys = TestCertificates.rsa(2048);
        KeyPair others = TestCertificates.rsa(2048);
        authority = TestCertificates.selfSigned(
                Request.of("authority", others).valid(FROM, UNTIL).asAuthority());
        leaf = TestCertificates.issue(authority, request());
    }

    private static Request request() {
        return Request.of("localhost", keys).valid(FROM, UNTIL);
    }

    private static void refused(
            String certificate, String key, String chain, Instant now, String code, String... parameters) {
        assertRefused(() -> GivenIdentity.of(certificate, key, chain, now), code, parameters);
    }

    @Test
    void aCertificateWithItsKeyAndChainIsTaken() throws Exception {
        Identity alone = GivenIdentity.of(leaf.pem(), leaf.keyPem(), "", WITHIN);
        assertThat(alone.chain()).containsExactly(leaf.certificate());
        assertThat(alone.matches()).isTrue();
        Issued strong = TestCertificates.issue(authority, request().signedBy("SHA512withRSA"));
        Identity chained = GivenIdentity.of(strong.pem(), strong.keyPem(), authority.pem(), WITHIN);
        assertThat(chained.chain()).containsExactly(strong.certificate(), authority.certificate());
        // The older form of the key.
        assertThat(GivenIdentity.of(leaf.pem(), TestCertificates.pem(keys.getPrivate()), "", WITHIN)
                        .key())
                .isEqualTo(keys.getPrivate());
    }

    @Test
    void aCertificateOutOfItsTimeIsRefusedWithBothMoments() {
        refused(
                leaf.pem(),
                leaf.keyPem(),
                "",
                Instant.parse("2019-01-01T00:00:00Z"),
                "SERVER_CERTIFICATE_NOT_VALID_YET",
                "2019-01-01T00:00:00Z",
                "2020-01-01T00:00:00Z");
        refused(
                leaf.pem(),
                leaf.keyPem(),
                "",
                Instant.parse("2022-01-01T00:00:00.5Z"),
                "SERVER_CERTIFICATE_EXPIRED",
                "2022-01-01T00:00:00Z",
                "2021-01-01T00:00:00Z");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        refused(leaf.pem(), authority.keyPem(), "", WITHIN, "SERVER_CERTIFICATE_KEY_MISMATCH");
    }

    @Test
    void aWeakOrUnknownSignatureIsRefused() throws Exception {
        for (String algorithm : List.of("SHA1withRSA", "SHA384withRSA")) {
            Issued weak = TestCertificates.issue(authority, request().signedBy(algorithm));
            refused(weak.pem(), weak.keyPem(), "", WITHIN, "SERVER_CERTIFICATE_SIGNATURE_NOT_SUPPORTED");
        }
    }

    @Test
    void keysOfOtherSizesAreRefused() throws Exception {
        refusedKey(
                TestCertificates.keyPem(TestCertificates.rsa(1024).getPrivate()),
                "SERVER_CERTIFICATE_KEY_RSA_LENGTH_NOT_SUPPORTED",
                "1024");
        refusedKey(
                rsaPem(0, mersenne(4253), mersenne(3217)), "SERVER_CERTIFICATE_KEY_RSA_LENGTH_NOT_SUPPORTED", "7470");
    }

    @Test
    void keysOfOtherKindsAreRefusedWithTheirKind() throws Exception {
        refusedKey(
                TestCertificates.keyPem(KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPrivate()),
                "SERVER_CERTIFICATE_KEY_ALGORITHM_NOT_SUPPORTED",
                "ed25519");
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(256);
        refusedKey(
                TestCertificates.keyPem(curve.generateKeyPair().getPrivate()),
                "SERVER_CERTIFICATE_KEY_ALGORITHM_NOT_SUPPORTED",
                "p256");
        KeyPairGenerator dsa = KeyPairGenerator.getInstance("DSA");
        dsa.initialize(1024);
        refusedKey(
                TestCertificates.keyPem(dsa.generateKeyPair().getPrivate()),
                "SERVER_CERTIFICATE_KEY_ALGORITHM_NOT_SUPPORTED",
                "1.2.840.10040.4.1");
        refusedKey(
                rsaPem(1, mersenne(1279), mersenne(2203), mersenne(521)),
                "SERVER_CERTIFICATE_KEY_RSA_MULTI_NOT_SUPPORTED");
    }

    @Test
    void textThatIsNoKeyIsRefused() {
        String key = leaf.keyPem();
        for (String text : List.of(
                "",
                "none",
                leaf.pem(),
                key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
                key + key,
                key.substring(0, 60) + key.substring(200),
                key.replace("PRIVATE KEY", "RSA PRIVATE KEY"))) {
            refusedKey(text, "SERVER_CERTIFICATE_KEY_INVALID");
        }
    }

    @Test
    void textThatIsNoCertificateIsRefused() {
        String pem = leaf.pem();
        for (String text : List.of("", "none", leaf.keyPem(), pem + pem, pem.substring(0, 100) + pem.substring(300))) {
            refused(text, leaf.keyPem(), "", WITHIN, "SERVER_CERTIFICATE_INVALID");
        }
        for (String chain : List.of("none", leaf.keyPem(), pem.substring(0, 100) + pem.substring(300))) {
            refused(pem, leaf.keyPem(), chain, WITHIN, "SERVER_CERTIFICATE_CHAIN_INVALID");
        }
    }

    /** The key is looked at first. */
    private static void refusedKey(String key, String code, String... parameters) {
        refused("no certificate", key, "", WITHIN, code, parameters);
    }

    private static BigInteger mersenne(int exponent) {
        return BigInteger.TWO.pow(exponent).subtract(BigInteger.ONE);
    }

    /** An RSA key of known primes, since large ones take long to find. */
    private static String rsaPem(int version, BigInteger... primes) throws Exception {
        BigInteger modulus = BigInteger.ONE;
        BigInteger phi = BigInteger.ONE;
        for (BigInteger prime : primes) {
            modulus = modulus.multiply(prime);
            phi = phi.multiply(prime.subtract(BigInteger.ONE));
        }
        BigInteger exponent = BigInteger.valueOf(65537);
        BigInteger secret = exponent.modInverse(phi);
        BigInteger p = primes[0];
        BigInteger q = primes[1];
        List<ASN1Encodable> parts = new ArrayList<>();
        for (BigInteger part : List.of(
                BigInteger.valueOf(version),
                modulus,
                exponent,
                secret,
                p,
                q,
                secret.mod(p.subtract(BigInteger.ONE)),
                secret.mod(q.subtract(BigInteger.ONE)),
                q.modInverse(p))) {
            parts.add(new ASN1Integer(part));
        }
        for (int i = 2; i < primes.length; i++) {
            ASN1Encodable[] more = {new ASN1Integer(primes[i]), new ASN1Integer(secret), new ASN1Integer(p)};
            parts.add(new DERSequence(new DERSequence(more)));
        }
        byte[] der = new DERSequence(parts.toArray(new ASN1Encodable[0])).getEncoded();
        return "-----BEGIN RSA PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END RSA PRIVATE KEY-----\n";
    }
}
