package org.jxapi.storage;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Unreachable;
import org.jxapi.message.Messages;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the repositories that are plugged usable again when the daemon starts. */
final class Replugs {
    private static final Logger LOG = LoggerFactory.getLogger(Replugs.class);
    /** So long the start waits for servers; those that take longer are waited for while calls are answered. */
    private static final long MOST_SECONDS = 120;

    private final Store store;
    private final Drivers drivers;
    private final Scans scans;
    private final Clock clock;

    Replugs(Store store, Drivers drivers, Scans scans, Clock clock) {
        this.store = store;
        this.drivers = drivers;
        this.scans = scans;
        this.clock = clock;
    }

    /**
     * Does the same for the repositories of a host that is another machine and has begun to answer, while operations may be
     * under way. One that still cannot be reached stays plugged.
     */
    void run(Ref<Host> host) {
        try {
            plug(host);
        } catch (StoreException e) {
            // Usually another host has become the coordinator, and plugs them.
            LOG.warn("SRs of host {}: not all are plugged again: {}", host.value(), e.getMessage());
        }
    }

    private void plug(Ref<Host> host) {
        for (Stored<PBD> stored : store.snapshot().all(PBD.XEN_CLASS)) {
            if (stored.row().get(PBD.HOST).equals(host)
                    && stored.row().get(PBD.CURRENTLY_ATTACHED)
                    && !drivers.isHere(host)) {
                if (attach(stored, () -> scans.attachAgain(stored.row()))) {
                    look(stored.row());
                }
            }
        }
    }

    private void look(Row<PBD> pbd) {
        try {
            scans.scanAgain(pbd);
        } catch (XenApiException e) {
            LOG.warn("SR {}: not scanned after its host has answered: {}", pbd.get(PBD.SR), e.getMessage());
        }
    }

    /** Attaches each; a PBD whose repository is not available becomes unplugged, which is logged and written in a message. */
    void run() {
        List<Stored<PBD>> plugged = store.snapshot().all(PBD.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(PBD.CURRENTLY_ATTACHED))
                .filter(stored -> drivers.isHere(stored.row().get(PBD.HOST)))
                .toList();
        List<Stored<PBD>> mounted =
                plugged.stream().filter(stored -> isMounted(stored.row())).toList();
        plugged.stream().filter(stored -> !mounted.contains(stored)).forEach(this::reattach);
        // A server that is gone must not keep the others waiting.
        CountDownLatch left = new CountDownLatch(mounted.size());
        for (Stored<PBD> stored : mounted) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            reattach(stored);
                        } finally {
                            left.countDown();
                        }
                    },
                    "plug " + stored.ref().value());
            thread.setDaemon(true);
            thread.start();
        }
        try {
            if (!left.await(MOST_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("SRs: {} are not available yet, the start goes on", left.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isMounted(Row<PBD> pbd) {
        try {
            return drivers.by(store.snapshot(), pbd).repository().folder().isEmpty();
        } catch (XenApiException e) {
            return false;
        }
    }

    private void reattach(Stored<PBD> stored) {
        attach(stored, () -> scans.reattach(stored.row()));
    }

    private interface Attaching {
        void run() throws IOException;
    }

    /** Whether it could be attached. */
    private boolean attach(Stored<PBD> stored, Attaching attaching) {
        Ref<PBD> pbd = stored.ref();
        try {
            attaching.run();
            return true;
        } catch (XenApiException | IOException e) {
            if (Unreachable.is(e)) {
                LOG.debug("SR {}: its host cannot be reached yet", stored.row().get(PBD.SR));
                return false;
            }
            LOG.error("SR {}: not available: {}", stored.row().get(PBD.SR), e.getMessage());
            store.change(tx -> {
                tx.set(pbd, PBD.CURRENTLY_ATTACHED, false);
                // As XAPI's check_for_unplugged_pbds does.
                tx.find(stored.row().get(PBD.HOST))
                        .ifPresent(host -> Messages.write(
                                tx,
                                clock,
                                "PBD_PLUG_FAILED_ON_SERVER_START",
                                3,
                                Cls.HOST,
                                host.row().get(Host.UUID),
                                ""));
            });
            return false;
        }
    }
}
