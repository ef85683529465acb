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
import java.util.regex.Pattern;
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
 * {@link #PENDING} from the moment that it is made. A part with {@link #COMPLETE} is the volume: the old one, if it is
 * still there, only waits to be removed.
 */
final class ThinVolumes implements Repository {
    private static final Logger LOG = LoggerFactory.getLogger(ThinVolumes.class);
    static final String PENDING = "jxapi-pending";
    static final String COMPLETE = "jxapi-complete";
    private static final String PART_TAG = "jxapi-part";
    private static final String BASE_TAG = "jxapi-base";
    private static final String DISK = "jxapi-disk.";
    private static final String PART = "jxapi-part.";
    private static final String BASE = "jxapi-base.";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*");
    /** The device mapper allows names of 127 bytes, in which hyphens are doubled. The group's name takes half of them. */
    private static final int LONGEST = 56;

    private final VolumeGroup group;
    private final ThinPool pool;
    private final GroupDevices devices;
    private final Turns turns;
    private final long extent;

    /**
     * @param turns turns at the pools of all groups
     * @param extent the unit of the sizes of a new group, in bytes
     */
    ThinVolumes(VolumeGroup group, GroupDevices devices, Turns turns, long extent) {
        this.group = group;
        this.pool = new ThinPool(group);
        this.devices = devices;
        this.turns = turns;
        this.extent = extent;
    }

    @Override
    public String place() {
        return devices.place();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public boolean readOnly() {
        return false;
    }

    @Override
    public void create() {
        List<Path> free = devices.prepare();
        try {
            group.create(free, extent);
        } catch (IOException e) {
            throw SmFailure.LVM_CREATE.error(e);
        }
    }

    @Override
    public void attach() {
        devices.connect();
        try {
            if (!group.hasPool()) {
                throw SmFailure.SR_UNAVAILABLE.error(
                        "no volume group " + group.name() + " with the pool " + VolumeGroup.POOL + " on " + place());
            }
            group.activate(true);
        } catch (IOException e) {
            throw SmFailure.DEVICE_MOUNT.error(e);
        }
    }

    @Override
    public void detach() {
        try {
            group.activate(false);
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
            Set<String> others = new TreeSet<>(group.report().keySet());
            others.remove(VolumeGroup.POOL);
            if (others.isEmpty()) {
                group.remove();
            } else if (others.stream().noneMatch(ThinVolumes::isOurs)) {
                group.remove(Set.of(VolumeGroup.POOL));
                LOG.warn("Volume group {}: stays, because others made {}", group.name(), others);
            }
        } catch (IOException e) {
            throw SmFailure.LVM_DELETE.error(e);
        } finally {
            devices.disconnect();
        }
    }

    private static boolean isOurs(String volume) {
        return volume.startsWith(DISK) || volume.startsWith(PART) || volume.startsWith(BASE);
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
                String location = location(volume, report);
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

    /** The location of which this is the volume; empty for other logical volumes. */
    private static String location(LogicalVolume volume, Map<String, LogicalVolume> report) {
        if (isComplete(volume)) {
            return volume.name().substring(PART.length());
        }
        if (!volume.name().startsWith(DISK)) {
            return "";
        }
        String location = volume.name().substring(DISK.length());
        LogicalVolume part = report.get(PART + location);
        return part != null && isComplete(part) ? "" : location;
    }

    private static boolean isComplete(LogicalVolume volume) {
        return volume.name().startsWith(PART) && volume.tags().contains(COMPLETE);
    }

    @Override
    public boolean names(String location) {
        return NAME.matcher(location).matches() && location.replace("-", "--").length() <= LONGEST;
    }

    @Override
    public boolean holds(String location) {
        return Files.exists(path(location))
                || volumes().stream().anyMatch(volume -> volume.location().equals(location));
    }

    @Override
    public Path path(String location) {
        return group.device(DISK + location);
    }

    @Override
    public long bytes(String location) throws IOException {
        try (FileChannel device = FileChannel.open(path(location), StandardOpenOption.READ)) {
            return device.size();
        }
    }

    @Override
    public long taken(String location) throws IOException {
        return pool.taken(DISK + location);
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return Map.of();
    }

    /** A volume that is not there yet gets its mark when it is made. */
    @Override
    public void begin(String location) throws IOException {
        if (holds(location)) {
            group.tag(DISK + location, PENDING);
        }
    }

    @Override
    public boolean pending(String location) {
        try {
            LogicalVolume volume = group.report().get(DISK + location);
            return volume != null && volume.tags().contains(PENDING);
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public void keep(String location) {
        try {
            group.untag(DISK + location, PENDING);
        } catch (IOException e) {
            LOG.warn("Disk {}: keeps its mark until the next start: {}", location, e.getMessage());
        }
    }

    @Override
    public void discard(String location) throws IOException {
        Set<String> there = new TreeSet<>(Set.of(PART + location, BASE + location, DISK + location));
        there.retainAll(group.report().keySet());
        if (!there.isEmpty()) {
            group.remove(there);
        }
    }

    private void removeIfThere(String volume) throws IOException {
        if (group.report().containsKey(volume)) {
            group.remove(Set.of(volume));
        }
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        group.create(DISK + location, bytes, PENDING);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        group.snapshot(DISK + from, DISK + to, PENDING);
        return true;
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        try (Part part = part(to, () -> group.snapshot(DISK + from, PART + to, PART_TAG))) {
            part.take();
        }
        return true;
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        resizeVolume(DISK + location, bytes);
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
        return openVolume(DISK + location, write);
    }

    private Image openVolume(String volume, boolean write) throws IOException {
        Path device = group.device(volume);
        if (!Files.exists(device)) {
            // A file of that name must not be made.
            throw new NoSuchFileException(device.toString());
        }
        group.lvm().forgetCached(device);
        MappedRanges data = turns.take(device.resolveSibling(VolumeGroup.POOL), () -> {
            LogicalVolume reported = group.report().get(volume);
            if (reported == null) {
                throw new NoSuchFileException(device.toString());
            }
            return pool.mapped(reported);
        });
        return new ThinImage(RawImage.open(device, write), data, write);
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
        return part(location, () -> group.create(PART + location, bytes, PART_TAG));
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        return part(location, () -> group.snapshot(DISK + location, PART + location, PART_TAG));
    }

    /** The way to make a logical volume. */
    private interface Maker {
        void make() throws IOException;
    }

    private Part part(String location, Maker maker) throws IOException {
        removeIfThere(PART + location);
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
            return openVolume(PART + location, true);
        }

        @Override
        public Optional<Path> raw() {
            return Optional.empty();
        }

        @Override
        public void take() throws IOException {
            SafeFile.sync(group.device(PART + location));
            group.tag(PART + location, COMPLETE);
            taken = true;
            finish(location);
        }

        @Override
        public void close() throws IOException {
            if (!taken) {
                removeIfThere(PART + location);
            }
        }
    }

    /** Puts a complete part in the place of the old contents. */
    private void finish(String location) throws IOException {
        removeIfThere(DISK + location);
        group.rename(PART + location, DISK + location);
    }

    /** Earlier contents that were kept are of no use any more: the disk did not reset. */
    @Override
    public void keepBase(String location) throws IOException {
        removeIfThere(BASE + location);
        group.snapshot(DISK + location, BASE + location, BASE_TAG);
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        try (Part part = part(location, () -> group.snapshot(BASE + location, PART + location, PART_TAG))) {
            resizeVolume(PART + location, bytes);
            part.take();
        }
    }

    @Override
    public void dropBase(String location) throws IOException {
        removeIfThere(BASE + location);
    }

    @Override
    public void tidy(Predicate<String> rows, Predicate<String> resets) throws IOException {
        for (LogicalVolume volume : group.report().values()) {
            if (isComplete(volume)) {
                finish(volume.name().substring(PART.length()));
            }
        }
        for (LogicalVolume volume : group.report().values()) {
            String name = volume.name();
            if (name.startsWith(DISK) && volume.tags().contains(PENDING)) {
                String location = name.substring(DISK.length());
                if (rows.test(location)) {
                    keep(location);
                } else {
                    LOG.warn("Disk {}: incomplete at the last stop, its volume is removed", location);
                    discard(location);
                }
            } else if (name.startsWith(PART) || name.startsWith(BASE) && !resets.test(name.substring(BASE.length()))) {
                removeIfThere(name);
            }
        }
    }
}
