package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Private keys from PEM text: PKCS#8, and the older forms of RSA and elliptic curves. */
final class PrivateKeys {
    /** Java's name of an algorithm, by its object identifier. */
    private static final Map<String, String> NAMES = Map.of(
            "1.2.840.113549.1.1.1", "RSA", "1.2.840.10045.2.1", "EC", "1.3.101.112", "EdDSA", "1.3.101.113", "EdDSA");

    /** XAPI's names of the types that it knows, by object identifier: of the curve for keys of elliptic curves. */
    private static final Map<String, String> TYPES = Map.of(
            "1.3.101.112", "ed25519",
            "1.3.132.0.33", "p224",
            "1.2.840.10045.3.1.7", "p256",
            "1.3.132.0.34", "p384",
            "1.3.132.0.35", "p521");

    private PrivateKeys() {}

    /** The only key of the text, in PKCS#8; InvalidKeyException when there is none, more than one, or one with a password. */
    static PrivateKeyInfo only(String pem) throws GeneralSecurityException {
        List<Pem.Block> keys = Pem.blocks(pem).stream()
                .filter(block -> block.type().endsWith("PRIVATE KEY"))
                .toList();
        if (keys.size() != 1) {
            throw new InvalidKeyException("the text has " + keys.size() + " private keys instead of one");
        }
        Pem.Block key = keys.get(0);
        try {
            return switch (key.type()) {
                case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(key.content());
                case "RSA PRIVATE KEY" ->
                    new PrivateKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                            RSAPrivateKey.getInstance(key.content()));
                case "EC PRIVATE KEY" -> curve(ECPrivateKey.getInstance(key.content()));
                default -> throw new InvalidKeyException("a key of the form \"" + key.type() + "\" is not supported");
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidKeyException("the private key is damaged", e);
        }
    }

    private static PrivateKeyInfo curve(ECPrivateKey key) throws IOException {
        ASN1Encodable named = key.getParametersObject();
        if (named == null) {
            throw new IOException("the private key does not name its curve");
        }
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, named), key);
    }

    /** Whether it is an RSA key, whatever its size. */
    static boolean rsa(PrivateKeyInfo key) {
        return PKCSObjectIdentifiers.rsaEncryption.equals(
                key.getPrivateKeyAlgorithm().getAlgorithm());
    }

    /** Whether it is an RSA key with more than two primes. */
    static boolean multiPrime(PrivateKeyInfo key) throws GeneralSecurityException {
        try {
            return rsa(key)
                    && RSAPrivateKey.getInstance(key.parsePrivateKey())
                                    .getVersion()
                                    .signum()
                            != 0;
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidKeyException("the private key is damaged", e);
        }
    }

    /** The type as XAPI calls it; the object identifier for types that XAPI does not know. */
    static String type(PrivateKeyInfo key) {
        AlgorithmIdentifier algorithm = key.getPrivateKeyAlgorithm();
        boolean curve = X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm());
        String id = curve && algorithm.getParameters() instanceof ASN1ObjectIdentifier named
                ? named.getId()
                : algorithm.getAlgorithm().getId();
        return TYPES.getOrDefault(id, id);
    }

    static PrivateKey java(PrivateKeyInfo key) throws GeneralSecurityException {
        String id = key.getPrivateKeyAlgorithm().getAlgorithm().getId();
        String name = NAMES.get(id);
        if (name == null) {
            throw new InvalidKeyException("keys of the algorithm " + id + " are not supported");
        }
        try {
            return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (IOException e) {
            throw new InvalidKeyException("the private key is damaged", e);
        }
    }
}
