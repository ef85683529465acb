package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CertificateStoreTest {
    @TempDir
    Path folder;

    @Test
    void aCertificateOutOfItsTimeIsOneWarning() throws Exception {
        KeyStore store = CertificateStore.open(folder, "host_1.example");
        Logger logger = (Logger) LoggerFactory.getLogger(CertificateStore.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            Path file = folder.resolve("certificate.p12");
            CertificateStore.open(folder, "host_1.example");
            assertThat(lines.list).isEmpty();
            X509Certificate certificate = (X509Certificate) store.getCertificate("jxapi");
            CertificateStore.warnOfDates(file, certificate, Instant.now().plus(Duration.ofDays(4000)));
            CertificateStore.warnOfDates(file, certificate, Instant.now().minus(Duration.ofDays(2)));
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            line -> assertThat(line).contains("expired", file.toString()),
                            line -> assertThat(line).contains("not valid before", file.toString()));
        } finally {
            logger.detachAppender(lines);
        }
    }
}
