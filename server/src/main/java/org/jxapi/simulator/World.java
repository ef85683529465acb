package org.jxapi.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.MachineSnapshot;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.store.FolderTree;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole simulated world (objects, domains and files of disks), and the moments to which it can return. */
public final class World {
    /** The moment when the daemon started. */
    static final String START = "start";

    private static final Logger LOG = LoggerFactory.getLogger(World.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MOST = 100;
    /** The most data that a start copies to be able to return, in bytes. */
    private static final long MOST_AT_START = 64L << 20;

    private record Moment(Snapshot objects, List<MachineSnapshot> machines, FolderSnapshot files) {}

    private final Store store;
    private final List<SimulatedHypervisor> machines;
    private final Gate gate;
    private final List<Path> files;
    private final Path folder;
    private final Random random;
    private final Consumer<Runnable> standstill;
    private final Consumer<Map<Hypervisor, List<Integer>>> refresh;
    private final Map<String, Moment> moments = new LinkedHashMap<>();
    private int copies;

    /**
     * @param machines all hosts, the coordinator first
     * @param files folders and files that belong to the world
     * @param folder where copies of them are kept; emptied first
     * @param random decides on faults
     * @param standstill runs work while the daemon leaves VMs and domains alone
     * @param refresh makes the daemon know a new world, of which it gets the numbers of the domains that are not as before
     */
    public World(
            Store store,
            List<SimulatedHypervisor> machines,
            Gate gate,
            List<Path> files,
            Path folder,
            Random random,
            Consumer<Runnable> standstill,
            Consumer<Map<Hypervisor, List<Integer>>> refresh) {
        this.store = store;
        this.machines = machines;
        this.gate = gate;
        this.files = files;
        this.folder = folder;
        this.random = random;
        this.standstill = standstill;
        this.refresh = refresh;
    }

    /** Keeps the moment of the start, unless its disks hold too much data for that. */
    public void started() {
        try {
            FolderTree.delete(folder);
            long data = FolderSnapshot.dataIn(files);
            if (data > MOST_AT_START) {
                LOG.info("Simulator: no snapshot {}: the disks hold {} MiB; take one to reset", START, data >> 20);
            } else {
                keep(START);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Simulator: no snapshot {}: {}", START, e.getMessage());
        }
    }

    private synchronized void keep(String name) {
        try {
            Path own = folder.resolve(Integer.toString(++copies));
            Moment before = moments.remove(name);
            List<MachineSnapshot> now =
                    machines.stream().map(SimulatedHypervisor::snapshot).toList();
            moments.put(name, new Moment(store.snapshot(), now, FolderSnapshot.take(files, own)));
            if (before != null) {
                before.files().delete();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps this moment under a name; an earlier one of that name is forgotten. */
    void take(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a snapshot has 1 to 64 letters, digits, dots and dashes");
        }
        if (names().size() >= MOST && find(name) == null) {
            throw new IllegalArgumentException("there are " + MOST + " snapshots already; delete some first");
        }
        gate.alone(() -> standstill.accept(() -> keep(name)));
    }

    /**
     * Makes the world what it was; false when no snapshot has that name.
     *
     * @param seed from which UUIDs, references and chance follow then; null to leave them as they are
     */
    boolean reset(String name, @Nullable Long seed) {
        Moment moment = find(name);
        if (moment == null) {
            return false;
        }
        machines.forEach(machine -> machine.faults().clear());
        gate.alone(() -> standstill.accept(() -> {
            Map<Hypervisor, List<Integer>> changed = new LinkedHashMap<>();
            for (int i = 0; i < machines.size(); i++) {
                SimulatedHypervisor machine = machines.get(i);
                changed.put(machine, machine.restore(moment.machines().get(i)));
            }
            try {
                moment.files().restore();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            store.change(tx -> ObjectReset.to(moment.objects(), tx));
            refresh.accept(changed);
            if (seed != null) {
                reseed(name, seed);
            }
        }));
        return true;
    }

    /** Objects of the world have UUIDs of its own seed, or of a reset to an earlier moment. So each moment has its own. */
    private void reseed(String name, long seed) {
        long own = seed * 31 + name.hashCode() + 1;
        FreshIds.restart(own, Session.XEN_CLASS.name());
        random.setSeed(own);
        machines.forEach(machine -> machine.seed(own));
    }

    private synchronized @Nullable Moment find(String name) {
        return moments.get(name);
    }

    /** Forgets a snapshot; false when no snapshot has that name. */
    synchronized boolean delete(String name) throws IOException {
        Moment moment = moments.remove(name);
        if (moment != null) {
            moment.files().delete();
        }
        return moment != null;
    }

    synchronized List<String> names() {
        return List.copyOf(moments.keySet());
    }
}
