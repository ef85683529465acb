package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disc images in a folder. Other programs put most of them there, and guests only read those. Discs can be made and removed
 * too, as XenServer's ISOSR does. Several hosts may use the folder, so the marks are in this host's own data, and files with
 * incomplete contents have the name of the repository.
 */
final class IsoFolder extends FolderRepository implements FixedRepository {
    private static final Logger LOG = LoggerFactory.getLogger(IsoFolder.class);
    /** XenServer's form of the time at which a disc was made. */
    private static final DateTimeFormatter CREATED = DateTimeFormatter.ofPattern("yyyy-M-d:H:m:s", Locale.ROOT);
    /** The names that XenServer takes for new discs. */
    private static final Pattern NEW = Pattern.compile("[a-z0-9.-]+\\.(iso|img)", Pattern.CASE_INSENSITIVE);

    private static final String PART = ".jxapi-part-";

    private final String part;
    private final Marks marks;

    /** @param sr the UUID of the repository */
    IsoFolder(Path folder, String sr, Marks marks) {
        super(folder);
        this.part = PART + sr;
        this.marks = marks;
    }

    @Override
    XenApiException unusable(String why) {
        return SmFailure.ISO_LOCAL_PATH.error(why);
    }

    @Override
    boolean isVolume(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".iso") || name.endsWith(".img");
    }

    @Override
    String location(String fileName) {
        return fileName;
    }

    @Override
    String fileName(String location) {
        return location;
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public boolean exactSizes() {
        return true;
    }

    /** Discs may be in the folder already, so it must be there. */
    @Override
    public void create() {
        if (!Files.isDirectory(folder)) {
            throw unusable("no such directory " + folder);
        }
    }

    @Override
    public void detach() {
        try {
            marks.sync();
        } catch (IOException e) {
            LOG.warn("Marks of {}: perhaps not all on disk: {}", folder, e.getMessage());
        }
    }

    @Override
    public String newLocation(String uuid, Map<String, String> smConfig) {
        String path = smConfig.getOrDefault("path", uuid + ".img");
        if (!NEW.matcher(path).matches() || !names(path) || !fits(path + part)) {
            throw SmFailure.VDI_CREATE.error("Invalid path \"" + path + "\"");
        }
        if (smConfig.getOrDefault("image-format", "raw").equalsIgnoreCase("qcow2")) {
            throw SmFailure.VDI_CREATE.error("discs are raw images");
        }
        return path;
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return pending(location)
                ? Map.of("created", CREATED.format(LocalDateTime.now(ZoneId.systemDefault())))
                : Map.of();
    }

    @Override
    public void begin(String location) throws IOException {
        if (!Files.isWritable(folder)) {
            // Before the row of a disc goes that cannot go.
            throw new IOException(folder + " can only be read");
        }
        marks.begin(location);
    }

    @Override
    public boolean pending(String location) {
        return marks.has(location);
    }

    @Override
    public void keep(String location) {
        marks.end(location);
    }

    @Override
    public void settle(String location) throws IOException {
        keep(location);
        marks.sync();
    }

    /** A file without a mark is that of others. */
    @Override
    public void discard(String location) throws IOException {
        if (!marks.has(location)) {
            return;
        }
        Files.deleteIfExists(partOf(location));
        if (Files.deleteIfExists(path(location))) {
            // The mark outlives the disc, also on disk.
            VolumeFiles.syncFolder(path(location));
        }
        marks.end(location);
    }

    /** Other users of the folder can read it, as they can read those that they put there. */
    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        try {
            Files.createFile(
                    path(location), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        } catch (FileAlreadyExistsException e) {
            // Another host has made it meanwhile.
            marks.end(location);
            throw e;
        }
        VolumeFiles.setLength(path(location), bytes);
        VolumeFiles.syncFolder(path(location));
    }

    /** Only the rows of discs that were made here let anything be written. */
    @Override
    public Image open(String location, boolean write) throws IOException {
        if (write && Files.isSymbolicLink(path(location))) {
            throw new IOException(path(location) + " is a link, which is only read");
        }
        return RawImage.open(path(location), bytes(location), write);
    }

    private Path partOf(String location) {
        return folder.resolve(location + part);
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        Path fresh = partOf(location);
        Files.deleteIfExists(fresh);
        VolumeFiles.create(fresh, bytes);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        return new PartFile(fresh, path(location));
    }

    @Override
    public Optional<Path> raw(String location) {
        return Optional.of(path(location));
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return new GuestDisk(path(location), DiskFormat.RAW, DiskBackend.UNKNOWN);
    }

    @Override
    public IOException refused() {
        return new IOException(folder + " holds discs, which are made, written and removed as a whole");
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        for (String location : marks.all()) {
            if (!free.test(location)) {
                continue;
            }
            if (rows.test(location)) {
                keep(location);
            } else {
                LOG.warn("Disc {}: incomplete at the last stop, its file is removed", path(location));
                discard(location);
            }
        }
        for (Path file : VolumeFiles.named(folder, "", part)) {
            String name = Layers.name(file);
            if (free.test(name.substring(0, name.length() - part.length()))) {
                Files.deleteIfExists(file);
            }
        }
    }
}
