package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate that the host shows, with its key.
 *
 * @param chain the certificate, and the ones between it and its authority
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
    public Identity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a key without a certificate");
        }
    }

    /** The certificate itself. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Whether the key belongs to the certificate. */
    boolean matches() throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" ->
                key instanceof java.security.interfaces.EdECPrivateKey edwards
                        ? edwards.getParams().getName()
                        : "EdDSA";
            default -> throw new InvalidKeyException("keys of type " + key.getAlgorithm() + " are not supported");
        };
        byte[] text = {1, 2, 3, 4};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certificate().getPublicKey());
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // The certificate has a key of another type or size.
            return false;
        }
    }
}
