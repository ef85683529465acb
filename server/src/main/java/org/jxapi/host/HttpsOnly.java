package org.jxapi.host;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the host refuses unencrypted HTTP. XAPI closes port 80 in the firewall; here its listener closes. Connections
 * that exist go on in both.
 */
public final class HttpsOnly {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsOnly.class);

    /** The listener of plain HTTP. */
    public interface PlainHttp {
        /** Begins to listen, or ends it; it does nothing where the settings name no address for it. */
        void serve(boolean wanted) throws IOException;
    }

    private final Store store;
    private @Nullable PlainHttp plain;
    private boolean tls;

    public HttpsOnly(Store store) {
        this.store = store;
    }

    /** Whether it does so now. */
    public boolean isOn() {
        return ThisHost.find(store.snapshot())
                .map(host -> host.row().get(Host.HTTPS_ONLY))
                .orElse(false);
    }

    /**
     * Names the listeners, before the first call.
     *
     * @param tls whether there is one of TLS
     */
    public synchronized void listeners(boolean tls, PlainHttp plain) {
        this.tls = tls;
        this.plain = plain;
    }

    /** Takes effect at once, and at each start. */
    public synchronized void set(Ref<Host> self, boolean value) {
        Snapshot snapshot = store.snapshot();
        boolean before = snapshot.get(self, Host.HTTPS_ONLY);
        if (value && !tls) {
            throw Errors.operationNotAllowed(
                    "jxapid has no listener for TLS, so nobody could reach it over the network: set https first");
        }
        store.change(tx -> tx.set(self, Host.HTTPS_ONLY, value));
        try {
            Objects.requireNonNull(plain, "the listeners have not started").serve(!value);
        } catch (IOException e) {
            LOG.error("Plain HTTP: {}", e.getMessage());
            store.change(tx -> tx.set(self, Host.HTTPS_ONLY, before));
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
        if (before != value) {
            LOG.info("Plain HTTP: {}", value ? "closed, because the host serves TLS only" : "open");
        }
    }
}
