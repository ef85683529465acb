package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.image.Backing;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.store.SafeFile;
import org.jxapi.volume.Layers.Layer;

/**
 * The volumes of a repository that are chains of qcow2 images. A new layer gets its name in one step, and it is empty, so the
 * disk reads the same before and after: a crash at any moment leaves volumes as they were, and at most a layer too many.
 */
final class Qcow2Volumes {
    /** {@code VDI.sm_config} of such volumes, with the key that XCP-ng has. */
    static final Map<String, String> SM_CONFIG = Map.of("image-format", "qcow2");

    private final LayerStore store;
    private final LayerFiles files;
    private final LiveChains live;
    private final Merges merges;
    private final Coalescer coalescer;

    Qcow2Volumes(LayerStore store, String sr, LiveDisks live, Merges merges) {
        this.store = store;
        this.files = new LayerFiles(store);
        this.live = new LiveChains(store, sr, live);
        this.merges = merges;
        this.coalescer = new Coalescer(store, files, this.live, merges);
    }

    boolean holds(String location) throws IOException {
        return leaf(location).isPresent();
    }

    Optional<Path> leaf(String location) throws IOException {
        return Layers.leaf(store, location);
    }

    /** The disk of a volume, behind which no layers are merged any more. */
    private Path mine(String location) throws IOException {
        merges.stop(store.folder(), location);
        Path leaf = existing(location);
        store.ready(Layers.name(leaf));
        return leaf;
    }

    /** The same for a disk that no guest has, or none any more. */
    private Path unused(String location) throws IOException {
        Path leaf = mine(location);
        OtherWriters.await(leaf);
        return leaf;
    }

    private Path existing(String location) throws IOException {
        return leaf(location)
                .orElseThrow(() -> new IOException("no image of volume " + location + " in " + store.folder()));
    }

    List<Volume> volumes() throws IOException {
        Layers layers = files.still(() -> Layers.read(store));
        Map<String, Layer> leaves = layers.leaves();
        List<Path> paths = leaves.values().stream().map(Layer::path).toList();
        Map<Path, Long> taken = store.taken(paths);
        List<Volume> volumes = new ArrayList<>();
        leaves.forEach((location, leaf) -> volumes.add(
                new Volume(location, leaf.path(), leaf.bytes(), taken.getOrDefault(leaf.path(), 0L), SM_CONFIG)));
        return volumes;
    }

    long bytes(String location) throws IOException {
        return Qcow2Image.info(existing(location)).bytes();
    }

    Image open(String location, boolean write) throws IOException {
        Path leaf = unused(location);
        if (write) {
            makeRoom(leaf);
        }
        return files.still(() -> Qcow2Image.open(existing(location), write));
    }

    private void makeRoom(Path leaf) throws IOException {
        store.makeRoom(Layers.name(leaf), Qcow2Image.info(leaf).bytes());
    }

    Differences differences(String location, String base) throws IOException {
        unused(location);
        unused(base);
        return files.still(() -> SharedLayers.compare(existing(location), existing(base)));
    }

    /** Makes sure that nothing changes the layers behind the disk of a volume, and nothing writes to them. */
    void settle(String location) throws IOException {
        Path leaf = mine(location);
        if (live.writers(location, leaf).isEmpty()) {
            OtherWriters.await(leaf);
        }
    }

    void create(String location, long bytes) throws IOException {
        refuseExisting(location);
        files.add(location, bytes, null);
        store.makeRoom(Layers.name(existing(location)), bytes);
    }

    private void refuseExisting(String location) throws IOException {
        if (!Layers.numbers(store, location).isEmpty()) {
            throw new FileAlreadyExistsException(
                    store.path(location + Layers.SUFFIX).toString());
        }
    }

    /** Work that puts something on a layer. */
    private interface OnLayer {
        void put(String below) throws IOException;
    }

    /**
     * Makes the present contents of a volume a layer that nothing writes to any more, also when a guest runs, and puts
     * something on it. Nothing removes the layer before. Several threads may copy one volume at the same time.
     */
    private void freeze(String location, OnLayer work) throws IOException {
        files.volume(location, () -> {
            String below =
                    Objects.requireNonNull(present(Set.of(location)).freeze().get(location));
            work.put(below);
            return below;
        });
    }

    /** The present contents of volumes; the caller has their turns. */
    private PresentLayers present(Set<String> locations) throws IOException {
        Map<String, Path> leaves = new TreeMap<>();
        for (String location : locations) {
            leaves.put(location, mine(location));
        }
        return new PresentLayers(store, files, live, leaves);
    }

    /** The image that the one guest of a volume writes to; empty if there is none, or several write. */
    Optional<LiveImage> live(String location) throws IOException {
        Path leaf = mine(location);
        List<Integer> writers = live.writers(location, leaf);
        return writers.size() == 1 ? Optional.of(new LiveImage(writers.get(0), leaf)) : Optional.empty();
    }

