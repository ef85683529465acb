package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;
import org.jxapi.store.H2Store;
import org.jxapi.store.PoolFiles;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.CertificateType;

/** Certificates that the pool trusts; XAPI's rules are in xapi_pool.ml and certificates.ml. */
class TrustedCertificatesTest {
    private static KeyPair keys;
    private static Issued authority;
    private static Issued server;

    @TempDir
    Path folder;

    private H2Store store;
    private TrustedCertificates trusted;

    @BeforeAll
    static void make() throws Exception {
        keys = TestCertificates.rsa(2048);
        authority = TestCertificates.selfSigned(Request.of("authority", keys).asAuthority());
        server = TestCertificates.issue(authority, Request.of("server", keys));
    }

    @BeforeEach
    void open() throws Exception {
        store = H2Store.open(folder.resolve("data"));
        trusted = new TrustedCertificates(store, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Row<Certificate>> rows() {
        return store.snapshot().all(Certificate.XEN_CLASS).stream()
                .map(c -> c.row())
                .toList();
    }

    private Ref<Certificate> first() {
        return store.snapshot().all(Certificate.XEN_CLASS).iterator().next().ref();
    }

    @Test
    void anAuthorityHasARecordAndATextUnderItsName() {
        trusted.installCa("my-ca.pem", authority.pem());
        assertThat(trusted.caNames()).containsExactly("my-ca.pem");
        assertThat(trusted.namedAuthorities()).containsExactly(authority.certificate());
        Row<Certificate> row = rows().get(0);
        assertThat(row.get(Certificate.TYPE)).isEqualTo(CertificateType.CA);
        assertThat(row.get(Certificate.HOST)).isEqualTo(Ref.nil());
        assertThat(row.get(Certificate.FINGERPRINT_SHA256))
                .matches("([0-9A-F]{2}:){31}[0-9A-F]{2}")
                .isEqualTo(row.get(Certificate.FINGERPRINT));
        assertThat(row.get(Certificate.FINGERPRINT_SHA1)).matches("([0-9A-F]{2}:){19}[0-9A-F]{2}");
        assertThat(row.get(Certificate.NOT_AFTER).instant())
                .isEqualTo(authority.certificate().getNotAfter().toInstant());
        assertRefused(() -> trusted.installCa("my-ca.pem", authority.pem()), "CERTIFICATE_ALREADY_EXISTS", "my-ca.pem");
        trusted.uninstallCa("my-ca.pem", false);
        assertThat(rows()).isEmpty();
        assertThat(trusted.namedAuthorities()).isEmpty();
    }

    /** XAPI's sample of tests/test_certificates.ml, whose SHA-256 sum is that of "foobar". */
    @Test
    void fingerprintsArePairsOfUpperCaseDigits() throws Exception {
        assertThat(CertificateRows.hash(
                        MessageDigest.getInstance("SHA-256").digest("foobar".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("C3:AB:8F:F1:37:20:E8:AD:90:47:DD:39:46:6B:3C:89:74:E5:92:C2:FA:38:3D:4A:39:60:71:4C:AE:F0"
                        + ":C4:F2");
    }

    @Test
    void theCertificateIsCheckedBeforeItsName() throws Exception {
        Instant now = Instant.parse("2020-01-01T00:00:00Z");
        Issued old = TestCertificates.selfSigned(Request.of("old", keys)
                .valid(now.minus(Duration.ofDays(9)), now)
                .asAuthority());
        TrustedCertificates later = new TrustedCertificates(store, Clock.fixed(now.plusSeconds(5), ZoneOffset.UTC));
        assertRefused(
                () -> later.installCa("../x", old.pem()),
                "CA_CERTIFICATE_EXPIRED",
                "2020-01-01T00:00:05Z",
                "2020-01-01T00:00:00Z");
        assertRefused(() -> trusted.installCa("../x", "nothing"), "CA_CERTIFICATE_INVALID");
        for (String name : List.of("../x.pem", ".x.pem", "x", "x.crt", "a b.pem", "", "x/y.pem")) {
            assertRefused(() -> trusted.installCa(name, authority.pem()), "CERTIFICATE_NAME_INVALID", name);
            assertRefused(() -> trusted.uninstallCa(name, true), "CERTIFICATE_NAME_INVALID", name);
            assertRefused(() -> trusted.uninstallCrl(name), "CRL_NAME_INVALID", name);
        }
        assertThat(rows()).isEmpty();
    }

    @Test
    void aMissingTextNeedsForce() {
        assertRefused(() -> trusted.uninstallCa("ca.pem", false), "CERTIFICATE_DOES_NOT_EXIST", "ca.pem");
        assertRefused(() -> trusted.uninstallCa("ca.pem", true), "INVALID_VALUE", "certificate:name", "ca.pem");
        trusted.installCa("ca.pem", authority.pem());
        store.change(tx -> PoolFiles.remove(tx, "trusted/ca/ca.pem"));
        assertThat(trusted.namedAuthorities()).isEmpty();
        assertRefused(trusted::sync, "CERTIFICATE_LIBRARY_CORRUPT");
        assertRefused(() -> trusted.uninstallCa("ca.pem", false), "CERTIFICATE_DOES_NOT_EXIST", "ca.pem");
        trusted.uninstallCa("ca.pem", true);
        assertThat(rows()).isEmpty();
    }

    @Test
    void aTextWithoutARecordIsNotTrustedAndGoesAtTheNextStart() {
        trusted.installCa("ca.pem", authority.pem());
        store.change(tx -> PoolFiles.put(tx, "trusted/ca/left.pem", authority.pem()));
        assertThat(trusted.namedAuthorities()).hasSize(1);
        trusted.start();
        assertThat(PoolFiles.names(store.snapshot(), "trusted/ca")).containsExactly("ca.pem");
    }

    @Test
    void aTextWithAnotherCertificateThanItsRecordIsNotTrusted() {
        trusted.installCa("ca.pem", authority.pem());
        store.change(tx -> PoolFiles.put(tx, "trusted/ca/ca.pem", server.pem()));
        assertThat(trusted.namedAuthorities()).isEmpty();
    }

    @Test
    void purposesDecideWhoIsTrusted() throws Exception {
        assertThat(trusted.of(CertificatePurpose.LDAPS)).isEmpty();
        trusted.install(true, authority.pem(), List.of());
        assertThat(trusted.of(CertificatePurpose.LDAPS).orElseThrow().authorities())
                .containsExactly(authority.certificate());
        X509Certificate own = TestCertificates.selfSigned(
                        Request.of("ldap", keys).asAuthority())
                .certificate();
        trusted.install(true, TestCertificates.pem(own), List.of(CertificatePurpose.LDAPS));
        assertThat(trusted.of(CertificatePurpose.LDAPS).orElseThrow().authorities())
                .containsExactly(own);
        assertThat(trusted.of(CertificatePurpose.LICENSING).orElseThrow().authorities())
                .containsExactly(authority.certificate());
        trusted.install(false, server.pem(), List.of(CertificatePurpose.LDAPS));
        Trust pinned = trusted.of(CertificatePurpose.LDAPS).orElseThrow();
        assertThat(pinned.pinned()).containsExactly(server.certificate());
        assertThat(pinned.checksNames()).isFalse();
        assertThat(trusted.namedAuthorities()).isEmpty();
    }

    @Test
    void trustedCertificatesFollowXapisRules() {
        assertRefused(() -> trusted.install(true, "nothing", List.of()), "TRUSTED_CERTIFICATE_INVALID");
        assertRefused(() -> trusted.install(false, server.pem(), List.of()), "CERTIFICATE_LACKS_PURPOSE");
        trusted.install(true, authority.pem(), List.of(CertificatePurpose.LDAPS));
        String sha256 = rows().get(0).get(Certificate.FINGERPRINT_SHA256);
        assertRefused(
                () -> trusted.install(
                        true, authority.pem(), List.of(CertificatePurpose.LICENSING, CertificatePurpose.LDAPS)),
                "TRUSTED_CERTIFICATE_ALREADY_EXISTS",
                sha256);
        trusted.install(true, authority.pem(), List.of(CertificatePurpose.LICENSING));
        assertThat(rows()).hasSize(2);
        trusted.uninstall(first());
        trusted.uninstall(first());
        assertThat(rows()).isEmpty();
        assertThat(PoolFiles.names(store.snapshot(), "trusted/by-uuid")).isEmpty();
        Ref<Certificate> own = store.transact(
                tx -> tx.create(Row.of(Certificate.XEN_CLASS).with(Certificate.TYPE, CertificateType.HOST)));
        assertRefused(() -> trusted.uninstall(own), "NOT_TRUSTED_CERTIFICATE", own.value());
    }

    @Test
    void revocationListsHaveNames() throws Exception {
        String list = TestCertificates.pem(TestCertificates.revoke(authority, server.certificate()));
        trusted.installCrl("list.pem", list);
        assertThat(trusted.crlNames()).containsExactly("list.pem");
        assertRefused(() -> trusted.installCrl("list.pem", list), "CRL_ALREADY_EXISTS", "list.pem");
        assertRefused(() -> trusted.installCrl("bad.pem", "nothing"), "CRL_CORRUPT", "bad.pem");
        assertRefused(() -> trusted.installCrl("bad", list), "CRL_NAME_INVALID", "bad");
        assertRefused(() -> trusted.uninstallCrl("other.pem"), "CRL_DOES_NOT_EXIST", "other.pem");
        trusted.sync();
        trusted.uninstallCrl("list.pem");
        assertThat(trusted.crlNames()).isEmpty();
    }

    /** A replica gets records and texts from the log, and another process may have made them. */
    @Test
    void whatAnotherHasInstalledCountsAtOnce() throws Exception {
        TrustedCertificates other = new TrustedCertificates(store, Clock.systemUTC());
        other.installCa("ca.pem", authority.pem());
        assertThat(trusted.general().authorities()).containsExactly(authority.certificate());
        other.installCrl("list.pem", TestCertificates.pem(TestCertificates.revoke(authority, server.certificate())));
        assertThat(trusted.crlNames()).containsExactly("list.pem");
        other.uninstallCa("ca.pem", false);
        assertThat(trusted.general().authorities()).isEmpty();
    }

    @Test
    void theFilesOfAnEarlierVersionMoveIntoTheDatabase() throws Exception {
        trusted.installCa("ca.pem", authority.pem());
        store.change(tx -> PoolFiles.remove(tx, "trusted/ca/ca.pem"));
        String list = TestCertificates.pem(TestCertificates.revoke(authority, server.certificate()));
        Files.createDirectories(folder.resolve("trusted/ca"));
        Files.createDirectories(folder.resolve("trusted/crl"));
        Files.writeString(folder.resolve("trusted/ca/ca.pem"), authority.pem());
        Files.writeString(folder.resolve("trusted/crl/list.pem"), list);
        TrustedCertificates.move(store, folder);
        assertThat(trusted.namedAuthorities()).containsExactly(authority.certificate());
        assertThat(trusted.crlNames()).containsExactly("list.pem");
        trusted.sync();
        assertThat(folder.resolve("trusted/ca")).isEmptyDirectory();
        assertThat(folder.resolve("trusted/crl")).isEmptyDirectory();
    }
}
