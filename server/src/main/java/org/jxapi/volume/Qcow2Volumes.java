package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.image.Backing;
import org.jxapi.image.Format;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.store.SafeFile;
import org.jxapi.volume.Layers.Layer;

/**
 * The volumes of a folder that are chains of qcow2 images. A new layer gets its name in one step, and it is empty, so the
 * disk reads the same before and after: a crash at any moment leaves volumes as they were, and at most a layer too many.
 */
final class Qcow2Volumes {
    /** XenServer's limit of the length of a chain. */
    private static final int LONGEST_CHAIN = 30;

    /** {@code VDI.sm_config} of such volumes, with the key that XCP-ng has. */
    static final Map<String, String> SM_CONFIG = Map.of("image-format", "qcow2");

    /** All repositories in one folder share these. */
    private static final Turns TURNS = new Turns();

    private final Path folder;
    private final LiveChains live;
    private final Merges merges;
    private final Coalescer coalescer;

    Qcow2Volumes(Path folder, String sr, LiveDisks live, Merges merges) {
        this.folder = folder;
        this.live = new LiveChains(folder, sr, live);
        this.merges = merges;
        this.coalescer = new Coalescer(folder, this.live, merges);
    }

    boolean holds(String location) throws IOException {
        return leaf(location).isPresent();
    }

    Optional<Path> leaf(String location) throws IOException {
        return Layers.leaf(folder, location);
    }

    /** The disk of a volume, behind which no layers are merged any more. */
    private Path mine(String location) throws IOException {
        merges.stop(folder, location);
        return existing(location);
    }

    /** The same for a disk that no guest has, or none any more. */
    private Path unused(String location) throws IOException {
        Path leaf = mine(location);
        OtherWriters.await(leaf);
        return leaf;
    }

    private Path existing(String location) throws IOException {
        return leaf(location).orElseThrow(() -> new IOException("no image of volume " + location + " in " + folder));
    }

    List<Volume> volumes() throws IOException {
        Layers layers = Layers.read(folder);
        Map<String, Layer> leaves = layers.leaves();
        List<Path> paths = leaves.values().stream().map(Layer::path).toList();
        Map<Path, Long> taken = VolumeFiles.taken(paths);
        List<Volume> volumes = new ArrayList<>();
        leaves.forEach((location, leaf) -> volumes.add(
                new Volume(location, leaf.path(), leaf.bytes(), taken.getOrDefault(leaf.path(), 0L), SM_CONFIG)));
        return volumes;
    }

    long bytes(String location) throws IOException {
        return Qcow2Image.info(existing(location)).bytes();
    }

    Image open(String location, boolean write) throws IOException {
        return Qcow2Image.open(unused(location), write);
    }

    Differences differences(String location, String base) throws IOException {
        return SharedLayers.compare(unused(location), unused(base));
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
        layer(Layers.next(folder, location), location, bytes, null);
    }

    private void refuseExisting(String location) throws IOException {
        if (!Layers.numbers(folder, location).isEmpty()) {
            throw new FileAlreadyExistsException(
                    folder.resolve(location + Layers.SUFFIX).toString());
        }
    }

    /** Makes an empty layer, which has its name and is on disk when this returns. */
    private void layer(Path path, String location, long bytes, @Nullable String below) throws IOException {
        Path part = part(location);
        Files.deleteIfExists(part);
        Qcow2Image.create(part, bytes, below == null ? null : new Backing(below, Format.QCOW2));
        SafeFile.replace(part, path);
    }

    private Path part(String location) {
        return folder.resolve(location + RawFolder.PART);
    }

    /**
     * Makes the present contents of a volume a layer that nothing writes to any more, also when a guest runs, and returns
     * its name. Several threads may copy one volume at the same time.
     */
    private String freeze(String location) throws IOException {
        return TURNS.take(folder.resolve(location), () -> freezeAlone(location));
    }

