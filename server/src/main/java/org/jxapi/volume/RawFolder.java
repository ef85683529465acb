package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.store.SafeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sparse raw images in a folder. {@code X.raw} is a volume. {@code X.jxapi-pending} is its mark, {@code X.jxapi-part}
 * holds contents that are not complete, and {@code X.jxapi-base} those that a disk with {@code on_boot=reset} starts from.
 */
final class RawFolder extends FolderRepository {
    private static final Logger LOG = LoggerFactory.getLogger(RawFolder.class);
    static final String SUFFIX = ".raw";
    static final String PENDING = ".jxapi-pending";
    static final String PART = ".jxapi-part";
    private static final String BASE = ".jxapi-base";

    RawFolder(Path folder) {
        super(folder);
    }

    private Path pendingFile(String location) {
        return folder.resolve(location + PENDING);
    }

    private Path part(String location) {
        return folder.resolve(location + PART);
    }

    private Path base(String location) {
        return folder.resolve(location + BASE);
    }

    @Override
    XenApiException unusable(String why) {
        return SmFailure.FILE_SR_CREATE.error(why);
    }

    @Override
    boolean isVolume(String fileName) {
        return fileName.endsWith(SUFFIX) && fileName.length() > SUFFIX.length();
    }

    @Override
    String location(String fileName) {
        return fileName.substring(0, fileName.length() - SUFFIX.length());
    }

    @Override
    String fileName(String location) {
        return location + SUFFIX;
    }

    /** The files that belong to a volume have longer names than its own. */
    @Override
    public boolean names(String location) {
        return super.names(location) && fits(location + PENDING);
    }

    /** The folder must be new or empty: a repository never takes over files that it did not make. */
    @Override
    public void create() {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectory(folder);
                VolumeFiles.syncFolder(folder);
            } else if (!Files.isDirectory(folder)) {
                throw unusable(folder + " is not a directory");
            } else {
                try (Stream<Path> list = Files.list(folder)) {
                    if (list.findAny().isPresent()) {
                        throw unusable(folder + " is not empty");
                    }
                }
            }
        } catch (IOException e) {
            throw SmFailure.FILE_SR_CREATE.error(e);
        }
    }

    @Override
    public void destroy() {
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // Files that are no disks stay where they are.
        } catch (IOException e) {
            // A file system that an administrator has mounted there stays too.
            if (!isMount()) {
                throw SmFailure.FILE_SR_DELETE.error(e);
            }
        }
    }

    private boolean isMount() {
        try {
            return MountTable.read().at(folder.toRealPath()).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void begin(String location) throws IOException {
        begin(location, path(location));
    }

    /** Marks the location of a volume that has its contents in that file. */
    void begin(String location, Path file) throws IOException {
        VolumeFiles.mark(pendingFile(location), file);
    }

    @Override
    public boolean pending(String location) {
        return Files.exists(pendingFile(location));
    }

    /** The locations with a mark. */
    List<String> pendingLocations() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(PENDING))
                    .map(name -> name.substring(0, name.length() - PENDING.length()))
                    .toList();
        }
    }

    /** Whether the file system can make a file share the blocks of another; tried with the mark of a location. */
    boolean sharesBlocks(String location) throws IOException {
        Path part = part(location);
        boolean shares = VolumeFiles.reflink(pendingFile(location), part);
        Files.deleteIfExists(part);
        return shares;
    }

    @Override
    public void keep(String location) {
        pendingFile(location).toFile().delete();
    }

    @Override
    public void settle(String location) throws IOException {
        super.settle(location);
        SafeFile.sync(folder);
    }

    /** Marks that were removed stay away: the rows of its disks may go before it is attached again. */
    @Override
    public void detach() {
        try {
            SafeFile.sync(folder);
        } catch (IOException e) {
            LOG.warn("Folder {}: detached, but perhaps not all on disk: {}", folder, e.getMessage());
        }
    }

    @Override
    public void discard(String location) throws IOException {
        remove(location);
        keep(location);
    }

    /** Removes a volume; its mark stays. */
    void remove(String location) throws IOException {
        Files.deleteIfExists(part(location));
        Files.deleteIfExists(base(location));
        if (Files.deleteIfExists(path(location))) {
            // The mark outlives the volume, also on disk.
            SafeFile.sync(folder);
        }
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        VolumeFiles.create(path(location), bytes);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        return VolumeFiles.reflink(path(from), path(to));
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        Path part = part(to);
        Files.deleteIfExists(part);
        if (!VolumeFiles.reflink(path(from), part)) {
            return false;
        }
        SafeFile.replace(part, path(to));
        return true;
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        VolumeFiles.extend(path(location), bytes);
        LoopDevices.renew(path(location));
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        return RawImage.open(path(location), bytes(location), write);
    }

    @Override
    public Differences differences(String location, String base) throws IOException {
        SharedParts shared = SharedBlocks.of(path(location), path(base));
        try {
            return super.differences(location, base).sharing(shared);
        } catch (IOException | RuntimeException e) {
            shared.close();
            throw e;
        }
    }

    @Override
    public Optional<Path> raw(String location) {
        return Optional.of(path(location));
    }

    /** The kernel's backend serves files through a loop device: no process a disk. */
    @Override
    public GuestDisk guestDisk(String location) {
        return new GuestDisk(path(location), DiskFormat.RAW, DiskBackend.UNKNOWN);
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        Path part = part(location);
        Files.deleteIfExists(part);
        VolumeFiles.create(part, bytes);
        return new PartFile(part, path(location));
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        return copied(path(location), location, progress);
    }

    /** New contents for a volume that are those of a file. */
    private PartFile copied(Path from, String location, DoubleConsumer progress) throws IOException {
        PartFile part = new PartFile(part(location), path(location));
        boolean copied = false;
        try {
            part.close();
            VolumeFiles.copy(from, part.part(), progress);
            copied = true;
            return part;
        } finally {
            if (!copied) {
                part.close();
            }
        }
    }

    @Override
    public void keepBase(String location) throws IOException {
        try (PartFile copy = copied(path(location), location, done -> {})) {
            SafeFile.replace(copy.part(), base(location));
        }
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        try (PartFile copy = copied(base(location), location, done -> {})) {
            VolumeFiles.setLength(copy.part(), bytes);
            copy.take();
        }
    }

    @Override
    public void dropBase(String location) throws IOException {
        Files.deleteIfExists(base(location));
    }

    /** Whether kept contents are of no use: a disk that resets now did not need to when they were found. */
    static boolean isFreeBase(String location, Predicate<String> free, Predicate<String> resets) {
        return !resets.test(location) && free.test(location) && !resets.test(location);
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                String name = file.getFileName().toString();
                String location = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                if (name.endsWith(PENDING)) {
                    if (!free.test(location)) {
                        continue;
                    }
                    if (rows.test(location)) {
                        keep(location);
                    } else {
                        LOG.warn("Disk {}: incomplete at the last stop, its file is removed", location);
                        discard(location);
                    }
                } else if (name.endsWith(PART) && free.test(LayerFiles.diskOfPart(location))
                        || name.endsWith(BASE) && isFreeBase(location, free, resets)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
