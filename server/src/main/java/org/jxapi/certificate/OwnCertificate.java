package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates that this host shows. */
public final class OwnCertificate implements ShownCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(OwnCertificate.class);

    private final ServerCertificates certificates;
    private final Clock clock;
    /** Its key is in memory alone until it is used. */
    private @Nullable Identity renewed;

    public OwnCertificate(ServerCertificates certificates, Clock clock) {
        this.certificates = certificates;
        this.clock = clock;
    }

    @Override
    public String pem() {
        return Pem.of(certificates.certificate());
    }

    @Override
    public void install(String certificate, String privateKey, String chain) {
        refuseGivenFiles();
        replace(GivenIdentity.of(certificate, privateKey, chain, clock.instant()));
    }

    @Override
    public void reset(String hostname) {
        refuseGivenFiles();
        try {
            replace(ServerCertificates.selfSigned(hostname, clock));
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String poolPem() {
        return certificates.poolPem();
    }

    @Override
    public synchronized Renewal renew(String uuid) {
        try {
            Identity next = SelfSigned.ofHost(uuid, clock.instant());
            renewed = next;
            return new Renewal(poolPem(), Pem.of(next.certificate()));
        } catch (GeneralSecurityException | IOException e) {
            throw Errors.internalError("cannot make a certificate: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    @Override
    public synchronized void use(String next) {
        Identity known = renewed;
        if (known == null || !Pem.of(known.certificate()).equals(next)) {
            throw Errors.internalError(
                    "The host has restarted since it made its new certificate, and goes on with the present one");
        }
        try {
            certificates.replacePool(known);
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
        renewed = null;
        LOG.info(
                "Certificate: the host has another one for hosts of its pool, {}",
                CertificateRows.sha256(known.certificate()));
    }

    /** Refuses a change without effect: while the settings name files, the certificate in the data folder is not used. */
    private void refuseGivenFiles() {
        certificates.given().ifPresent(files -> {
            throw Errors.operationNotAllowed("jxapid takes its certificate from the file " + files.certificate()
                    + ", which its settings name: replace that file and its key instead");
        });
    }

    void replace(Identity identity) {
        try {
            certificates.replaceHost(identity);
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
        LOG.info(
                "Certificate: the host has another one for clients, {}",
                CertificateRows.sha256(identity.certificate()));
    }
}
