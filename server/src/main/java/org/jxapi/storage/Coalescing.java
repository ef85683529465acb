package org.jxapi.storage;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.Tasks;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shortens the chains of images in the background, one repository after the other: soon after disks have come or gone, and
 * now and then, since guests have started and ended. As in XenServer, {@code SR.other_config} with {@code gc=false} or
 * {@code coalesce=false} stops it.
 */
public final class Coalescing {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescing.class);
    private static final Duration INTERVAL = Duration.ofMinutes(2);

    private final Store store;
    private final Drivers drivers;
    private final Clock clock;
    private final Tasks tasks;
    private final SpaceMessages space;
    private final Map<Ref<SR>, Seen> seen = new ConcurrentHashMap<>();
    private final Set<Ref<SR>> underWay = ConcurrentHashMap.newKeySet();

    public Coalescing(Store store, Drivers drivers, Clock clock) {
        this.store = store;
        this.drivers = drivers;
        this.clock = clock;
        this.tasks = new Tasks(store, clock);
        this.space = new SpaceMessages(store, clock);
    }

    /** The disks of a repository when it was worked on last. */
    private record Seen(List<Ref<VDI>> disks, Instant at) {}

    /** Begins the work that is due; called every few seconds by one thread. */
    public void look(Executor workers) {
        space.look();
        Snapshot now = store.snapshot();
        seen.keySet().removeIf(sr -> now.find(sr).isEmpty());
        for (Stored<SR> stored : now.all(SR.XEN_CLASS)) {
            Ref<SR> sr = stored.ref();
            if (Drivers.isPlugged(now, sr) && due(sr, stored.row().get(SR.VDIS)) && underWay.add(sr)) {
                seen.put(sr, new Seen(stored.row().get(SR.VDIS), clock.instant()));
                workers.execute(() -> {
                    try {
                        measure(sr);
                        if (wanted(store.snapshot(), sr)) {
                            work(sr);
                        }
                    } finally {
                        underWay.remove(sr);
                    }
                });
            }
        }
    }

    private static boolean wanted(Snapshot now, Ref<SR> sr) {
        Map<String, String> config = now.get(sr, SR.OTHER_CONFIG);
        return !"false".equals(config.get("gc"))
                && !"false".equals(config.get("coalesce"))
                && Drivers.isPlugged(now, sr);
    }

    private boolean due(Ref<SR> sr, List<Ref<VDI>> disks) {
        Seen last = seen.get(sr);
        return last == null
                || last.disks() != disks
                || !clock.instant().isBefore(last.at().plus(INTERVAL));
    }

    private void work(Ref<SR> sr) {
        MergeTask task = new MergeTask(tasks, store, sr);
        try {
            for (AttachedSr place : drivers.merging(store.snapshot(), sr)) {
                boolean more = true;
                while (more && wanted(store.snapshot(), sr)) {
                    more = merge(place, task);
                }
            }
            space.mergesWork(sr);
            task.succeed();
        } catch (XenApiException | HypervisorException | IOException e) {
            if (Unreachable.is(e)) {
                // Its host begins again when it answers.
                task.fail("The host of the SR cannot be reached");
                return;
            }
            LOG.warn("SR {}: images not merged, another attempt follows: {}", sr, e.getMessage());
            if (SmFailure.isFull(e)) {
                space.mergeHasNoSpace(sr);
            }
            task.fail("Layers not merged, another attempt follows: " + e.getMessage());
        }
    }

    /** Merges one layer; false if there is none to merge, or an operation has stopped the merge. */
    private boolean merge(AttachedSr place, MergeTask task) throws IOException {
        try (MergeTurns.Merge merge = drivers.merges().begin(place.sr(), place.elsewhere())) {
            if (merge == null) {
                return false;
            }
            return place.repository()
                    .coalesce(
                            location -> {
                                merge.mayTouch(location);
                                return idle(place, location);
                            },
                            done -> {
                                merge.check();
                                if (done >= 1) {
                                    // Another coordinator may have come meanwhile, whose guests need the layers.
                                    drivers.leases().require(store.snapshot(), place);
                                }
                                task.progress(done);
                            });
        } catch (CancellationException e) {
            return false;
        }
    }

    /** Guests take space while they write, without any operation on their repository. */
    private void measure(Ref<SR> sr) {
        try {
            AttachedSr place = drivers.attached(store.snapshot(), sr);
            Usage usage = place.repository().usage();
            Row<SR> before = store.snapshot().row(sr);
            if (before.get(SR.PHYSICAL_SIZE) != usage.size() || before.get(SR.PHYSICAL_UTILISATION) != usage.used()) {
                store.change(tx -> place.record(tx, usage));
            }
        } catch (XenApiException e) {
            if (Unreachable.is(e)) {
                return;
            }
            LOG.warn("SR {}: its space is not known: {}", sr, e.getMessage());
        }
    }

    /** Whether at most running guests, and readers, use a disk. */
    private boolean idle(AttachedSr place, String location) {
        Snapshot now = store.snapshot();
        for (Ref<VDI> vdi : now.get(place.sr(), SR.VDIS)) {
            if (now.get(vdi, VDI.LOCATION).equals(location)) {
                return now.get(vdi, VDI.CURRENT_OPERATIONS).isEmpty()
                        && now.get(vdi, VDI.VBDS).stream().allMatch(vbd -> quiet(now, place, now.row(vbd)));
            }
        }
        // A volume without a row is being made or removed.
        return false;
    }

    private boolean quiet(Snapshot now, AttachedSr place, Row<VBD> vbd) {
        Row<VM> vm = now.find(vbd.get(VBD.VM)).map(Stored::row).orElse(null);
        if (vm == null
                || !vm.get(VM.CURRENT_OPERATIONS).isEmpty()
                || !vbd.get(VBD.CURRENT_OPERATIONS).isEmpty()) {
            return false;
        }
        boolean used = vbd.get(VBD.CURRENTLY_ATTACHED) || vbd.get(VBD.RESERVED);
        if (used && !drivers.isAt(place, vm.get(VM.RESIDENT_ON))) {
            // Layers that a guest of another machine has open stay.
            return false;
        }
        boolean guest = vm.get(VM.POWER_STATE) == VmPowerState.RUNNING && vm.get(VM.DOMID) > Hypervisor.DOM0;
        return !used || guest || vbd.get(VBD.MODE) == VbdMode.RO || vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED;
    }
}
