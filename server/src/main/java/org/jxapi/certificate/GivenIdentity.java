package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A certificate and its key as a client gives them, with XAPI's checks in its order (gencert/lib.ml). */
final class GivenIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(GivenIdentity.class);

    private static final int LEAST_BITS = 2048;
    private static final int MOST_BITS = 4096;
    private static final Set<String> SIGNATURES =
            Set.of("SHA256withRSA", "SHA512withRSA", "SHA256withECDSA", "SHA512withECDSA");

    private GivenIdentity() {}

    /**
     * The identity; an error of XAPI's, named SERVER_CERTIFICATE_…, says why there is none.
     *
     * @param chain certificates between it and its authority; empty for none
     */
    static Identity of(String certificate, String privateKey, String chain, Instant now) {
        RSAPrivateCrtKey key = key(privateKey);
        X509Certificate leaf = leaf(certificate, now);
        if (!(leaf.getPublicKey() instanceof RSAPublicKey known)
                || !known.getModulus().equals(key.getModulus())
                || !known.getPublicExponent().equals(key.getPublicExponent())) {
            throw Errors.serverCertificateKeyMismatch();
        }
        if (!SIGNATURES.contains(leaf.getSigAlgName())) {
            throw Errors.serverCertificateSignatureNotSupported();
        }
        List<X509Certificate> all = new ArrayList<>(List.of(leaf));
        if (!chain.isEmpty()) {
            all.addAll(chain(chain));
        }
        return new Identity(key, all);
    }

    private static RSAPrivateCrtKey key(String pem) {
        PrivateKeyInfo info;
        try {
            info = PrivateKeys.only(pem);
            if (PrivateKeys.multiPrime(info)) {
                throw Errors.serverCertificateKeyRsaMultiNotSupported();
            }
        } catch (GeneralSecurityException e) {
            throw invalid("private key", e, Errors.serverCertificateKeyInvalid());
        }
        if (!PrivateKeys.rsa(info)) {
            throw Errors.serverCertificateKeyAlgorithmNotSupported(PrivateKeys.type(info));
        }
        PrivateKey key;
        try {
            key = PrivateKeys.java(info);
        } catch (GeneralSecurityException e) {
            throw invalid("private key", e, Errors.serverCertificateKeyInvalid());
        }
        if (!(key instanceof RSAPrivateCrtKey rsa)) {
            throw Errors.serverCertificateKeyInvalid();
        }
        int bits = rsa.getModulus().bitLength();
        if (bits < LEAST_BITS || bits > MOST_BITS) {
            throw Errors.serverCertificateKeyRsaLengthNotSupported(Integer.toString(bits));
        }
        return rsa;
    }

    private static X509Certificate leaf(String pem, Instant now) {
        X509Certificate leaf;
        try {
            leaf = Pem.certificate(pem);
        } catch (GeneralSecurityException e) {
            throw invalid("certificate", e, Errors.serverCertificateInvalid());
        }
        Optional<Validity.Fault> fault = Validity.fault(leaf, now);
        if (fault.isPresent()) {
            throw fault.get().error(Errors::serverCertificateNotValidYet, Errors::serverCertificateExpired);
        }
        return leaf;
    }

    private static List<X509Certificate> chain(String pem) {
        try {
            List<X509Certificate> certificates = Pem.certificates(pem);
            if (!certificates.isEmpty()) {
                return certificates;
            }
            LOG.info("Certificate: refused, because its chain is empty");
        } catch (GeneralSecurityException e) {
            throw invalid("chain", e, Errors.serverCertificateChainInvalid());
        }
        throw Errors.serverCertificateChainInvalid();
    }

    private static RuntimeException invalid(String part, GeneralSecurityException why, RuntimeException error) {
        LOG.info("Certificate: refused, because its {} is not valid: {}", part, why.getMessage());
        return error;
    }
}
