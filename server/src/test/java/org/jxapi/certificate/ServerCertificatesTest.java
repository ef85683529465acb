package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;
import org.slf4j.LoggerFactory;

/** The files with the host's certificates: those of the data folder, and those of another program. */
class ServerCertificatesTest {
    @TempDir
    Path folder;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ServerCertificates.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private List<String> log() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private PemFiles files() {
        return new PemFiles(folder.resolve("fullchain.pem"), folder.resolve("privkey.pem"));
    }

    private void drop(String name, String text) throws IOException {
        Path fresh = Files.writeString(folder.resolve("fresh"), text);
        Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static KeyPair curve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    /** A key as "openssl ecparam -genkey" writes it. */
    private static String olderForm(PrivateKey key) throws Exception {
        byte[] der = new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, ((ECPrivateKey) key).getS(), X9ObjectIdentifiers.prime256v1)
                .getEncoded();
        return "-----BEGIN EC PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END EC PRIVATE KEY-----\n";
    }

    private static Request request(String name) throws Exception {
        return Request.of(name, curve()).signedBy("SHA256withECDSA");
    }

    @Test
    void theFirstStartMakesACertificateAndLaterOnesKeepIt() throws Exception {
        X509Certificate made = ServerCertificates.open(folder, null, "host_1.example", Clock.systemUTC())
                .certificate();
        assertThat(made.getSubjectX500Principal().getName()).isEqualTo("CN=host-1.example");
        assertThat(ServerCertificates.open(folder, null, "other", Clock.systemUTC())
                        .certificate())
                .isEqualTo(made);
        assertThat(log()).isEmpty();
    }

    @Test
    void aCertificateOutOfItsTimeIsOneWarning() throws Exception {
        ServerCertificates.open(folder, null, "host", Clock.systemUTC());
        String file = folder.resolve("certificate.p12").toString();
        for (Duration later : List.of(Duration.ofDays(4000), Duration.ofDays(-2))) {
            ServerCertificates.open(
                    folder, null, "host", Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC));
        }
        assertThat(log()).hasSize(2);
        assertThat(log().get(0)).contains(file, "it expired on");
        assertThat(log().get(1)).contains(file, "it is not valid before");
    }

    @Test
    void aNewCertificateIsValidAtTheTimeOfItsClock() throws Exception {
        Instant past = Instant.parse("2020-01-31T12:00:00Z");
        X509Certificate made = ServerCertificates.open(folder, null, "host", Clock.fixed(past, ZoneOffset.UTC))
                .certificate();
        made.checkValidity(Date.from(past));
        assertThat(log()).isEmpty();
    }

    @Test
    void aPairThatAnotherProgramReplacesIsUsedOnceItIsComplete() throws Exception {
        Issued authority = TestCertificates.selfSigned(request("authority").asAuthority());
        Issued first = TestCertificates.issue(authority, request("first"));
        drop("fullchain.pem", first.pem() + authority.pem());
        drop("privkey.pem", olderForm(first.key()));
        ServerCertificates certificates = ServerCertificates.open(folder, files(), "host", Clock.systemUTC());
        AtomicInteger changes = new AtomicInteger();
        certificates.onChange(changes::incrementAndGet);
        assertThat(certificates.shown().host().chain()).containsExactly(first.certificate(), authority.certificate());
        assertThat(certificates.look()).isFalse();

        Issued second = TestCertificates.issue(authority, request("second"));
        drop("fullchain.pem", second.pem());
        assertThat(certificates.look()).as("only the first file is there").isFalse();
        drop("privkey.pem", second.keyPem());
        assertThat(certificates.look()).as("the files have just changed").isFalse();
        assertThat(certificates.look()).isTrue();
        assertThat(certificates.certificate()).isEqualTo(second.certificate());
        assertThat(certificates.look()).isFalse();
        assertThat(changes).hasValue(1);
        assertThat(log()).noneMatch(line -> line.contains("stays in use"));
        assertThat(folder.resolve("certificate.p12")).doesNotExist();
    }

    @Test
    void aBrokenPairChangesNothingAndTheLogSaysWhyOnce() throws Exception {
        Issued good = TestCertificates.selfSigned(request("good"));
        Issued other = TestCertificates.selfSigned(request("other"));
        Instant now = Instant.now();
        Issued old = TestCertificates.selfSigned(
                request("old").valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1))));
        drop("fullchain.pem", good.pem());
        drop("privkey.pem", good.keyPem());
        ServerCertificates certificates = ServerCertificates.open(folder, files(), "host", Clock.systemUTC());

        refused(certificates, other.pem(), good.keyPem(), "does not belong to the certificate");
        refused(certificates, "nothing", good.keyPem(), "it has no certificate in PEM form");
        refused(certificates, good.pem(), "nothing", "the text has 0 private keys instead of one");
        refused(certificates, old.pem(), old.keyPem(), "it expired on");
        Files.delete(folder.resolve("privkey.pem"));
        certificates.look();
        assertThat(certificates.look()).isFalse();
        assertThat(certificates.certificate()).isEqualTo(good.certificate());
        assertThat(log().get(log().size() - 1)).contains("privkey.pem", "No such file", "stays in use");
    }

    private void refused(ServerCertificates certificates, String certificate, String key, String reason)
            throws Exception {
        lines.list.clear();
        X509Certificate before = certificates.certificate();
        drop("fullchain.pem", certificate);
        drop("privkey.pem", key);
        for (int i = 0; i < 4; i++) {
            assertThat(certificates.look()).isFalse();
        }
        assertThat(certificates.certificate()).isEqualTo(before);
        assertThat(log()).singleElement().asString().contains(reason).contains("the earlier certificate stays in use");
    }

    @Test
    void aStartWithABrokenPairIsRefusedWithTheReason() throws Exception {
        Issued good = TestCertificates.selfSigned(request("good"));
        drop("fullchain.pem", good.pem());
        assertThatThrownBy(() -> ServerCertificates.open(folder, files(), "host", Clock.systemUTC()))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot use the file " + files().key() + ": No such file or directory");
        drop("privkey.pem", TestCertificates.selfSigned(request("other")).keyPem());
        assertThatThrownBy(() -> ServerCertificates.open(folder, files(), "host", Clock.systemUTC()))
                .hasMessageContaining("does not belong to the certificate");
    }
}
