package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disks as chains of qcow2 images in logical volumes, so that several hosts can use one volume group. The volume of a disk has
 * room for all its data. The layers behind it have the room that they need.
 */
final class LayerVolumes extends ChainedRepository {
    private static final Logger LOG = LoggerFactory.getLogger(LayerVolumes.class);

    private final LinearVolumes volumes;
    private final GroupDevices devices;
    private final LeaseTag lease;
    private final LayerGroup store;
    private final Qcow2Volumes qcow2;
    private final ImageTracking tracking;
    private final long extent;

    /**
     * @param folder for the links to the volumes
     * @param extent the unit of the sizes of a new group, in bytes
     * @param sr the UUID of the repository
     */
    LayerVolumes(
            LinearVolumes volumes,
            GroupDevices devices,
            Path folder,
            long extent,
            String sr,
            LiveDisks live,
            Merges merges) {
        this.volumes = volumes;
        this.devices = devices;
        this.lease = new LeaseTag(volumes);
        this.extent = extent;
        this.store = new LayerGroup(volumes, folder, extent);
        this.qcow2 = new Qcow2Volumes(store, sr, live, merges);
        this.tracking = new ImageTracking(store, new TrackedLayers(qcow2, new Images()));
    }

    /** Volumes with plain contents, whose changes nothing can tell. */
    private final class Images implements TrackedImages {
        @Override
        public boolean holds(String location) throws IOException {
            return store.has(location + RawFolder.SUFFIX);
        }

        @Override
        public long bytes(String location) throws IOException {
            return LayerVolumes.this.bytes(location);
        }

        @Override
        public Optional<String> keep(String location) {
            return Optional.empty();
        }

        @Override
        public ChangedBlocks since(String location, String kept) throws IOException {
            return ChangedBlocks.all(bytes(location));
        }

        @Override
        public void keepOnly(Set<String> names) {
            // None are kept.
        }
    }

    @Override
    Qcow2Volumes qcow2() {
        return qcow2;
    }

    @Override
    Leased leased() {
        return lease;
    }

    @Override
    ImageTracking tracking() {
        return tracking;
    }

    @Override
    void begins() {
        store.look();
    }

    @Override
    public String place() {
        return devices.place();
    }

    @Override
    public void create() {
        List<Path> free = devices.prepare();
        devices.keepIfDone(SmFailure.LVM_CREATE, () -> volumes.createGroup(free, extent));
    }

    @Override
    public void attach() {
        devices.connect();
        devices.keepIfDone(SmFailure.DEVICE_MOUNT, () -> {
            if (!volumes.group().hasLayers()) {
                throw SmFailure.SR_UNAVAILABLE.error(
                        "no volume group " + volumes.group().name() + " of layers on " + place());
            }
            begins();
            store.collect();
        });
    }

    @Override
    public void detach() {
        try {
            qcow2.rest();
            begins();
            store.forgetRemoved();
            volumes.group().activate(false);
            store.unlink();
        } catch (IOException e) {
            throw SmFailure.LVM_UNMOUNT.error(e);
        }
        devices.disconnect();
    }

    /** Logical volumes that others made keep the group in existence. */
    @Override
    public void destroy() {
        devices.connect();
        try {
            if (!volumes.group().hasLayers()) {
                return;
            }
            begins();
            store.collect();
            Set<String> left = volumes.report().keySet();
            if (left.isEmpty()) {
                volumes.group().remove();
            } else {
                LOG.warn(
                        "Volume group {}: stays, because it has {}",
                        volumes.group().name(),
                        left);
            }
        } catch (IOException e) {
            throw SmFailure.LVM_DELETE.error(e);
        } finally {
            devices.disconnect();
        }
    }

