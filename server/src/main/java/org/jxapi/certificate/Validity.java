package org.jxapi.certificate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jxapi.datamodel.XenApiException;

/** Whether a certificate is valid at a moment. */
final class Validity {
    private Validity() {}

    /**
     * Why a certificate is not valid.
     *
     * @param early whether it is not valid yet; it has expired otherwise
     * @param limit its first or last moment
     */
    record Fault(boolean early, Instant now, Instant limit) {
        /** XAPI's error, whose parameters are the moment and the limit. */
        XenApiException error(
                BiFunction<String, String, XenApiException> notYet,
                BiFunction<String, String, XenApiException> expired) {
            return (early ? notYet : expired).apply(text(now), text(limit));
        }

        /** The fault in words. */
        String reason() {
            return early ? "it is not valid before " + text(limit) : "it expired on " + text(limit);
        }
    }

    static Optional<Fault> fault(X509Certificate certificate, Instant now) {
        Instant first = certificate.getNotBefore().toInstant();
        Instant last = certificate.getNotAfter().toInstant();
        if (now.isBefore(first)) {
            return Optional.of(new Fault(true, now, first));
        }
        return now.isAfter(last) ? Optional.of(new Fault(false, now, last)) : Optional.empty();
    }

    /** A moment as XAPI writes it, in seconds. */
    static String text(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
