package org.jxapi.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import org.jxapi.datasource.Sampler;
import org.jxapi.local.ThisPool;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Rrd;
import org.jxapi.measure.Sample;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes measurements and keeps them on disk. Every moment goes to the journal at once. Each half hour the files of all owners
 * are written, a few at a time, so that the journal stays short. An owner whose VM ends gets its file at once.
 */
public final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    /** The setting of a pool by which XAPI keeps the least and greatest values of VMs and SRs too. */
    private static final String EXTREMES = "create_min_max_in_new_VM_RRDs";

    private static final double CHECKPOINT_SECONDS = 1800;
    /** In how many looks the files of a checkpoint are written. */
    private static final int SPREAD = 60;

    private static final double MILLIS = 1e3;

    private final Store store;
    private final Measurements measurements;
    private final DoubleFunction<Map<Owner, Sample>> sampler;
    private final Clock clock;
    private final RrdFolder folder;
    private final Journal journal;
    private final Deque<Owner> unsaved = new ArrayDeque<>();
    private final Set<String> filed = new TreeSet<>();
    private double checkpointed;
    private int batch;
    private volatile double saveAllAt = Double.POSITIVE_INFINITY;
    private boolean failing;

    /**
     * @param sampler reads all data sources at a time
     * @param folder of the files, in the data folder
     */
    public Recorder(
            Store store,
            Measurements measurements,
            DoubleFunction<Map<Owner, Sample>> sampler,
            Clock clock,
            Path folder) {
        this.store = store;
        this.measurements = measurements;
        this.sampler = sampler;
        this.clock = clock;
        this.folder = new RrdFolder(folder);
        this.journal = new Journal(folder);
    }

    /** The files of owners that are not measured now. */
    public RrdFolder files() {
        return folder;
    }

    /** Reads what the last run has left. Measurements that cannot be read never stop the daemon. */
    public void start() {
        try {
            folder.create();
            filed.addAll(folder.uuids());
            journal.replay((time, samples) -> measurements.replay(time, samples, this::file));
            checkpoint(now());
        } catch (IOException | RuntimeException e) {
            LOG.warn("Measurements: those of the last run cannot be read: {}", e.getMessage(), e);
        }
    }

    private Optional<Rrd> file(Owner owner) {
        return folder.read(owner.uuid());
    }

    private double now() {
        return clock.millis() / MILLIS;
    }

    /** Takes the measurements of this moment. */
    public void look() {
        double now = now();
        Snapshot snapshot = store.snapshot();
        measurements.keepExtremes(
                "true".equals(ThisPool.row(snapshot).get(Pool.OTHER_CONFIG).get(EXTREMES)));
        Map<Owner, Sample> samples = sampler.apply(now);
        Map<Owner, Rrd> ended =
                measurements.take(now, samples, this::file, owner -> Sampler.stays(store.snapshot(), owner));
        journal.append(now, samples);
        try {
            keep(now, ended);
            if (failing) {
                LOG.info("Measurements: their files are written again");
                failing = false;
            }
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("Measurements: {} cannot be written: {}", folder.path(), e.getMessage());
                failing = true;
            }
        }
    }

    private void keep(double now, Map<Owner, Rrd> ended) throws IOException {
        Snapshot snapshot = store.snapshot();
        for (Map.Entry<Owner, Rrd> entry : ended.entrySet()) {
            if (exists(snapshot, entry.getKey().uuid())) {
                write(entry.getKey(), entry.getValue());
            }
        }
        for (Owner owner : measurements.changed()) {
            save(owner);
        }
        for (String uuid : Set.copyOf(filed)) {
            if (!exists(snapshot, uuid)) {
                folder.remove(uuid);
                filed.remove(uuid);
            }
        }
        if (now >= saveAllAt) {
            saveAllAt = Double.POSITIVE_INFINITY;
            checkpoint(now);
            batch = unsaved.size();
        } else if (unsaved.isEmpty() && now - checkpointed >= CHECKPOINT_SECONDS) {
            checkpoint(now);
        }
        if (!unsaved.isEmpty()) {
            for (int i = 0; i < batch && !unsaved.isEmpty(); i++) {
                save(unsaved.getFirst());
                unsaved.removeFirst();
            }
            if (unsaved.isEmpty()) {
                journal.dropOlder();
            }
        }
    }

    /** Begins to write all files, after which the journal up to now is not needed any more. */
    private void checkpoint(double now) throws IOException {
        journal.begin();
        checkpointed = now;
        unsaved.clear();
        unsaved.addAll(measurements.owners());
        batch = Math.max(1, (unsaved.size() + SPREAD - 1) / SPREAD);
    }

    private void save(Owner owner) throws IOException {
        Optional<Rrd> rrd = measurements.copy(owner);
        if (rrd.isPresent()) {
            write(owner, rrd.get());
        }
    }

    private void write(Owner owner, Rrd rrd) throws IOException {
        folder.write(owner.uuid(), rrd);
        filed.add(owner.uuid());
    }

    /** Writes all files after so many seconds. */
    public void saveAll(double delay) {
        saveAllAt = now() + Math.max(0, delay);
    }

    private static boolean exists(Snapshot snapshot, String uuid) {
        return snapshot.byUuid(VM.XEN_CLASS, uuid).isPresent()
                || snapshot.byUuid(SR.XEN_CLASS, uuid).isPresent()
                || snapshot.byUuid(Host.XEN_CLASS, uuid).isPresent();
    }

    /** Ends: everything that was measured is on disk. */
    public void stop() {
        try {
            journal.close();
        } catch (IOException e) {
            LOG.warn("Measurements: the last ones may be lost: {}", e.getMessage());
        }
    }
}
