package org.jxapi.certificate;

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
import java.util.UUID;
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
 * The messages of class pool about the certificates that it trusts. Their contents are files in {@code trusted} of the
 * data folder. A certificate counts while it has both a record and a file: the file is written before the record, and
 * removed after it, so a killed daemon trusts nothing that no client has been told of.
 */
public final class TrustedCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedCertificates.class);

    private final Store store;
    private final Clock clock;
    /** Of authorities, under the names that clients give. */
    private final TrustedFolder named;
    /** Of authorities and servers, under the UUIDs of their records, with purposes. */
    private final TrustedFolder byUuid;

    private final TrustedFolder lists;

    public TrustedCertificates(Store store, Path dataDir, Clock clock) {
        this.store = store;
        this.clock = clock;
        Path trusted = dataDir.resolve("trusted");
        this.named = new TrustedFolder(trusted.resolve("ca"), TrustedFolder.Kind.CERTIFICATES);
        this.byUuid = new TrustedFolder(trusted.resolve("by-uuid"), TrustedFolder.Kind.CERTIFICATES);
        this.lists = new TrustedFolder(trusted.resolve("crl"), TrustedFolder.Kind.REVOCATION_LISTS);
    }

    /** Removes what a killed daemon has left, and logs which certificates have lost their files. */
    public synchronized void start() {
        Snapshot snapshot = store.snapshot();
        Set<String> names = new HashSet<>();
        Set<String> uuids = new HashSet<>();
        for (Stored<Certificate> stored : snapshot.all(Certificate.XEN_CLASS)) {
            Row<Certificate> row = stored.row();
            CertificateType type = row.get(Certificate.TYPE);
            if (type != CertificateType.CA && type != CertificateType.PINNED) {
                continue;
            }
            String file = file(row);
            (row.get(Certificate.NAME).isEmpty() ? uuids : names).add(file);
            if (!folder(row).has(file)) {
                LOG.warn(
                        "Certificate {}: its file is missing, so nothing is trusted because of it; uninstall it, with"
                                + " --force if it has a name, and install it again",
                        file);
            }
        }
        removeOthers(named, names);
        removeOthers(byUuid, uuids);
    }

    private static void removeOthers(TrustedFolder folder, Set<String> known) {
        for (String name : folder.names()) {
            if (!known.contains(name)) {
                LOG.warn(
                        "Certificate {}: it has a file but no record, and is removed: its installation or removal was"
                                + " interrupted",
                        name);
                folder.delete(name);
            }
        }
    }

    /** Checks that every certificate and list can be read; CERTIFICATE_LIBRARY_CORRUPT otherwise. */
    public void sync() {
        start();
        Snapshot snapshot = store.snapshot();
        for (Stored<Certificate> stored : snapshot.all(Certificate.XEN_CLASS)) {
            CertificateType type = stored.row().get(Certificate.TYPE);
            boolean ours = type == CertificateType.CA || type == CertificateType.PINNED;
            if (ours && read(stored.row()).isEmpty()) {
                throw Errors.certificateLibraryCorrupt();
            }
        }
        revocationLists();
    }

    private TrustedFolder folder(Row<Certificate> row) {
        return row.get(Certificate.NAME).isEmpty() ? byUuid : named;
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
    public synchronized void installCa(String name, String pem) {
        X509Certificate certificate = valid(
                pem, Errors.caCertificateInvalid(), Errors::caCertificateNotValidYet, Errors::caCertificateExpired);
        named.write(name, Pem.of(certificate));
        keep(named, name, CertificateRows.of(certificate, CertificateType.CA).with(Certificate.NAME, name));
    }

    /** Creates the record of a file, in the place of earlier records with its name; without it the file goes again. */
    private Ref<Certificate> keep(TrustedFolder folder, String file, Row<Certificate> row) {
        String name = row.get(Certificate.NAME);
        try {
            return store.transact(tx -> {
                if (!name.isEmpty()) {
                    ofName(tx, name).forEach(old -> tx.destroy(old.ref()));
                }
                return tx.create(row);
            });
        } catch (RuntimeException e) {
            folder.delete(file);
            throw e;
        }
    }

    private static List<Stored<Certificate>> ofName(Snapshot snapshot, String name) {
        return CertificateRows.authorities(snapshot, true).stream()
                .filter(c -> c.row().get(Certificate.NAME).equals(name))
                .toList();
    }

    /** @param force whether a missing file is no error */
    public synchronized void uninstallCa(String name, boolean force) {
        named.checkName(name);
        if (!force) {
            named.require(name);
        }
        List<Stored<Certificate>> records = ofName(store.snapshot(), name);
        if (records.isEmpty()) {
            throw Errors.invalidValue("certificate:name", name);
        }
        store.change(tx -> records.forEach(c -> tx.destroyIfThere(c.ref())));
        named.delete(name);
    }

    /** The names of the authorities that have one. */
    public List<String> caNames() {
        return CertificateRows.authorities(store.snapshot(), true).stream()
                .map(c -> c.row().get(Certificate.NAME))
                .toList();
    }

    /** Installs a list of revoked certificates. XAPI accepts any text here, and its TLS ignores text that is no list. */
    public synchronized void installCrl(String name, String pem) {
        lists.checkName(name);
        X509CRL list;
        try {
            list = Pem.crl(pem);
        } catch (GeneralSecurityException e) {
            LOG.info("Revocation list {}: refused: {}", name, e.getMessage());
            throw lists.corrupt(name);
        }
        lists.write(name, Pem.of(list));
    }

    public synchronized void uninstallCrl(String name) {
        lists.checkName(name);
        lists.require(name);
        lists.delete(name);
    }

    public List<String> crlNames() {
        return lists.names();
    }

    /**
     * Trusts an authority, or one server, for some purposes.
     *
     * @param purposes empty for all, which only an authority may have
     */
    public synchronized void install(boolean ca, String pem, List<CertificatePurpose> purposes) {
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
        checkNew(type, certificate, wanted);
        String uuid = UUID.randomUUID().toString();
        String file = uuid + ".pem";
        byUuid.write(file, Pem.of(certificate));
        keep(
                byUuid,
                file,
                CertificateRows.of(certificate, type)
                        .with(Certificate.UUID, uuid)
                        .with(Certificate.PURPOSE, wanted));
    }

    /** Refuses a certificate that is trusted already for one of these purposes. */
    private void checkNew(CertificateType type, X509Certificate certificate, List<CertificatePurpose> purposes) {
        String sha256 = CertificateRows.sha256(certificate);
        for (Stored<Certificate> known : CertificateRows.ofType(store.snapshot(), type)) {
            List<CertificatePurpose> others = known.row().get(Certificate.PURPOSE);
            boolean same = new HashSet<>(others).equals(new HashSet<>(purposes));
            if (known.row().get(Certificate.FINGERPRINT_SHA256).equals(sha256)
                    && (same || !Collections.disjoint(others, purposes))) {
                throw Errors.trustedCertificateAlreadyExists(sha256);
            }
        }
    }

    public synchronized void uninstall(Ref<Certificate> certificate) {
        Row<Certificate> row = store.snapshot().row(certificate);
        CertificateType type = row.get(Certificate.TYPE);
        if (type != CertificateType.CA && type != CertificateType.PINNED) {
            throw Errors.notTrustedCertificate(certificate.value());
        }
        store.change(tx -> tx.destroyIfThere(certificate));
        folder(row).delete(file(row));
    }

    /** The certificate of a record; nothing when its file is missing, or holds another one. */
    private Optional<X509Certificate> read(Row<Certificate> row) {
        String file = file(row);
        if (!folder(row).has(file)) {
            return Optional.empty();
        }
        try {
            X509Certificate certificate = Pem.certificate(folder(row).text(file));
            if (CertificateRows.sha256(certificate).equals(row.get(Certificate.FINGERPRINT_SHA256))) {
                return Optional.of(certificate);
            }
            LOG.warn("Certificate {}: its file has another certificate than its record, and is not used", file);
        } catch (GeneralSecurityException e) {
            LOG.warn("Certificate {}: its file is damaged, and is not used: {}", file, e.getMessage());
        }
        return Optional.empty();
    }

    private List<X509Certificate> read(List<Stored<Certificate>> records) {
        return records.stream().flatMap(c -> read(c.row()).stream()).toList();
    }

    /** The authorities that have names: XAPI trusts them for all connections that have no purpose of their own. */
    public List<X509Certificate> namedAuthorities() {
        return read(CertificateRows.authorities(store.snapshot(), true));
    }

    private List<X509Certificate> trustedFor(CertificateType type, List<CertificatePurpose> purposes) {
        return read(CertificateRows.ofType(store.snapshot(), type).stream()
                .filter(c -> c.row().get(Certificate.NAME).isEmpty())
                .filter(c -> purposes.isEmpty()
                        ? c.row().get(Certificate.PURPOSE).isEmpty()
                        : !Collections.disjoint(c.row().get(Certificate.PURPOSE), purposes))
                .toList());
    }

    private List<X509CRL> revocationLists() {
        List<X509CRL> all = new ArrayList<>();
        for (String name : lists.names()) {
            try {
                all.add(Pem.crl(lists.text(name)));
            } catch (GeneralSecurityException e) {
                LOG.warn("Revocation list {}: it is damaged: {}", name, e.getMessage());
                throw lists.corrupt(name);
            }
        }
        return all;
    }

    /** Which servers may be at the other end of a connection that jxapid opens without a purpose of its own. */
    public Trust general() {
        return new Trust(namedAuthorities(), List.of(), revocationLists());
    }

    /**
     * Which servers may be at the other end of a connection for a purpose, as in XAPI (stunnel_client.ml): pinned ones if
     * there are any, or those of authorities for this purpose, or those of authorities for all purposes; nothing if there
     * are none of these.
     */
    public Optional<Trust> of(CertificatePurpose purpose) {
        List<X509Certificate> pinned = trustedFor(CertificateType.PINNED, List.of(purpose));
        if (!pinned.isEmpty()) {
            return Optional.of(new Trust(List.of(), pinned, List.of()));
        }
        for (List<CertificatePurpose> purposes : List.of(List.of(purpose), List.<CertificatePurpose>of())) {
            List<X509Certificate> authorities = trustedFor(CertificateType.CA, purposes);
            if (!authorities.isEmpty()) {
                return Optional.of(new Trust(authorities, List.of(), revocationLists()));
            }
        }
        return Optional.empty();
    }
}
