package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/** A repository whose disks may be chains of qcow2 images. It has a lease. */
abstract class ChainedRepository extends TrackedRepository {
    abstract Qcow2Volumes qcow2();

    abstract Leased leased();

    /** Whether a volume is a chain; the first question of most operations. */
    final boolean isQcow2(String location) {
        begins();
        return isChain(location);
    }

    /** The same for one of several volumes of an operation. */
    final boolean isChain(String location) {
        try {
            return qcow2().holds(location);
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public Optional<Holder> holder() throws IOException {
        return leased().holder();
    }

    @Override
    public boolean lease(Holder holder) throws IOException {
        return leased().lease(holder);
    }

    @Override
    public void breakLease(Holder by) throws IOException {
        leased().breakLease(by);
    }

    @Override
    public void release(Holder holder) throws IOException {
        leased().release(holder);
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return isQcow2(location) ? Qcow2Volumes.SM_CONFIG : Map.of();
    }

    @Override
    public boolean createForQemu(String location, long bytes) throws IOException {
        begins();
        qcow2().create(location, bytes);
        return true;
    }

    @Override
    public Optional<LiveImage> live(String location) throws IOException {
        return isQcow2(location) ? qcow2().live(location) : Optional.empty();
    }

    @Override
    public boolean snapshotAll(Map<String, String> snapshots) throws IOException {
        begins();
        if (!snapshots.keySet().stream().allMatch(this::isChain)) {
            return false;
        }
        for (String to : snapshots.values()) {
            begin(to);
        }
        if (!qcow2().clone(snapshots)) {
            snapshots.values().forEach(this::keep);
            return false;
        }
        for (Map.Entry<String, String> snapshot : snapshots.entrySet()) {
            tracking().snapshot(snapshot.getKey(), snapshot.getValue());
        }
        return true;
    }

    @Override
    public boolean coalesce(Predicate<String> idle, DoubleConsumer progress) throws IOException {
        begins();
        return qcow2().coalesce(idle, progress);
    }
}
