package org.jxapi.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of class pool about the certificates that it trusts. A certificate has a record, and its text is in the store
 * too, in the folder {@code trusted}. It counts while it has both.
 */
public final class TrustedCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedCertificates.class);

    /** Of authorities, under the names that clients give. */
    private static final TrustedFolder NAMED = new TrustedFolder("ca", TrustedFolder.Kind.CERTIFICATES);
    /** Of authorities and servers, under the UUIDs of their records, with purposes. */
    private static final TrustedFolder BY_UUID = new TrustedFolder("by-uuid", TrustedFolder.Kind.CERTIFICATES);

    private static final TrustedFolder LISTS = new TrustedFolder("crl", TrustedFolder.Kind.REVOCATION_LISTS);

    private final Store store;
    private final Clock clock;

    public TrustedCertificates(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Moves the files of earlier versions into the store.
     *
     * @throws IOException when one cannot be read or removed, with one line that names it
     */
    public static void move(Store store, Path data) throws IOException {
        for (TrustedFolder folder : List.of(NAMED, BY_UUID, LISTS)) {
            folder.move(store, data);
        }
    }

    /** Removes texts without a record, and logs which records lack a text: a restore may leave both. */
    public void start() {
        Snapshot snapshot = store.snapshot();
        Set<String> names = new HashSet<>();
        Set<String> uuids = new HashSet<>();
        for (Row<Certificate> row : trusted(snapshot)) {
            String file = file(row);
            (row.get(Certificate.NAME).isEmpty() ? uuids : names).add(file);
            if (folder(row).text(snapshot, file).isEmpty()) {
                LOG.warn(
                        "Certificate {}: it is missing, so nothing is trusted because of it; uninstall it, with"
                                + " --force if it has a name, and install it again",
                        file);
            }
        }
        removeOthers(snapshot, NAMED, names);
        removeOthers(snapshot, BY_UUID, uuids);
    }

    private static List<Row<Certificate>> trusted(Snapshot snapshot) {
        return snapshot.all(Certificate.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(TrustedCertificates::isTrusted)
                .toList();
    }

    private static boolean isTrusted(Row<Certificate> row) {
        CertificateType type = row.get(Certificate.TYPE);
        return type == CertificateType.CA || type == CertificateType.PINNED;
    }

    private void removeOthers(Snapshot snapshot, TrustedFolder folder, Set<String> known) {
        for (String name : folder.names(snapshot)) {
            if (!known.contains(name)) {
                LOG.warn("Certificate {}: it has no record, and is removed", name);
                store.change(tx -> folder.remove(tx, name));
            }
        }
    }

    /** Checks that every certificate and list can be read; CERTIFICATE_LIBRARY_CORRUPT otherwise. */
    public void sync() {
        start();
        Snapshot snapshot = store.snapshot();
        for (Row<Certificate> row : trusted(snapshot)) {
            if (read(snapshot, row).isEmpty()) {
                throw Errors.certificateLibraryCorrupt();
            }
        }
        revocationLists(snapshot);
    }

    private static TrustedFolder folder(Row<Certificate> row) {
        return row.get(Certificate.NAME).isEmpty() ? BY_UUID : NAMED;
    }

    private static String file(Row<Certificate> row) {
        String name = row.get(Certificate.NAME);
        return name.isEmpty() ? row.get(Certificate.UUID) + ".pem" : name;
    }

    private X509Certificate valid(
            String pem,
            XenApiException invalid,
            BiFunction<String, String, XenApiException> notYet,
            BiFunction<String, String, XenApiException> expired) {
        X509Certificate certificate;
        try {
            certificate = Pem.certificate(pem);
        } catch (GeneralSecurityException e) {
            LOG.info("Certificate: refused: {}", e.getMessage());
            throw invalid;
        }
        Optional<Validity.Fault> fault = Validity.fault(certificate, clock.instant());
        if (fault.isPresent()) {
            throw fault.get().error(notYet, expired);
        }
        return certificate;
    }

    /** Trusts an authority under a name. */
    public void installCa(String name, String pem) {
        X509Certificate certificate = valid(
                pem, Errors.caCertificateInvalid(), Errors::caCertificateNotValidYet, Errors::caCertificateExpired);
        store.change(tx -> {
            NAMED.add(tx, name, Pem.of(certificate));
            ofName(tx, name).forEach(old -> tx.destroy(old.ref()));
            tx.create(CertificateRows.of(certificate, CertificateType.CA).with(Certificate.NAME, name));
        });
    }

    private static List<Stored<Certificate>> ofName(Snapshot snapshot, String name) {
        return CertificateRows.authorities(snapshot, true).stream()
                .filter(c -> c.row().get(Certificate.NAME).equals(name))
                .toList();
    }

    /** @param force whether a missing text is no error */
    public void uninstallCa(String name, boolean force) {
        NAMED.checkName(name);
        store.change(tx -> {
            if (!force) {
                NAMED.require(tx, name);
            }
            List<Stored<Certificate>> records = ofName(tx, name);
            if (records.isEmpty()) {
                throw Errors.invalidValue("certificate:name", name);
            }
            records.forEach(c -> tx.destroy(c.ref()));
            NAMED.remove(tx, name);
        });
    }

    /** The names of the authorities that have one. */
    public List<String> caNames() {
        return CertificateRows.authorities(store.snapshot(), true).stream()
                .map(c -> c.row().get(Certificate.NAME))
                .toList();
    }

    /** Installs a list of revoked certificates. XAPI accepts any text here, and its TLS ignores text that is no list. */
    public void installCrl(String name, String pem) {
        LISTS.checkName(name);
        X509CRL list;
        try {
            list = Pem.crl(pem);
        } catch (GeneralSecurityException e) {
            LOG.info("Revocation list {}: refused: {}", name, e.getMessage());
            throw Errors.crlCorrupt(name);
        }
        store.change(tx -> LISTS.add(tx, name, Pem.of(list)));
    }

    public void uninstallCrl(String name) {
        LISTS.checkName(name);
        store.change(tx -> {
            LISTS.require(tx, name);
            LISTS.remove(tx, name);
        });
    }

    public List<String> crlNames() {
        return LISTS.names(store.snapshot());
    }

    /**
     * Trusts an authority, or one server, for some purposes.
     *
     * @param purposes empty for all, which only an authority may have
     */
    public void install(boolean ca, String pem, List<CertificatePurpose> purposes) {
        X509Certificate certificate = valid(
                pem,
                Errors.trustedCertificateInvalid(),
                Errors::trustedCertificateNotValidYet,
                Errors::trustedCertificateExpired);
        if (!ca && purposes.isEmpty()) {
            throw Errors.certificateLacksPurpose();
        }
        CertificateType type = ca ? CertificateType.CA : CertificateType.PINNED;
        List<CertificatePurpose> wanted = List.copyOf(new LinkedHashSet<>(purposes));
        store.change(tx -> {
            checkNew(tx, type, certificate, wanted);
            Ref<Certificate> made =
                    tx.create(CertificateRows.of(certificate, type).with(Certificate.PURPOSE, wanted));
            BY_UUID.add(tx, file(tx.row(made)), Pem.of(certificate));
        });
    }

    /** Refuses a certificate that is trusted already for one of these purposes. */
    private static void checkNew(
            Snapshot snapshot, CertificateType type, X509Certificate certificate, List<CertificatePurpose> purposes) {
        String sha256 = CertificateRows.sha256(certificate);
        for (Stored<Certificate> known : CertificateRows.ofType(snapshot, type)) {
            List<CertificatePurpose> others = known.row().get(Certificate.PURPOSE);
            boolean same = new HashSet<>(others).equals(new HashSet<>(purposes));
            if (known.row().get(Certificate.FINGERPRINT_SHA256).equals(sha256)
                    && (same || !Collections.disjoint(others, purposes))) {
                throw Errors.trustedCertificateAlreadyExists(sha256);
            }
        }
    }

    public void uninstall(Ref<Certificate> certificate) {
        store.change(tx -> {
            Row<Certificate> row = tx.row(certificate);
            if (!isTrusted(row)) {
                throw Errors.notTrustedCertificate(certificate.value());
            }
            tx.destroy(certificate);
            folder(row).remove(tx, file(row));
        });
    }

    /** The certificate of a record; nothing when its text is missing, or has another one. */
    private static Optional<X509Certificate> read(Snapshot snapshot, Row<Certificate> row) {
        String file = file(row);
        return folder(row).text(snapshot, file).flatMap(text -> {
            try {
                X509Certificate certificate = Pem.certificate(text);
                if (CertificateRows.sha256(certificate).equals(row.get(Certificate.FINGERPRINT_SHA256))) {
                    return Optional.of(certificate);
                }
                LOG.warn("Certificate {}: it is another one than its record says, and is not used", file);
            } catch (GeneralSecurityException e) {
                LOG.warn("Certificate {}: it is damaged, and is not used: {}", file, e.getMessage());
            }
            return Optional.empty();
        });
    }

    private static List<X509Certificate> read(Snapshot snapshot, List<Stored<Certificate>> records) {
        return records.stream().flatMap(c -> read(snapshot, c.row()).stream()).toList();
    }

    /** The authorities that have names: XAPI trusts them for all connections that have no purpose of their own. */
    public List<X509Certificate> namedAuthorities() {
        return namedAuthorities(store.snapshot());
    }

    private static List<X509Certificate> namedAuthorities(Snapshot snapshot) {
        return read(snapshot, CertificateRows.authorities(snapshot, true));
    }

    private static List<X509Certificate> trustedFor(
            Snapshot snapshot, CertificateType type, List<CertificatePurpose> purposes) {
        return read(
                snapshot,
                CertificateRows.ofType(snapshot, type).stream()
                        .filter(c -> c.row().get(Certificate.NAME).isEmpty())
                        .filter(c -> purposes.isEmpty()
                                ? c.row().get(Certificate.PURPOSE).isEmpty()
                                : !Collections.disjoint(c.row().get(Certificate.PURPOSE), purposes))
                        .toList());
    }

    private static List<X509CRL> revocationLists(Snapshot snapshot) {
        List<X509CRL> all = new ArrayList<>();
        for (String name : LISTS.names(snapshot)) {
            try {
                all.add(Pem.crl(LISTS.text(snapshot, name).orElseThrow()));
            } catch (GeneralSecurityException e) {
                LOG.warn("Revocation list {}: it is damaged: {}", name, e.getMessage());
                throw Errors.crlCorrupt(name);
            }
        }
        return all;
    }

    /** Which servers may be at the other end of a connection that jxapid opens without a purpose of its own. */
    public Trust general() {
        Snapshot snapshot = store.snapshot();
        return new Trust(namedAuthorities(snapshot), List.of(), revocationLists(snapshot));
    }

    /**
     * Which servers may be at the other end of a connection for a purpose, as in XAPI (stunnel_client.ml): pinned ones if
     * there are any, or those of authorities for this purpose, or those of authorities for all purposes; nothing if there
     * are none of these.
     */
    public Optional<Trust> of(CertificatePurpose purpose) {
        Snapshot snapshot = store.snapshot();
        List<X509Certificate> pinned = trustedFor(snapshot, CertificateType.PINNED, List.of(purpose));
        if (!pinned.isEmpty()) {
            return Optional.of(new Trust(List.of(), pinned, List.of()));
        }
        for (List<CertificatePurpose> purposes : List.of(List.of(purpose), List.<CertificatePurpose>of())) {
            List<X509Certificate> authorities = trustedFor(snapshot, CertificateType.CA, purposes);
            if (!authorities.isEmpty()) {
                return Optional.of(new Trust(authorities, List.of(), revocationLists(snapshot)));
            }
        }
        return Optional.empty();
    }
}
