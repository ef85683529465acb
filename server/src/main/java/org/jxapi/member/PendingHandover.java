package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.agent.AgentTiming;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.remote.RemoteHost;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats the order to lead that this host gave when it stopped to be the coordinator, until the other host obeys, or leads and
 * says so.
 */
public final class PendingHandover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PendingHandover.class);
    private static final long PAUSE_SECONDS = 1;

    private final OwnPlace place;
    private final Membership.Pending pending;
    private final RemoteHost heir;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "pool-handover");
        made.setDaemon(true);
        return made;
    });

    private PendingHandover(OwnPlace place, Membership.Pending pending, Identity own) throws GeneralSecurityException {
        this.place = place;
        this.pending = pending;
        KnownMember known = pending.heir();
        this.heir = new RemoteHost(
                Host.XEN_CLASS.ref(pending.host()),
                new InetSocketAddress(known.address(), known.port()),
                MutualTls.context(own, List.of(Pem.certificate(known.certificate()))),
                pending::term,
                AgentTiming.USUAL,
                Clock.systemUTC(),
                live -> {});
    }

    /**
     * Begins; null if there is nothing to repeat.
     *
     * @throws IOException with one line, when the other host's certificate cannot be used
     */
    public static @Nullable PendingHandover start(OwnPlace place, Identity own) throws IOException {
        Membership.Pending pending = place.membership().handover();
        if (pending == null) {
            return null;
        }
        try {
            PendingHandover repeated = new PendingHandover(place, pending, own);
            LOG.info("Pool: host {} is to become the coordinator, and is ordered until it obeys", pending.heir());
            repeated.thread.scheduleWithFixedDelay(repeated::order, 0, PAUSE_SECONDS, TimeUnit.SECONDS);
            return repeated;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of the next coordinator cannot be used: " + Reason.of(e), e);
        }
    }

    private void order() {
        try {
            if (place.membership().handover() != null) {
                heir.hypervisor().part(MemberOrders.PART).lead(pending.copy(), pending.former());
                place.handedOver();
            }
            LOG.info("Pool: host {} becomes the coordinator", pending.heir());
            thread.shutdown();
            heir.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("Pool: host {} does not lead yet", pending.heir(), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        heir.close();
    }
}
