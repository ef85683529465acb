package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of class host about the certificates that it shows, and the objects of class Certificate for these. */
public final class HostCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(HostCertificates.class);

    /** Whether the pool allows an operation; it throws the error that says why not. */
    public interface PoolCheck {
        void check(Snapshot snapshot, Ref<Pool> pool, PoolAllowedOperations operation);
    }

    private final Store store;
    private final Operations operations;
    private final PoolCheck rules;
    private final ServerCertificates certificates;
    private final ExpiryAlerts alerts;
    private final Clock clock;

    public HostCertificates(
            Store store, Operations operations, PoolCheck rules, ServerCertificates certificates, Clock clock) {
        this.store = store;
        this.operations = operations;
        this.rules = rules;
        this.certificates = certificates;
        this.alerts = new ExpiryAlerts(store, clock);
        this.clock = clock;
    }

    /** Makes the objects those of the certificates in use, and the certificate for the pool if there is none. */
    public void start() throws IOException {
        if (!certificates.hasPool()) {
            certificates.replacePool(ofThisHost());
        }
        follow();
    }

    private Identity ofThisHost() throws IOException {
        try {
            return SelfSigned.ofHost(ThisHost.row(store.snapshot()).get(Host.UUID), clock.instant());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate: " + Reason.of(e), e);
        }
    }

    private void follow() {
        store.change(this::follow);
    }

    private void follow(Transaction tx) {
        Ref<Host> host = ThisHost.ref(tx);
        ServerCertificates.Shown shown = certificates.shown();
        CertificateRows.show(tx, host, CertificateType.HOST, shown.host().certificate());
        CertificateRows.show(
                tx, host, CertificateType.HOST_INTERNAL, shown.pool().certificate());
    }

    /** Uses the files that the settings name when they have changed; called every few seconds. */
    public void look() {
        if (certificates.look()) {
            follow();
            alerts.check();
        }
    }

    /** Writes the messages about certificates that expire; called daily. */
    public void checkExpiry() {
        alerts.check();
    }

    /** The certificate that clients see, in PEM form. */
    public String shown() {
        return Pem.of(certificates.certificate());
    }

    public void install(String certificate, String privateKey, String chain) {
        if (ThisPool.row(store.snapshot()).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        refuseGivenFiles();
        replaceHost(GivenIdentity.of(certificate, privateKey, chain, clock.instant()));
        alerts.check();
    }

    /** Shows a new self-signed certificate to clients. */
    public void reset() {
        refuseGivenFiles();
        try {
            replaceHost(
                    ServerCertificates.selfSigned(ThisHost.row(store.snapshot()).get(Host.HOSTNAME), clock));
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
    }

    /** Nobody would notice a certificate that is kept in the data folder while the settings name another one. */
    private void refuseGivenFiles() {
        certificates.given().ifPresent(files -> {
            throw Errors.operationNotAllowed("jxapid takes its certificate from the file " + files.certificate()
                    + ", which its settings name: replace that file and its key instead");
        });
    }

    private synchronized void replaceHost(Identity identity) {
        Identity before = certificates.shown().host();
        try {
            certificates.replaceHost(identity);
            try {
                follow();
            } catch (RuntimeException e) {
                certificates.replaceHost(before);
                throw e;
            }
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
        LOG.info(
                "Certificate: the host has another one for clients, {}",
                CertificateRows.sha256(identity.certificate()));
    }

    /** Renews the certificate that the host shows to the other hosts of the pool. */
    public void refresh(Call call) {
        Ref<Pool> pool = ThisPool.ref(store.snapshot());
        PoolAllowedOperations what = PoolAllowedOperations.CERT_REFRESH;
        try (Operation operation = operations.begin(call, pool, what, tx -> rules.check(tx, pool, what))) {
            certificates.replacePool(ofThisHost());
            operation.finish(this::follow);
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
    }
}