    private String freezeAlone(String location) throws IOException {
        Path leaf = mine(location);
        List<Integer> domains = live.writers(location, leaf);
        if (domains.size() > 1) {
            throw new IOException(leaf + " is written by the domains " + domains + ", and an image has one writer");
        }
        if (domains.isEmpty()) {
            OtherWriters.await(leaf);
            Backing below = Qcow2Image.info(leaf).backing();
            if (below != null
                    && LiveChains.empty(leaf)
                    && Qcow2Image.info(folder.resolve(below.name())).bytes() == bytes(location)) {
                return below.name();
            }
        }
        Path next = Layers.next(folder, location);
        if (Layers.depth(leaf) >= LONGEST_CHAIN) {
            throw SmFailure.CHAIN_TOO_LONG.error();
        }
        layer(next, location, bytes(location), Layers.name(leaf));
        try {
            for (int domid : domains) {
                live.images().snapshot(domid, List.of(new Overlay(leaf, next)));
            }
        } catch (HypervisorException e) {
            // The new layer stays: QEMU may have taken it before the failure, and otherwise it is empty and does no
            // harm.
            throw new IOException(e.getMessage(), e);
        }
        return Layers.name(leaf);
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
        merges.stop(folder);
    }

    void clone(String from, String to) throws IOException {
        refuseExisting(to);
        long bytes = bytes(from);
        layer(folder.resolve(to + Layers.SUFFIX), to, bytes, freeze(from));
    }

    void revert(String from, String to) throws IOException {
        merges.stop(folder, to);
        long bytes = bytes(from);
        String below = freeze(from);
        layer(Layers.next(folder, to), to, bytes, below);
        coalescer.collect();
    }

    void resize(String location, long bytes) throws IOException {
        Path leaf = mine(location);
        List<Integer> domains = live.writers(location, leaf);
        if (!domains.isEmpty()) {
            try {
                domains.forEach(domid -> live.images().resize(domid, leaf, bytes));
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
        return unused(location);
    }

    /** New contents that hold the whole disk. */
    Stage stage(String location, long bytes) throws IOException {
        Path part = part(location);
        Files.deleteIfExists(part);
        Qcow2Image.create(part, bytes, null);
        return new PartImage(location, part);
    }

    /** New contents that begin as the present ones: an empty layer on them. */
    Stage stageCopy(String location) throws IOException {
        Path part = part(location);
        Files.deleteIfExists(part);
        Qcow2Image.create(part, bytes(location), new Backing(Layers.name(unused(location)), Format.QCOW2));
        return new PartImage(location, part);
    }

    private final class PartImage implements Stage {
        private final String location;
        private final Path part;

        PartImage(String location, Path part) {
            this.location = location;
            this.part = part;
        }

        @Override
        public Image open() throws IOException {
            return Qcow2Image.open(part, true);
        }

        @Override
        public Optional<Path> raw() {
            return Optional.empty();
        }

        @Override
        public void take() throws IOException {
            merges.stop(folder, location);
            SafeFile.replace(part, Layers.next(folder, location));
            coalescer.collect();
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(part);
        }
    }

    private Path base(String location) {
        return folder.resolve(location + Layers.BASE);
    }

    void keepBase(String location) throws IOException {
        layer(base(location), location, bytes(location), freeze(location));
    }

    void reset(String location, long bytes) throws IOException {
        merges.stop(folder, location);
        Backing below = Qcow2Image.info(base(location)).backing();
        if (below == null) {
            throw new IOException(base(location) + " has no backing file");
        }
        layer(Layers.next(folder, location), location, bytes, below.name());
        coalescer.collect();
    }

    void dropBase(String location) throws IOException {
        Files.deleteIfExists(base(location));
        coalescer.collect();
    }

    /** Removes a volume; layers that other volumes need stay. Returns whether all its files are gone. */
    boolean discard(String location) throws IOException {
        merges.stop(folder, location);
        Files.deleteIfExists(base(location));
        Path gone = folder.resolve(location + Layers.GONE);
        TreeMap<Integer, Path> layers = Layers.numbers(folder, location);
        if (layers.isEmpty()) {
            Files.deleteIfExists(gone);
            return true;
        }
        // The lowest layer is the last that is removed, so a second name of it keeps no space taken.
        VolumeFiles.mark(gone, layers.firstEntry().getValue());
        coalescer.collect();
        return Layers.numbers(folder, location).isEmpty();
    }

    /** Removes kept contents of disks that do not reset, and layers that no volume needs any more. */
    void tidy(Predicate<String> resets) throws IOException {
        for (Path base : Layers.files(folder, "", Layers.BASE)) {
            String name = Layers.name(base);
            if (!resets.test(name.substring(0, name.length() - Layers.BASE.length()))) {
                Files.deleteIfExists(base);
            }
        }
        coalescer.collect();
    }
}
