package org.jxapi.certificate;

import java.io.IOException;
import java.time.Clock;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate that this host shows to its clients. */
public final class OwnCertificate implements ShownCertificate {
    private static final Logger LOG = LoggerFactory.getLogger(OwnCertificate.class);

    private final ServerCertificates certificates;
    private final Clock clock;

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
