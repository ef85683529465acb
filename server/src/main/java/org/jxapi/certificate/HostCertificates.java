package org.jxapi.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.PerHost;
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

/** The messages of class host about the certificates that it shows, and the objects of class Certificate for these. */
public final class HostCertificates {
    /** Whether the pool allows an operation; it throws the error that says why not. */
    public interface PoolCheck {
        void check(Snapshot snapshot, Ref<Pool> pool, PoolAllowedOperations operation);
    }

    private final Store store;
    private final Operations operations;
    private final PoolCheck rules;
    private final ServerCertificates certificates;
    private final PerHost<ShownCertificates> hosts;
    private final PoolTrust trust;
    private final ExpiryAlerts alerts;
    private final Clock clock;

    public HostCertificates(
            Store store,
            Operations operations,
            PoolCheck rules,
            ServerCertificates certificates,
            PerHost<ShownCertificates> hosts,
            PoolTrust trust,
            Clock clock) {
        this.store = store;
        this.operations = operations;
        this.rules = rules;
        this.certificates = certificates;
        this.hosts = hosts;
        this.trust = trust;
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

    /** The certificate that clients of a host see, in PEM form. */
    public String shown(Ref<Host> host) {
        return hosts.of(host).pem();
    }

    public void install(Ref<Host> host, String certificate, String privateKey, String chain) {
        if (ThisPool.row(store.snapshot()).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        change(host, shown -> shown.install(certificate, privateKey, chain));
        alerts.check();
    }

    /** Shows a new self-signed certificate to clients of a host. */
    public void reset(Ref<Host> host) {
        String hostname = store.snapshot().get(host, Host.HOSTNAME);
        change(host, shown -> shown.reset(hostname));
    }

    private synchronized void change(Ref<Host> host, Consumer<ShownCertificates> change) {
        Identity before = certificates.shown().host();
        change.accept(hosts.of(host));
        try {
            follow(host, CertificateType.HOST, shown(host));
        } catch (RuntimeException e) {
            if (ThisHost.ref(store.snapshot()).equals(host)) {
                new OwnCertificate(certificates, clock).replace(before);
            }
            throw e;
        }
    }

    /** Makes the objects of the certificates that another host shows those in use, and ends a renewal that was interrupted. */
    public void start(Ref<Host> host) {
        ShownCertificates shown = hosts.of(host);
        follow(host, CertificateType.HOST, shown.pem());
        String pool = shown.poolPem();
        follow(host, CertificateType.HOST_INTERNAL, pool);
        trust.settle(host, pool);
    }

    private void follow(Ref<Host> host, CertificateType type, String pem) {
        X509Certificate shown;
        try {
            shown = Pem.certificate(pem);
        } catch (GeneralSecurityException e) {
            throw Errors.internalError("the certificate of the host cannot be read: " + e.getMessage())
                    .causedBy(e);
        }
        store.change(tx -> CertificateRows.show(tx, host, type, shown));
    }

    /**
     * Renews the certificate that a host shows to the other hosts of the pool. They trust the new one before it is used, and
     * the old one until then, so a kill at any moment leaves the pool connected.
     */
    public void refresh(Call call, Ref<Host> host) {
        Snapshot now = store.snapshot();
        String uuid = now.get(host, Host.UUID);
        Ref<Pool> pool = ThisPool.ref(now);
        PoolAllowedOperations what = PoolAllowedOperations.CERT_REFRESH;
        try (Operation operation = operations.begin(call, pool, what, tx -> rules.check(tx, pool, what))) {
            trust.assertReached(host);
            ShownCertificates own = hosts.of(host);
            ShownCertificates.Renewal renewal = own.renew(uuid);
            trust.trust(host, renewal.shown(), renewal.next()).ifPresent(missing -> {
                trust.trust(host, renewal.shown(), null);
                throw Errors.cannotContactHost(missing.value());
            });
            own.use(renewal.next());
            follow(host, CertificateType.HOST_INTERNAL, renewal.next());
            trust.trust(host, renewal.next(), null);
        }
        alerts.check();
    }
}
