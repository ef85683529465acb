package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.local.PoolTerm;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Holder;
import org.jxapi.volume.SmFailure;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases of the repositories that other hosts reach, too. A pool that has a repository plugged has its lease, in the name of its
 * coordinator. Another pool that used it at the same time would write to the same disks, and remove what the first one is about
 * to make. Within the pool, the coordinator's database says which host uses a disk, so a new coordinator takes the lease of the
 * former one, who gets no more of it. A lease of another pool is broken only by an operator who names its holder.
 */
final class Leases {
    /** The key of {@code SR.other_config} with the host whose lease may be broken. */
    static final String BREAK = "jxapi-break-lease";

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    /** The types that are on a server, also when {@code SR.shared} is false. */
    private static final Set<String> NETWORK = Set.of("nfs", "smb", "lvmohba", "lvmoiscsi");

    private static final Path MACHINE = Path.of("/etc/machine-id");

    private final String machine;

    Leases() {
        String read = "";
        try {
            read = Files.readString(MACHINE).strip();
        } catch (IOException e) {
            LOG.debug("{}: not readable, leases of SRs name the host alone: {}", MACHINE, e.getMessage());
        }
        this.machine = read;
    }

    /**
     * Takes the lease of a repository that is attached; SR_BACKEND_FAILURE_47 when another pool has it.
     *
     * @param elsewhere whether another machine has the repository plugged: then the lease must be there
     */
    void take(Snapshot snapshot, AttachedSr place, boolean elsewhere) {
        Optional<Holder> own = own(snapshot, place);
        if (own.isEmpty()) {
            return;
        }
        try {
            boolean first = place.repository().holder().isEmpty();
            Optional<Holder> other = other(snapshot, place, own.get());
            if (other.isEmpty()) {
                if (first && elsewhere && place.repository().holder().isPresent()) {
                    place.repository().release(own.get());
                    throw SmFailure.SR_UNAVAILABLE.error(
                            place.repository().place() + " is not what other hosts have plugged for this SR");
                }
                return;
            }
            String named = snapshot.get(place.sr(), SR.OTHER_CONFIG).getOrDefault(BREAK, "");
            if (!named.equals(other.get().host())) {
                throw refused(snapshot, place, other.get());
            }
            LOG.warn(
                    "SR {}: its lease is taken from host {} ({}), as other_config:{} says",
                    snapshot.get(place.sr(), SR.UUID),
                    other.get().name(),
                    other.get().host(),
                    BREAK);
            place.repository().breakLease(own.get());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    /** Throws SR_BACKEND_FAILURE_47 unless this host still has the lease of a repository that is plugged. */
    void require(Snapshot snapshot, AttachedSr place) {
        Optional<Holder> own = own(snapshot, place);
        if (own.isPresent()) {
            try {
                Optional<Holder> other = other(snapshot, place, own.get());
                if (other.isPresent()) {
                    throw refused(snapshot, place, other.get());
                }
            } catch (IOException e) {
                throw SmFailure.SR_UNAVAILABLE.error(e);
            }
        }
    }

    /** Gives the lease of a repository back, also of one that is not shared any more. */
    void release(Snapshot snapshot, AttachedSr place) {
        if (!place.repository().readOnly()) {
            try {
                Holder own = own(snapshot);
                if (place.repository().holder().isPresent()
                        && other(snapshot, place, own).isEmpty()) {
                    place.repository().release(own);
                }
            } catch (IOException e) {
                throw SmFailure.SR_UNAVAILABLE.error(e);
            }
        }
    }

    /** The permission to break a lease is used up. */
    static void taken(Transaction tx, Ref<SR> sr) {
        Map<String, String> config = new LinkedHashMap<>(tx.get(sr, SR.OTHER_CONFIG));
        if (config.remove(BREAK) != null) {
            tx.set(sr, SR.OTHER_CONFIG, config);
        }
    }

    /** The other holder of the lease; empty if this coordinator has it now. */
    private static Optional<Holder> other(Snapshot snapshot, AttachedSr place, Holder own) throws IOException {
        while (!place.repository().lease(own)) {
            Optional<Holder> other = place.repository().holder();
            if (other.isPresent()) {
                if (!isFormer(snapshot, other.get(), own)) {
                    return other;
                }
                place.repository().breakLease(own);
            }
        }
        return Optional.empty();
    }

    /** Whether this coordinator takes the place of a holder: itself in another term, or an earlier coordinator. */
    private static boolean isFormer(Snapshot snapshot, Holder holder, Holder own) {
        if (holder.host().equals(own.host())) {
            return holder.isSameMachine(own);
        }
        if (holder.pool().equals(own.pool())) {
            return holder.term() < own.term();
        }
        // A lease of an earlier version, or that of a host from before it has joined.
        return snapshot.byUuid(Host.XEN_CLASS, holder.host()).isPresent();
    }

    /** This coordinator, if the repository is one that other hosts reach. */
    private Optional<Holder> own(Snapshot snapshot, AttachedSr place) {
        boolean shared = snapshot.find(place.sr())
                .map(sr -> sr.row().get(SR.SHARED) || NETWORK.contains(sr.row().get(SR.TYPE)))
                .orElse(false);
        return shared && !place.repository().readOnly() ? Optional.of(own(snapshot)) : Optional.empty();
    }

    private Holder own(Snapshot snapshot) {
        Row<Host> host = ThisHost.row(snapshot);
        String pool =
                ThisPool.find(snapshot).map(found -> found.row().get(Pool.UUID)).orElse("");
        return new Holder(host.get(Host.UUID), machine, host.get(Host.HOSTNAME), pool, PoolTerm.of(snapshot));
    }

    private static RuntimeException refused(Snapshot snapshot, AttachedSr place, Holder other) {
        return SmFailure.SR_UNAVAILABLE.error("host " + other.name() + " (" + other.host()
                + ") uses it. Unplug it there. If that host is off for good, run: xe sr-param-set uuid="
                + snapshot.get(place.sr(), SR.UUID) + " other-config:" + BREAK + "=" + other.host());
    }
}
