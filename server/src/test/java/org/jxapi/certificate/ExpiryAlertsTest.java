package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.harness.HandClock;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;

/** Messages about certificates that expire; XAPI's are in alerts/certificate/certificate_check.ml and expiry_alert.ml. */
class ExpiryAlertsTest {
    /** The samples of XAPI's tests/alerts/test_alert_certificate_check.ml. */
    @ParameterizedTest
    @CsvSource({
        "20210202T02:00:00Z,",
        "20200302T02:00:01Z,",
        "20200302T02:00:00Z,",
        "20200302T01:59:59Z, HOST_SERVER_CERTIFICATE_EXPIRING_30",
        "20200301T02:00:00Z, HOST_SERVER_CERTIFICATE_EXPIRING_30",
        "20200215T02:00:00Z, HOST_SERVER_CERTIFICATE_EXPIRING_30",
        "20200215T01:59:59Z, HOST_SERVER_CERTIFICATE_EXPIRING_14",
        "20200208T02:00:00Z, HOST_SERVER_CERTIFICATE_EXPIRING_14",
        "20200208T01:59:59Z, HOST_SERVER_CERTIFICATE_EXPIRING_07",
        "20200201T02:00:00Z, HOST_SERVER_CERTIFICATE_EXPIRING_07",
        "20200201T01:59:59Z, HOST_SERVER_CERTIFICATE_EXPIRED",
        "20200102T02:00:00Z, HOST_SERVER_CERTIFICATE_EXPIRED"
    })
    void aMessageIsDueThirtyFourteenAndSevenDaysBeforeTheEnd(String expiry, String name) {
        Instant now = Instant.parse("2020-02-01T02:00:00Z");
        Instant end = XenTime.parse(expiry).instant();
        assertThat(ExpiryAlerts.due(now, CertificateType.HOST, end, expiry).map(ExpiryAlerts.Alert::name))
                .isEqualTo(Optional.ofNullable(name));
    }

    @Test
    void theBodyNamesTheKindOfCertificateAndItsEnd() {
        Instant now = Instant.parse("2020-02-01T02:00:00Z");
        String date = "20200202T02:00:00Z";
        assertThat(ExpiryAlerts.due(now, CertificateType.CA, now.plus(Duration.ofDays(1)), date))
                .contains(new ExpiryAlerts.Alert(
                        "POOL_CA_CERTIFICATE_EXPIRING_07",
                        1,
                        "<body><message>The pool-wide trusted root CA certificate is expiring soon.</message>"
                                + "<date>20200202T02:00:00Z</date></body>"));
        assertThat(ExpiryAlerts.due(now, CertificateType.HOST_INTERNAL, now.plus(Duration.ofDays(20)), date))
                .contains(new ExpiryAlerts.Alert(
                        "HOST_INTERNAL_CERTIFICATE_EXPIRING_30",
                        3,
                        "<body><message>The internal TLS server certificate is expiring soon.</message>"
                                + "<date>20200202T02:00:00Z</date></body>"));
        assertThat(ExpiryAlerts.due(now, CertificateType.PINNED, now.minusSeconds(1), date))
                .contains(new ExpiryAlerts.Alert(
                        "POOL_PINNED_CERTIFICATE_EXPIRED",
                        1,
                        "<body><message>The pool-wide trusted pinned leaf certificate has expired.</message>"
                                + "<date>20200202T02:00:00Z</date></body>"));
    }

    @Test
    void aCertificateHasOneMessageAndTheNextOneReplacesIt(@TempDir Path folder) throws Exception {
        HandClock clock = new HandClock("2020-01-01T00:00:00Z");
        try (H2Store store = H2Store.open(folder)) {
            Ref<Host> host = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS)));
            store.change(tx -> tx.create(Row.of(Certificate.XEN_CLASS)
                    .with(Certificate.TYPE, CertificateType.HOST)
                    .with(Certificate.HOST, host)
                    .with(Certificate.NOT_AFTER, XenTime.parse("20200201T00:00:00Z"))));
            ExpiryAlerts alerts = new ExpiryAlerts(store, clock);
            alerts.check();
            assertThat(messages(store)).isEmpty();
            clock.pass(Duration.ofDays(10));
            alerts.check();
            alerts.check();
            assertThat(messages(store)).containsExactly("HOST_SERVER_CERTIFICATE_EXPIRING_30 3");
            clock.pass(Duration.ofDays(8));
            alerts.check();
            assertThat(messages(store)).containsExactly("HOST_SERVER_CERTIFICATE_EXPIRING_14 2");
            clock.pass(Duration.ofDays(30));
            alerts.check();
            assertThat(messages(store)).containsExactly("HOST_SERVER_CERTIFICATE_EXPIRED 1");
            Row<Message> message =
                    store.snapshot().all(Message.XEN_CLASS).iterator().next().row();
            assertThat(message.get(Message.CLS)).isEqualTo(Cls.HOST);
            assertThat(message.get(Message.OBJ_UUID)).isEqualTo(store.snapshot().get(host, Host.UUID));
        }
    }

    private static List<String> messages(Store store) {
        return store.snapshot().all(Message.XEN_CLASS).stream()
                .map(Stored::row)
                .map(m -> m.get(Message.NAME) + " " + m.get(Message.PRIORITY))
                .toList();
    }
}