    @Override
    public Usage usage() {
        try {
            long size = volumes.group().bytes();
            return new Usage(size, size - volumes.free());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public List<Volume> volumes() {
        try {
            begins();
            Map<String, Volume> all = new TreeMap<>();
            for (String name : store.names("", RawFolder.SUFFIX)) {
                Path path = store.path(name);
                String location = name.substring(0, name.length() - RawFolder.SUFFIX.length());
                long bytes = RawImage.size(path);
                all.put(location, new Volume(location, path, bytes, bytes, Map.of()));
            }
            qcow2.volumes().forEach(volume -> all.put(volume.location(), volume));
            return List.copyOf(all.values());
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    /** Tags of LVM have no other characters than these. */
    @Override
    public boolean names(String location) {
        return ThinNames.isLocation(location) && Layers.names(location);
    }

    @Override
    public boolean holds(String location) {
        try {
            begins();
            return qcow2.holds(location) || store.has(location + RawFolder.SUFFIX);
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public Path path(String location) {
        try {
            begins();
            return qcow2.leaf(location).orElseGet(() -> store.path(location + RawFolder.SUFFIX));
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public long bytes(String location) throws IOException {
        return isQcow2(location) ? qcow2.bytes(location) : RawImage.size(store.path(location + RawFolder.SUFFIX));
    }

    @Override
    public long taken(String location) throws IOException {
        Path path = path(location);
        return Optional.ofNullable(store.taken(List.of(path)).get(path))
                .orElseThrow(() -> new NoSuchFileException(path.toString()));
    }

    @Override
    public void begin(String location) throws IOException {
        store.mark(location + RawFolder.PENDING, "");
    }

    @Override
    public boolean pending(String location) {
        return pending(Set.of(location)).contains(location);
    }

    @Override
    public Set<String> pending(Set<String> locations) {
        try {
            return pendingLocations().stream().filter(locations::contains).collect(Collectors.toSet());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    private List<String> pendingLocations() throws IOException {
        begins();
        return store.names("", RawFolder.PENDING).stream()
                .map(name -> name.substring(0, name.length() - RawFolder.PENDING.length()))
                .toList();
    }

    @Override
    public void keep(String location) {
        try {
            store.remove(location + RawFolder.PENDING);
        } catch (IOException e) {
            LOG.warn("Disk {}: keeps its mark until the next start: {}", location, e.getMessage());
        }
    }

    @Override
    public void discard(String location) throws IOException {
        discardImages(location);
        tracking.remove(location);
        keep(location);
    }

    private void discardImages(String location) throws IOException {
        begins();
        qcow2.discard(location);
        store.remove(location + RawFolder.SUFFIX);
    }

    @Override
    public void discardData(String location) throws IOException {
        discardImages(location);
        tracking.tidy();
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        begins();
        if (!plain) {
            qcow2.create(location, bytes);
            return;
        }
        if (holds(location)) {
            throw new FileAlreadyExistsException(path(location).toString());
        }
        store.createZeros(location + RawFolder.SUFFIX, location + RawFolder.PART, bytes);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        if (!isQcow2(from)) {
            if (!holds(from)) {
                throw new NoSuchFileException(path(from).toString());
            }
            return false;
        }
        qcow2.clone(from, to);
        return true;
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        if (!isQcow2(from) || !isChain(to)) {
            return false;
        }
        qcow2.revert(from, to);
        return true;
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        if (isQcow2(location)) {
            qcow2.resize(location, bytes);
        } else {
            store.enlargeZeros(location + RawFolder.SUFFIX, bytes);
        }
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        return isQcow2(location) ? qcow2.open(location, write) : store.openRaw(location + RawFolder.SUFFIX, write);
    }

    @Override
    public Differences differences(String location, String base) throws IOException {
        return isQcow2(location) && isChain(base)
                ? qcow2.differences(location, base)
                : super.differences(location, base);
    }

    /** No volume is copied as a whole: the kernel knows no holes of a device. */
    @Override
    public Optional<Path> raw(String location) {
        return Optional.empty();
    }

    @Override
    public GuestDisk guestDisk(String location) {
        try {
            return isQcow2(location)
                    ? new GuestDisk(qcow2.forGuest(location), DiskFormat.QCOW2, DiskBackend.QDISK)
                    : new GuestDisk(store.readyRaw(location + RawFolder.SUFFIX), DiskFormat.RAW, DiskBackend.PHY);
        } catch (IOException e) {
            throw SmFailure.VDI_UNAVAILABLE.error(e);
        }
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        requireQcow2(location);
        return qcow2.stage(location, bytes);
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        requireQcow2(location);
        return qcow2.stageCopy(location);
    }

    @Override
    public void keepBase(String location) throws IOException {
        requireQcow2(location);
        qcow2.keepBase(location);
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        requireQcow2(location);
        qcow2.reset(location, bytes);
    }

    private void requireQcow2(String location) throws IOException {
        if (!isQcow2(location)) {
            throw new IOException("volume " + location + " in " + place() + " is raw, and has no layers");
        }
    }

    @Override
    public void dropBase(String location) throws IOException {
        begins();
        qcow2.dropBase(location);
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        for (String location : pendingLocations()) {
            if (!free.test(location)) {
                continue;
            }
            if (rows.test(location)) {
                keep(location);
            } else {
                LOG.warn("Disk {}: incomplete at the last stop, its volumes are removed", location);
                discard(location);
            }
        }
        for (String part : store.names("", RawFolder.PART)) {
            String name = part.substring(0, part.length() - RawFolder.PART.length());
            if (free.test(LayerFiles.diskOfPart(name))) {
                store.remove(part);
            }
        }
        qcow2.tidy(free, resets);
        tracking.tidy();
        store.collect();
    }
}
