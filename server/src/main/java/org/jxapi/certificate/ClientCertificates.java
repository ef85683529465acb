package org.jxapi.certificate;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients that log in with a certificate, as in XAPI: stunnel there checks the chain with the pool's authorities and the
 * name with checkHost (xapi_stunnel_server.ml).
 */
public final class ClientCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCertificates.class);

    private final Store store;
    /** The authorities that have names: those that XAPI trusts where a connection has no purpose. */
    private final Supplier<Trust> trust;

    private @Nullable Consumer<Boolean> listener;

    public ClientCertificates(Store store, Supplier<Trust> trust) {
        this.store = store;
        this.trust = trust;
    }

    /** Calls this now and after each change, with whether clients may log in with a certificate. */
    public synchronized void onChange(Consumer<Boolean> wanted) {
        listener = wanted;
        wanted.accept(pool().get(Pool.CLIENT_CERTIFICATE_AUTH_ENABLED));
    }

    /** Lets clients with a certificate for this name log in. */
    public void enable(Ref<Pool> pool, String name) {
        if (name.isBlank()) {
            throw Errors.invalidValue("name", name);
        }
        set(pool, true, name);
    }

    public void disable(Ref<Pool> pool) {
        set(pool, false, "");
    }

    private synchronized void set(Ref<Pool> pool, boolean enabled, String name) {
        store.change(tx -> {
            tx.set(pool, Pool.CLIENT_CERTIFICATE_AUTH_ENABLED, enabled);
            tx.set(pool, Pool.CLIENT_CERTIFICATE_AUTH_NAME, name);
        });
        if (listener != null) {
            listener.accept(enabled);
        }
    }

    private Row<Pool> pool() {
        return store.snapshot().all(Pool.XEN_CLASS).stream()
                .findFirst()
                .map(Stored::row)
                .orElseGet(() -> Row.of(Pool.XEN_CLASS));
    }

    /** Whether a client that has shown these certificates, its own first, may log in. */
    public boolean accept(List<X509Certificate> chain) {
        Row<Pool> pool = pool();
        if (chain.isEmpty() || !pool.get(Pool.CLIENT_CERTIFICATE_AUTH_ENABLED)) {
            return false;
        }
        X509Certificate own = chain.get(0);
        try {
            trust.get()
                    .trustManager()
                    .checkClientTrusted(
                            chain.toArray(new X509Certificate[0]),
                            own.getPublicKey().getAlgorithm());
            return HostNames.match(own, pool.get(Pool.CLIENT_CERTIFICATE_AUTH_NAME));
        } catch (GeneralSecurityException e) {
            LOG.info("Client certificate {}: not trusted: {}", own.getSerialNumber(), e.getMessage());
            return false;
        }
    }
}
