package org.jxapi.volume;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.store.SafeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thin volumes of a volume group. {@code jxapi-disk.X} is a volume, {@code jxapi-part.X} holds contents that are not
 * complete, and {@code jxapi-base.X} those that a disk with {@code on_boot=reset} starts from.
 *
 * <p>Tags of LVM are the marks, and each comes or goes together with one change of the group. A volume has
 * {@link ThinNames#PENDING} from the moment that it is made.
 *
 * <p>New contents take the place of the old ones by two changes of names. {@code jxapi-old.X} is the volume until
 * {@code jxapi-disk.X} is there again, and nothing is removed before. Earlier versions marked a complete part with
 * {@link ThinNames#COMPLETE}, which then is the volume.
 */
final class ThinVolumes extends TrackedRepository {
    private static final Logger LOG = LoggerFactory.getLogger(ThinVolumes.class);
    private final VolumeGroup group;
    private final ThinPool pool;
    private final GroupDevices devices;
    private final ThinChanges changes;
    private final ImageTracking tracking;
    private final long extent;

    /**
     * @param turns turns at the pools of all groups
     * @param extent the unit of the sizes of a new group, in bytes
     */
    ThinVolumes(VolumeGroup group, GroupDevices devices, Turns turns, long extent) {
        this.group = group;
        this.pool = new ThinPool(group, turns);
        this.devices = devices;
        this.changes = new ThinChanges(group, pool);
        this.tracking = new ImageTracking(new ThinLogs(group), changes);
        this.extent = extent;
    }

    @Override
    ImageTracking tracking() {
        return tracking;
    }

    @Override
    public String place() {
        return devices.place();
    }

    @Override
    public void create() {
        List<Path> free = devices.prepare();
        devices.keepIfDone(SmFailure.LVM_CREATE, () -> group.create(free, extent));
    }

    @Override
    public void attach() {
        devices.connect();
        devices.keepIfDone(SmFailure.DEVICE_MOUNT, () -> {
            if (!group.hasPool()) {
                throw SmFailure.SR_UNAVAILABLE.error(
                        "no volume group " + group.name() + " with the pool " + VolumeGroup.POOL + " on " + place());
            }
            if (devices.remote()) {
                HostClaim.ofThisHost(group).take();
            }
            activate();
        });
    }

    /**
     * A volume that LVM knows and its pool does not, as a power cut may leave one that was being made, gets no device. The others
     * can be used, and {@link #tidy} removes what has no meaning.
     */
    private void activate() throws IOException {
        try {
            group.activate(true);
        } catch (IOException e) {
            Set<String> all = new TreeSet<>(group.report().keySet());
            all.removeIf(volume -> !ThinNames.isOurs(volume));
            Set<String> lost = new TreeSet<>(all);
            lost.removeIf(volume -> Files.exists(group.device(volume)));
            if (lost.containsAll(all)) {
                throw e;
            }
            LOG.error("Volume group {}: no device of {}: {}", group.name(), lost, e.getMessage());
        }
    }

    @Override
    public void detach() {
        try {
            group.activate(false);
            if (devices.remote()) {
                HostClaim.ofThisHost(group).release();
            }
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
            if (!group.hasPool()) {
                return;
            }
            if (devices.remote()) {
                // Another host may have it in use, which no look at this host shows.
                HostClaim.ofThisHost(group).take();
            }
            Set<String> others = new TreeSet<>(group.report().keySet());
            others.remove(VolumeGroup.POOL);
            if (others.isEmpty()) {
                group.remove();
            } else if (others.stream().noneMatch(ThinNames::isOurs)) {
                group.remove(Set.of(VolumeGroup.POOL));
                LOG.warn("Volume group {}: stays, because others made {}", group.name(), others);
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
            return pool.usage();
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public List<Volume> volumes() {
        try {
            Map<String, LogicalVolume> report = group.report();
            Map<String, Long> taken = pool.taken();
            List<Volume> volumes = new ArrayList<>();
            for (LogicalVolume volume : report.values()) {
                String location = ThinNames.location(volume, report);
                if (!location.isEmpty()) {
                    long bytes = taken.getOrDefault(volume.name(), 0L);
                    volumes.add(new Volume(location, path(location), volume.bytes(), bytes, Map.of()));
                }
            }
            volumes.sort(Comparator.comparing(Volume::location));
            return volumes;
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public boolean names(String location) {
        return ThinNames.isLocation(location);
    }

    @Override
    public boolean holds(String location) {
        try {
            return changes.holds(location);
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public Path path(String location) {
        return group.device(ThinNames.DISK + location);
    }

    @Override
    public long bytes(String location) throws IOException {
        try (FileChannel device = FileChannel.open(path(location), StandardOpenOption.READ)) {
            return device.size();
        }
    }

    @Override
    public long taken(String location) throws IOException {
        return pool.taken(ThinNames.DISK + location);
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return Map.of();
    }

    /** A volume that is not there yet gets its mark when it is made. */
    @Override
    public void begin(String location) throws IOException {
        if (holds(location)) {
            group.tag(ThinNames.DISK + location, ThinNames.PENDING);
        }
    }

    @Override
    public boolean pending(String location) {
        return !pending(Set.of(location)).isEmpty();
    }

    /** One report for all: each costs a program that reads the metadata of all groups. */
    @Override
    public Set<String> pending(Set<String> locations) {
        try {
            Map<String, LogicalVolume> report = group.report();
            return locations.stream()
                    .filter(location -> {
                        LogicalVolume volume = report.get(ThinNames.DISK + location);
                        return volume != null && volume.tags().contains(ThinNames.PENDING);
                    })
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public void keep(String location) {
        try {
            group.untag(ThinNames.DISK + location, ThinNames.PENDING);
        } catch (IOException e) {
            LOG.warn("Disk {}: keeps its mark until the next start: {}", location, e.getMessage());
        }
    }

    /** The log goes first: the volume has the mark. A full pool has room for the logs of others only after the volume is gone. */
    @Override
    public void discard(String location) throws IOException {
        try {
            tracking.remove(location);
        } catch (IOException e) {
            LOG.info("Disk {}: its log goes after its volume: {}", location, e.getMessage());
        }
        removeVolumes(location);
        tracking.remove(location);
    }

    @Override
    public void discardData(String location) throws IOException {
        removeVolumes(location);
        tracking.tidy();
    }

    private void removeVolumes(String location) throws IOException {
        Set<String> there = new TreeSet<>(Set.of(
                ThinNames.PART + location,
                ThinNames.BASE + location,
                ThinNames.OLD + location,
                ThinNames.DISK + location));
        there.retainAll(group.report().keySet());
        if (!there.isEmpty()) {
            group.remove(there);
        }
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        group.create(ThinNames.DISK + location, bytes, ThinNames.PENDING);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        group.snapshot(ThinNames.DISK + from, ThinNames.DISK + to, ThinNames.PENDING);
        return true;
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        try (Part part =
                part(to, () -> group.snapshot(ThinNames.DISK + from, ThinNames.PART + to, ThinNames.PART_TAG))) {
            part.take();
        }
        return true;
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        resizeVolume(ThinNames.DISK + location, bytes);
    }

    private void resizeVolume(String volume, long bytes) throws IOException {
        LogicalVolume now = group.report().get(volume);
        if (now == null) {
            throw new NoSuchFileException(group.device(volume).toString());
        }
        if (bytes < now.bytes()) {
            throw new IOException(
                    group.device(volume) + " has " + now.bytes() + " bytes already, and cannot shrink to " + bytes);
        }
        if (bytes > now.bytes()) {
            group.extend(volume, bytes);
        }
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        return openVolume(ThinNames.DISK + location, write);
    }

    private Image openVolume(String volume, boolean write) throws IOException {
        Path device = group.device(volume);
        if (!Files.exists(device)) {
            // A file of that name must not be made.
            throw new NoSuchFileException(device.toString());
        }
        group.lvm().forgetCached(device);
        LogicalVolume reported = group.report().get(volume);
        if (reported == null) {
            throw new NoSuchFileException(device.toString());
        }
        return new ThinImage(RawImage.open(device, write), pool.mapped(reported), write);
    }

    @Override
    public Differences differences(String location, String base) throws IOException {
        Map<String, LogicalVolume> report = group.report();
        LogicalVolume one = report.get(ThinNames.DISK + location);
        LogicalVolume other = report.get(ThinNames.DISK + base);
        if (one == null || other == null) {
            throw new NoSuchFileException(path(one == null ? location : base).toString());
        }
        MappedRanges differing = new MappedRanges();
        pool.compare(one, other, differing::add);
        return Differences.of(open(location, false), () -> open(base, false), differing.same());
    }

    /** No file is copied as a whole: the kernel knows no holes of a device. */
    @Override
    public Optional<Path> raw(String location) {
        return Optional.empty();
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return new GuestDisk(path(location), DiskFormat.RAW, DiskBackend.PHY);
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        return part(location, () -> group.create(ThinNames.PART + location, bytes, ThinNames.PART_TAG));
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        return part(
                location,
                () -> group.snapshot(ThinNames.DISK + location, ThinNames.PART + location, ThinNames.PART_TAG));
    }

    /** The way to make a logical volume. */
    private interface Maker {
        void make() throws IOException;
    }

    private Part part(String location, Maker maker) throws IOException {
        group.removeIfThere(ThinNames.PART + location);
        maker.make();
        return new Part(location);
    }

    /** New contents in a logical volume of their own. */
    private final class Part implements Stage {
        private final String location;
        private boolean taken;

        Part(String location) {
            this.location = location;
        }

        @Override
        public Image open() throws IOException {
            return openVolume(ThinNames.PART + location, true);
        }

        @Override
        public Optional<Path> raw() {
            return Optional.empty();
        }

        @Override
        public void take() throws IOException {
            SafeFile.sync(group.device(ThinNames.PART + location));
            replace(location);
            taken = true;
            removeOld(location);
        }

        @Override
        public void close() throws IOException {
            if (!taken) {
                group.removeIfThere(ThinNames.PART + location);
            }
        }
    }

    /** Puts a part in the place of the old contents, which get another name. If it fails, the volume is the old one. */
    private void replace(String location) throws IOException {
        String disk = ThinNames.DISK + location;
        group.removeIfThere(ThinNames.OLD + location);
        group.rename(disk, ThinNames.OLD + location);
        try {
            group.rename(ThinNames.PART + location, disk);
        } catch (IOException e) {
            try {
                group.rename(ThinNames.OLD + location, disk);
            } catch (IOException again) {
                e.addSuppressed(again);
                LOG.error("Disk {}: has the name {} until the next scan", location, ThinNames.OLD + location, e);
            }
            throw e;
        }
    }

    /** The new contents are in place, so old ones that stay are only a waste of space until the next scan. */
    private void removeOld(String location) {
        try {
            group.removeIfThere(ThinNames.OLD + location);
        } catch (IOException e) {
            LOG.warn("Disk {}: its old contents stay until the next scan: {}", location, e.getMessage());
        }
    }

    /** Ends what a stop, or a failure of LVM, has interrupted while contents took the place of others. */
    private void settleNames(Predicate<String> free) throws IOException {
        for (LogicalVolume volume : group.report().values()) {
            String name = volume.name();
            if (ThinNames.isComplete(volume) && free.test(name.substring(ThinNames.PART.length()))) {
                String disk = ThinNames.DISK + name.substring(ThinNames.PART.length());
                group.removeIfThere(disk);
                group.rename(name, disk);
            } else if (name.startsWith(ThinNames.OLD) && free.test(name.substring(ThinNames.OLD.length()))) {
                String disk = ThinNames.DISK + name.substring(ThinNames.OLD.length());
                Set<String> now = group.report().keySet();
                if (!now.contains(name)) {
                    LOG.debug("Volume {}: removed meanwhile", name);
                } else if (now.contains(disk)) {
                    group.remove(Set.of(name));
                } else {
                    group.rename(name, disk);
                }
            }
        }
    }

    /** Earlier contents that were kept are of no use any more: the disk did not reset. */
    @Override
    public void keepBase(String location) throws IOException {
        group.removeIfThere(ThinNames.BASE + location);
        group.snapshot(ThinNames.DISK + location, ThinNames.BASE + location, ThinNames.BASE_TAG);
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        try (Part part = part(
                location,
                () -> group.snapshot(ThinNames.BASE + location, ThinNames.PART + location, ThinNames.PART_TAG))) {
            resizeVolume(ThinNames.PART + location, bytes);
            part.take();
        }
    }

    @Override
    public void dropBase(String location) throws IOException {
        group.removeIfThere(ThinNames.BASE + location);
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        settleNames(free);
        for (LogicalVolume volume : group.report().values()) {
            String name = volume.name();
            if (name.startsWith(ThinNames.DISK) && volume.tags().contains(ThinNames.PENDING)) {
                String location = name.substring(ThinNames.DISK.length());
                if (!free.test(location)) {
                    continue;
                }
                if (rows.test(location)) {
                    keep(location);
                } else {
                    LOG.warn("Disk {}: incomplete at the last stop, its volume is removed", location);
                    discard(location);
                }
            } else if (name.startsWith(ThinNames.PART) && free.test(name.substring(ThinNames.PART.length()))
                    || name.startsWith(ThinNames.BASE)
                            && RawFolder.isFreeBase(name.substring(ThinNames.BASE.length()), free, resets)) {
                group.removeIfThere(name);
            }
        }
        tracking.tidy();
    }
}