    /** Merges one layer into the one below; see {@link Coalescer#merge}. */
    boolean coalesce(Predicate<String> idle, DoubleConsumer progress) throws IOException {
        return coalescer.merge(idle, progress);
    }

    /** Stops a merge that is under way. */
    void rest() throws IOException {
        merges.stop(store.folder());
    }

    void clone(String from, String to) throws IOException {
        refuseExisting(to);
        freeze(from, below -> files.add(to, bytes(from), below));
    }

    /**
     * Clones several volumes as they are at one moment.
     *
     * @param clones the new volumes, by the volumes that they are of
     * @return false, and nothing is made, if the guests of several domains write to them
     */
    boolean clone(Map<String, String> clones) throws IOException {
        for (String to : clones.values()) {
            refuseExisting(to);
        }
        return files.volumes(clones.keySet(), () -> {
            PresentLayers present = present(clones.keySet());
            if (!present.ofOneMoment()) {
                return false;
            }
            Map<String, String> layers = present.freeze();
            for (Map.Entry<String, String> clone : clones.entrySet()) {
                files.add(clone.getValue(), bytes(clone.getKey()), layers.get(clone.getKey()));
            }
            return true;
        });
    }

    void revert(String from, String to) throws IOException {
        merges.stop(store.folder(), to);
        freeze(from, below -> files.add(to, bytes(from), below));
        coalescer.collect();
    }

    void resize(String location, long bytes) throws IOException {
        Path leaf = mine(location);
        List<Integer> domains = live.writers(location, leaf);
        store.makeRoom(Layers.name(leaf), bytes);
        if (!domains.isEmpty()) {
            try {
                domains.forEach(domid -> live.images().resize(domid, leaf, bytes));
                // QEMU need not flush, depending on its settings of the cache.
                SafeFile.sync(leaf);
                return;
            } catch (HypervisorException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        try (Qcow2Image image = Qcow2Image.open(unused(location), true)) {
            image.resize(bytes);
        }
    }

    /** The image that a guest gets. */
    Path forGuest(String location) throws IOException {
        Path leaf = unused(location);
        makeRoom(leaf);
        return leaf;
    }

    /** New contents that hold the whole disk. */
    Stage stage(String location, long bytes) throws IOException {
        return files.stage(location, bytes, null, addition -> take(location, addition));
    }

    /** New contents that begin as the present ones: an empty layer on them. */
    Stage stageCopy(String location) throws IOException {
        String below = Layers.name(unused(location));
        return files.stage(location, bytes(location), below, addition -> take(location, addition));
    }

    /** Gives a volume a new layer instead of its present one. A copy of the present contents may be under way. */
    private void take(String location, Turns.Work<Path> addition) throws IOException {
        files.volume(location, () -> {
            merges.stop(store.folder(), location);
            return addition.run();
        });
        coalescer.collect();
    }

    private static String base(String location) {
        return location + Layers.BASE;
    }

    void keepBase(String location) throws IOException {
        freeze(location, below -> files.make(base(location), location, bytes(location), below));
    }

    void reset(String location, long bytes) throws IOException {
        take(location, () -> {
            Backing below = Qcow2Image.info(store.path(base(location))).backing();
            if (below == null) {
                throw new IOException(base(location) + " has no backing file");
            }
            return files.add(location, bytes, below.name());
        });
    }

    void dropBase(String location) throws IOException {
        store.remove(base(location));
        coalescer.collect();
    }

    /** Removes a volume; layers that other volumes need stay. Returns whether all its files are gone. */
    boolean discard(String location) throws IOException {
        merges.stop(store.folder(), location);
        store.remove(base(location));
        String gone = location + Layers.GONE;
        TreeMap<Integer, Path> layers = Layers.numbers(store, location);
        if (layers.isEmpty()) {
            store.remove(gone);
            return true;
        }
        // The lowest layer is the last that is removed, so a second name of it keeps no space taken.
        store.mark(gone, Layers.name(layers.firstEntry().getValue()));
        coalescer.collect();
        return Layers.numbers(store, location).isEmpty();
    }

    /** Removes kept contents of disks that do not reset, and layers that no volume needs any more. */
    void tidy(Predicate<String> free, Predicate<String> resets) throws IOException {
        for (String name : store.names("", Layers.BASE)) {
            if (RawFolder.isFreeBase(name.substring(0, name.length() - Layers.BASE.length()), free, resets)) {
                store.remove(name);
            }
        }
        coalescer.collect();
        if (!store.isTight()) {
            // No merge is under way then, and none begins.
            merges.run(store.folder(), Set.of(), done -> {}, stoppable -> {
                coalescer.trim();
                return true;
            });
        }
    }
}
