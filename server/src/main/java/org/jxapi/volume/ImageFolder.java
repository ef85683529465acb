package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;

/**
 * A folder of images. New disks are raw where the file system shares blocks between files, so that a snapshot is a copy
 * that takes no time and no space. Elsewhere they are qcow2, whose snapshots are layers. A volume keeps its format.
 */
final class ImageFolder extends ChainedRepository {
    private final RawFolder raw;
    private final Qcow2Volumes qcow2;
    private final ImageTracking tracking;
    private final LeaseFile lease;
    private final String preferred;

    /**
     * @param sr the UUID of the repository
     * @param preferred the formats of new disks, the best first, separated by commas; empty for the choice above
     */
    ImageFolder(Path folder, String sr, String preferred, LiveDisks live, Merges merges) {
        this.raw = new RawFolder(folder);
        LayerStore store = new LayerFolder(folder);
        this.qcow2 = new Qcow2Volumes(store, sr, live, merges);
        this.tracking = new ImageTracking(store, new TrackedLayers(qcow2, new RawChanges(raw)));
        this.lease = new LeaseFile(folder);
        this.preferred = preferred.toLowerCase(Locale.ROOT);
    }

    @Override
    public String place() {
        return raw.place();
    }

    @Override
    public Optional<Path> folder() {
        return raw.folder();
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
    public void create() {
        raw.create();
    }

    @Override
    public void attach() {
        raw.attach();
    }

    @Override
    public void detach() {
        try {
            qcow2.rest();
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
        raw.detach();
    }

    @Override
    public void destroy() {
        raw.destroy();
    }

    @Override
    public Usage usage() {
        return raw.usage();
    }

    @Override
    public List<Volume> volumes() {
        Map<String, Volume> all = new TreeMap<>();
        raw.volumes().forEach(volume -> all.put(volume.location(), volume));
        try {
            // An image may be there in both formats after a manual conversion. Every other method prefers the qcow2
            // image, too.
            qcow2.volumes().forEach(volume -> all.put(volume.location(), volume));
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
        return List.copyOf(all.values());
    }

    @Override
    public boolean names(String location) {
        return raw.names(location) && Layers.names(location);
    }

    @Override
    public boolean holds(String location) {
        return raw.holds(location) || isQcow2(location);
    }

    @Override
    public Path path(String location) {
        try {
            return qcow2.leaf(location).orElseGet(() -> raw.path(location));
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    @Override
    public long bytes(String location) throws IOException {
        return isQcow2(location) ? qcow2.bytes(location) : raw.bytes(location);
    }

    @Override
    public long taken(String location) throws IOException {
        return VolumeFiles.taken(path(location));
    }

    @Override
    public void begin(String location) throws IOException {
        raw.begin(location, path(location));
    }

    @Override
    public boolean pending(String location) {
        return raw.pending(location);
    }

    @Override
    public void keep(String location) {
        raw.keep(location);
    }

    @Override
    public void settle(String location) throws IOException {
        raw.settle(location);
    }

    @Override
    public void discard(String location) throws IOException {
        qcow2.discard(location);
        raw.remove(location);
        // On a full file system there is room for logs now.
        tracking.remove(location);
        raw.keep(location);
    }

    @Override
    public void discardData(String location) throws IOException {
        qcow2.discard(location);
        raw.remove(location);
        tracking.tidy();
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        if (plain || prefersRaw(location)) {
            raw.create(location, bytes, plain);
        } else {
            qcow2.create(location, bytes);
        }
    }

    @Override
    public boolean adopt(String location, Path file, boolean qcow2) throws IOException {
        Path volume = qcow2 ? raw.path(location).resolveSibling(location + Layers.SUFFIX) : raw.path(location);
        if (!Files.getFileStore(file).equals(Files.getFileStore(volume.resolveSibling(".")))) {
            return false;
        }
        try {
            Files.createLink(volume, file);
        } catch (FileSystemException e) {
            // Two mounts of one file system, for example.
            return false;
        }
        VolumeFiles.syncFolder(volume);
        return true;
    }

    private boolean prefersRaw(String location) throws IOException {
        for (String format : preferred.split(",")) {
            switch (format.strip()) {
                case "raw" -> {
                    return true;
                }
                case "qcow2" -> {
                    return false;
                }
                default -> {
                    // A format that is not offered, such as XenServer's vhd, is passed over.
                }
            }
        }
        return raw.sharesBlocks(location);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        if (!isQcow2(from)) {
            return raw.clone(from, to);
        }
        qcow2.clone(from, to);
        return true;
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        if (isQcow2(from) && isChain(to)) {
            qcow2.revert(from, to);
            return true;
        }
        return !isQcow2(from) && !isQcow2(to) && raw.revert(from, to);
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        if (isQcow2(location)) {
            qcow2.resize(location, bytes);
        } else {
            raw.resize(location, bytes);
        }
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        return isQcow2(location) ? qcow2.open(location, write) : raw.open(location, write);
    }

    @Override
    public Differences differences(String location, String base) throws IOException {
        if (isQcow2(location) != isQcow2(base)) {
            return super.differences(location, base);
        }
        return isQcow2(location) ? qcow2.differences(location, base) : raw.differences(location, base);
    }

    @Override
    public Optional<Path> raw(String location) {
        return isQcow2(location) ? Optional.empty() : raw.raw(location);
    }

    /** A qcow2 image is served by a QEMU, which can give it layers while the guest runs. */
    @Override
    public GuestDisk guestDisk(String location) {
        try {
            return isQcow2(location)
                    ? new GuestDisk(qcow2.forGuest(location), DiskFormat.QCOW2, DiskBackend.QDISK)
                    : raw.guestDisk(location);
        } catch (IOException e) {
            throw SmFailure.VDI_UNAVAILABLE.error(e);
        }
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        return isQcow2(location) ? qcow2.stage(location, bytes) : raw.stage(location, bytes);
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        return isQcow2(location) ? qcow2.stageCopy(location) : raw.stageCopy(location, progress);
    }

    @Override
    public void keepBase(String location) throws IOException {
        if (isQcow2(location)) {
            qcow2.keepBase(location);
        } else {
            raw.keepBase(location);
        }
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        if (isQcow2(location)) {
            qcow2.reset(location, bytes);
        } else {
            raw.reset(location, bytes);
        }
    }

    @Override
    public void dropBase(String location) throws IOException {
        qcow2.dropBase(location);
        raw.dropBase(location);
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        for (String location : raw.pendingLocations()) {
            if (free.test(location) && !rows.test(location)) {
                qcow2.discard(location);
                raw.remove(location);
                tracking.remove(location);
            }
        }
        raw.tidy(free, rows, resets);
        qcow2.tidy(free, resets);
        tracking.tidy();
    }
}
