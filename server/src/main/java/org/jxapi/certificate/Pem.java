package org.jxapi.certificate;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates, keys and lists of revoked certificates as PEM text. Text around the blocks is skipped. */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    /**
     * One block.
     *
     * @param type such as {@code CERTIFICATE}
     */
    record Block(String type, byte[] content) {}

    /** All blocks, in their order; GeneralSecurityException when one is not base 64. */
    static List<Block> blocks(String text) throws GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text);
        while (found.find()) {
            try {
                blocks.add(new Block(found.group(1), Base64.getMimeDecoder().decode(found.group(2))));
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("a block is not base 64", e);
            }
        }
        return blocks;
    }

    /** All certificates, in their order. */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.type().equals("CERTIFICATE")) {
                certificates.add(certificate(block.content()));
            }
        }
        return certificates;
    }

    /** The only certificate. */
    public static X509Certificate certificate(String text) throws GeneralSecurityException {
        List<X509Certificate> all = certificates(text);
        if (all.size() != 1) {
            throw new CertificateException("the text has " + all.size() + " certificates instead of one");
        }
        return all.get(0);
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate) factory().generateCertificate(new ByteArrayInputStream(der));
    }

    /** The only list of revoked certificates. */
    static X509CRL crl(String text) throws GeneralSecurityException {
        List<Block> lists =
                blocks(text).stream().filter(b -> b.type().equals("X509 CRL")).toList();
        if (lists.size() != 1) {
            throw new CRLException("the text has " + lists.size() + " revocation lists instead of one");
        }
        return (X509CRL)
                factory().generateCRL(new ByteArrayInputStream(lists.get(0).content()));
    }

    private static CertificateFactory factory() throws CertificateException {
        return CertificateFactory.getInstance("X.509");
    }

    public static String of(X509Certificate certificate) {
        try {
            return of("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    static String of(X509CRL list) {
        try {
            return of("X509 CRL", list.getEncoded());
        } catch (CRLException e) {
            throw new IllegalStateException("a list that was read cannot be written", e);
        }
    }

    private static String of(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
