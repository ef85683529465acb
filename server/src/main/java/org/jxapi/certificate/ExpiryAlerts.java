package org.jxapi.certificate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.Row;
import org.jxapi.message.Messages;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;

/**
 * Messages about certificates that expire soon or have expired, as XAPI's alert-certificate-check and expiry_alert write
 * them. A certificate has one such message: a later one replaces it.
 */
final class ExpiryAlerts {
    /**
     * A message that is due when fewer days are left.
     *
     * @param suffix the end of its name
     */
    private record Threshold(long days, String suffix, long priority) {
        String name(Subject subject) {
            return subject.prefix() + suffix;
        }
    }

    /** The nearest first. */
    private static final List<Threshold> THRESHOLDS = List.of(
            new Threshold(0, "_EXPIRED", 1),
            new Threshold(7, "_EXPIRING_07", 1),
            new Threshold(14, "_EXPIRING_14", 2),
            new Threshold(30, "_EXPIRING_30", 3));

    /** The beginning of the messages' names, and the words for the certificate. */
    record Subject(String prefix, String words) {
        static Subject of(CertificateType type) {
            return switch (type) {
                case HOST -> new Subject("HOST_SERVER_CERTIFICATE", "The TLS server certificate");
                case HOST_INTERNAL -> new Subject("HOST_INTERNAL_CERTIFICATE", "The internal TLS server certificate");
                case CA -> new Subject("POOL_CA_CERTIFICATE", "The pool-wide trusted root CA certificate");
                case PINNED -> new Subject("POOL_PINNED_CERTIFICATE", "The pool-wide trusted pinned leaf certificate");
            };
        }
    }

    /** The message that a certificate needs. */
    record Alert(String name, long priority, String body) {
        boolean is(Row<Message> row) {
            return row.get(Message.NAME).equals(name)
                    && row.get(Message.PRIORITY) == priority
                    && row.get(Message.BODY).equals(body);
        }
    }

    private final Store store;
    private final Clock clock;

    ExpiryAlerts(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The message that is due now; nothing while more than thirty days are left. */
    static Optional<Alert> due(Instant now, CertificateType type, Instant expiry, String date) {
        Subject subject = Subject.of(type);
        for (Threshold threshold : THRESHOLDS) {
            if (Duration.between(now, expiry).compareTo(Duration.ofDays(threshold.days())) < 0) {
                String end = threshold.days() == 0 ? " has expired." : " is expiring soon.";
                String body = "<body><message>" + subject.words() + end + "</message><date>" + date + "</date></body>";
                return Optional.of(new Alert(threshold.name(subject), threshold.priority(), body));
            }
        }
        return Optional.empty();
    }

    /** Writes the messages that are due, and removes earlier ones that they replace. */
    void check() {
        Instant now = clock.instant();
        store.change(tx -> {
            for (Stored<Certificate> certificate : List.copyOf(tx.all(Certificate.XEN_CLASS))) {
                check(tx, now, certificate.row());
            }
        });
    }

    private void check(Transaction tx, Instant now, Row<Certificate> row) {
        CertificateType type = row.get(Certificate.TYPE);
        Instant expiry = row.get(Certificate.NOT_AFTER).instant();
        Optional<Alert> due =
                due(now, type, expiry, row.get(Certificate.NOT_AFTER).toString());
        if (due.isEmpty()) {
            return;
        }
        boolean ofHost = type == CertificateType.HOST || type == CertificateType.HOST_INTERNAL;
        String uuid = ofHost
                ? tx.find(row.get(Certificate.HOST))
                        .map(h -> h.row().get(Host.UUID))
                        .orElse("")
                : row.get(Certificate.UUID);
        boolean there = false;
        for (Stored<Message> message : List.copyOf(tx.all(Message.XEN_CLASS))) {
            if (message.row().get(Message.OBJ_UUID).equals(uuid) && about(type, message.row())) {
                if (due.get().is(message.row())) {
                    there = true;
                } else {
                    tx.destroy(message.ref());
                }
            }
        }
        if (!there) {
            Cls cls = ofHost ? Cls.HOST : Cls.CERTIFICATE;
            Messages.write(
                    tx,
                    clock,
                    due.get().name(),
                    due.get().priority(),
                    cls,
                    uuid,
                    due.get().body());
        }
    }

    private static boolean about(CertificateType type, Row<Message> message) {
        Subject subject = Subject.of(type);
        return THRESHOLDS.stream().anyMatch(t -> t.name(subject).equals(message.get(Message.NAME)));
    }
}
