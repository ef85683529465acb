package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Host;

/** The objects of class Certificate. */
final class CertificateRows {
    private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();

    private CertificateRows() {}

    /** A fingerprint as XAPI writes it: pairs of upper-case digits with colons. */
    static String fingerprint(String algorithm, X509Certificate certificate) {
        try {
            return hash(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read has no fingerprint", e);
        }
    }

    static String hash(byte[] digest) {
        return HEX.formatHex(digest);
    }

    static String sha256(X509Certificate certificate) {
        return fingerprint("SHA-256", certificate);
    }

    /** The record of a certificate; type, host, name and purpose are the caller's. */
    static Row<Certificate> of(X509Certificate certificate, CertificateType type) {
        String sha256 = sha256(certificate);
        return Row.of(Certificate.XEN_CLASS)
                .with(Certificate.TYPE, type)
                .with(
                        Certificate.NOT_BEFORE,
                        XenTime.of(certificate.getNotBefore().toInstant()))
                .with(
                        Certificate.NOT_AFTER,
                        XenTime.of(certificate.getNotAfter().toInstant()))
                .with(Certificate.FINGERPRINT, sha256)
                .with(Certificate.FINGERPRINT_SHA256, sha256)
                .with(Certificate.FINGERPRINT_SHA1, fingerprint("SHA-1", certificate));
    }

    static List<Stored<Certificate>> ofType(Snapshot snapshot, CertificateType type) {
        return snapshot.all(Certificate.XEN_CLASS).stream()
                .filter(c -> c.row().get(Certificate.TYPE) == type)
                .toList();
    }

    /** The certificates of authorities that were installed under a name; without a name those of purposes. */
    static List<Stored<Certificate>> authorities(Snapshot snapshot, boolean named) {
        return ofType(snapshot, CertificateType.CA).stream()
                .filter(c -> c.row().get(Certificate.NAME).isEmpty() != named)
                .toList();
    }

    /** Makes this the only certificate of the type that a host shows. */
    static void show(Transaction tx, Ref<Host> host, CertificateType type, X509Certificate certificate) {
        String sha256 = sha256(certificate);
        boolean known = false;
        for (Stored<Certificate> old : ofType(tx, type)) {
            if (!old.row().get(Certificate.HOST).equals(host)) {
                continue;
            }
            if (!known && old.row().get(Certificate.FINGERPRINT_SHA256).equals(sha256)) {
                known = true;
            } else {
                tx.destroy(old.ref());
            }
        }
        if (!known) {
            tx.create(of(certificate, type).with(Certificate.HOST, host));
        }
    }
}
