package org.jxapi.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.PerHost;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether hosts refuse unencrypted HTTP. XAPI closes port 80 in the firewall; here the listener closes. Connections that
 * exist go on in both.
 */
public final class HttpsOnly {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsOnly.class);

    private final Store store;
    private final PerHost<PlainHttp> hosts;

    public HttpsOnly(Store store, PerHost<PlainHttp> hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    /** Whether this host does so now. */
    public boolean isOn() {
        return ThisHost.find(store.snapshot())
                .map(host -> host.row().get(Host.HTTPS_ONLY))
                .orElse(false);
    }

    /** Takes effect at once, and at each start. HOST_OFFLINE for a host that does not answer. */
    public synchronized void set(Ref<Host> self, boolean value) {
        Snapshot snapshot = store.snapshot();
        boolean before = snapshot.get(self, Host.HTTPS_ONLY);
        PlainHttp plain = hosts.of(self);
        if (value && !plain.servesTls()) {
            throw Errors.operationNotAllowed(
                    "jxapid has no listener for TLS, so nobody could reach it over the network: set https first");
        }
        store.change(tx -> tx.set(self, Host.HTTPS_ONLY, value));
        try {
            plain.serve(!value);
        } catch (IOException | UncheckedIOException e) {
            LOG.error("Plain HTTP: {}", e.getMessage());
            store.change(tx -> tx.set(self, Host.HTTPS_ONLY, before));
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
        if (before != value) {
            LOG.info(
                    "Plain HTTP: {} on host {}",
                    value ? "closed, because only TLS is served" : "open",
                    snapshot.get(self, Host.HOSTNAME));
        }
    }

    /** The same for a member that has begun to answer: the setting may have changed while it was away. */
    public void start(Ref<Host> member) {
        try {
            hosts.of(member).serve(!store.snapshot().get(member, Host.HTTPS_ONLY));
        } catch (IOException e) {
            LOG.error("Plain HTTP of host {}: {}", member.value(), e.getMessage());
        }
    }
}
