package org.jxapi.smapi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.LoopDevices;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Stage;
import org.jxapi.volume.Usage;
import org.jxapi.volume.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A repository whose volumes a program from outside keeps. */
final class ProgramRepository implements Repository {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramRepository.class);
    /** The most bytes of a volume's name, so that its own volumes have names of at most 255. */
    private static final int LONGEST_NAME = 200;

    private final DriverSr sr;
    private final Marks marks;
    private final boolean readOnly;
    private final boolean clones;
    private final NewContents contents;

    /** @param clones whether the driver may be able to clone without a copy */
    ProgramRepository(DriverSr sr, Marks marks, boolean readOnly, boolean clones) {
        this.sr = sr;
        this.marks = marks;
        this.readOnly = readOnly;
        this.clones = clones;
        this.contents = new NewContents(this, sr);
    }

    @Override
    public String place() {
        return sr.place();
    }

    /** Not even if the driver keeps files in a folder: only the driver may look there. */
    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    /** A question to the driver. */
    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T or(SmFailure failure, Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    /** A change at the driver. */
    private interface Change {
        void make() throws IOException;
    }

    private static void must(SmFailure failure, Change change) {
        try {
            change.make();
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    @Override
    public void create() {
        must(SmFailure.GENERAL, sr::create);
    }

    @Override
    public void attach() {
        must(SmFailure.SR_UNAVAILABLE, sr::attach);
    }

    @Override
    public void detach() {
        must(SmFailure.GENERAL, sr::detach);
    }

    @Override
    public void destroy() {
        must(SmFailure.GENERAL, () -> {
            sr.destroy();
            marks.clear();
        });
    }

    @Override
    public Usage usage() {
        return or(SmFailure.SR_UNAVAILABLE, sr::usage);
    }

    @Override
    public List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        for (DriverVolume volume : or(SmFailure.SR_SCAN, sr::volumes)) {
            if (names(volume.key())) {
                volumes.add(new Volume(volume.key(), volume.path(), volume.bytes(), volume.taken(), Map.of()));
            }
        }
        volumes.sort(Comparator.comparing(Volume::location));
        return volumes;
    }

    @Override
    public boolean names(String location) {
        return !location.isEmpty()
                && location.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                && !location.startsWith(".")
                && !location.startsWith("-")
                && location.indexOf('/') < 0
                && location.chars().noneMatch(Character::isISOControl)
                && !NewContents.isPart(location)
                && !NewContents.isBase(location);
    }

    /** The volume; empty when it is not there. */
    private Optional<DriverVolume> find(String location) throws IOException {
        try {
            return Optional.of(sr.stat(location));
        } catch (DriverException e) {
            if (e.is(DriverException.NO_VOLUME)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private DriverVolume volume(String location) throws IOException {
        return find(location)
                .orElseThrow(() -> new NoSuchFileException(location, null, "there is no such volume in " + place()));
    }

    @Override
    public boolean holds(String location) {
        return or(SmFailure.SR_UNAVAILABLE, () -> find(location)).isPresent();
    }

    /** That of a volume that is not there is one that can never be. */
    @Override
    public Path path(String location) {
        return or(SmFailure.SR_UNAVAILABLE, () -> find(location))
                .map(DriverVolume::path)
                .orElse(Path.of("/dev/null").resolve(location));
    }

    @Override
    public long bytes(String location) throws IOException {
        return volume(location).bytes();
    }

    @Override
    public long taken(String location) throws IOException {
        return volume(location).taken();
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return Map.of();
    }

    @Override
    public void begin(String location) throws IOException {
        refuseReadOnly();
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
    public void discard(String location) throws IOException {
        refuseReadOnly();
        contents.discard(location);
        sr.destroy(location);
        // The mark outlives the volume.
        marks.end(location);
    }

    private void refuseReadOnly() throws IOException {
        if (readOnly) {
            throw new IOException("the driver of " + place() + " cannot change volumes");
        }
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        refuseReadOnly();
        sr.create(location, bytes);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        return clones && sr.clone(from, to);
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        return clones && contents.revert(from, to);
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        refuseReadOnly();
        DriverVolume volume = volume(location);
        if (bytes < volume.bytes()) {
            throw new IOException(
                    "volume " + location + " has " + volume.bytes() + " bytes, and cannot shrink to " + bytes);
        }
        sr.resize(location, bytes);
        if (Files.isRegularFile(volume.path())) {
            LoopDevices.renew(volume.path());
        }
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        if (write) {
            refuseReadOnly();
        }
        DriverVolume volume = volume(location);
        return RawImage.open(volume.path(), volume.bytes(), write);
    }

    /** A block device cannot be copied as a file. */
    @Override
    public Optional<Path> raw(String location) {
        return or(SmFailure.SR_UNAVAILABLE, () -> find(location))
                .map(DriverVolume::path)
                .filter(Files::isRegularFile);
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return new GuestDisk(path(location), DiskFormat.RAW, DiskBackend.UNKNOWN);
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        refuseReadOnly();
        return contents.stage(location, bytes);
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        refuseReadOnly();
        return contents.copy(location, location, progress);
    }

    @Override
    public void keepBase(String location) throws IOException {
        refuseReadOnly();
        contents.keepBase(location);
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        refuseReadOnly();
        contents.reset(location, bytes);
    }

    @Override
    public void dropBase(String location) throws IOException {
        contents.dropBase(location);
    }

    @Override
    public void tidy(Predicate<String> rows, Predicate<String> resets) throws IOException {
        if (readOnly) {
            return;
        }
        for (String location : marks.all()) {
            if (rows.test(location)) {
                keep(location);
            } else {
                LOG.warn("Disk {}: incomplete at the last stop, its volume is removed", location);
                discard(location);
            }
        }
        contents.tidy(resets);
    }
}
