package org.jxapi.smapi;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.LiveDisks;
import org.jxapi.volume.LoopDevices;
import org.jxapi.volume.Marks;
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

    private final DriverSr sr;
    private final Marks marks;
    private final boolean readOnly;
    private final boolean clones;
    private final LiveDisks live;
    private final NewContents contents;

    /** @param clones whether the driver may be able to clone without a copy */
    ProgramRepository(DriverSr sr, Marks marks, boolean readOnly, boolean clones, LiveDisks live) {
        this.sr = sr;
        this.marks = marks;
        this.readOnly = readOnly;
        this.clones = clones;
        this.live = live;
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

    @Override
    public void create() {
        Attempts.make(SmFailure.GENERAL, sr::create);
    }

    @Override
    public void attach() {
        Attempts.make(SmFailure.SR_UNAVAILABLE, sr::attach);
    }

    @Override
    public void detach() {
        Attempts.make(SmFailure.GENERAL, () -> {
            sr.detach();
            // The rows of its volumes may go before it is attached again.
            marks.sync();
        });
    }

    @Override
    public void destroy() {
        Attempts.make(SmFailure.GENERAL, () -> {
            sr.destroy();
            marks.clear();
        });
    }

    @Override
    public Usage usage() {
        return Attempts.ask(SmFailure.SR_UNAVAILABLE, sr::usage);
    }

    @Override
    public List<Volume> volumes() {
        Map<String, Volume> volumes = new TreeMap<>();
        for (DriverVolume each : Attempts.ask(SmFailure.SR_SCAN, sr::volumes)) {
            if (names(each.key())) {
                volumes.put(each.key(), new Volume(each.key(), each.path(), each.bytes(), each.taken(), Map.of()));
            }
        }
        return List.copyOf(volumes.values());
    }

    @Override
    public boolean names(String location) {
        return Keys.isDisk(location);
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
        return Attempts.ask(SmFailure.SR_UNAVAILABLE, () -> find(location)).isPresent();
    }

    @Override
    public Path path(String location) {
        return Attempts.ask(SmFailure.SR_UNAVAILABLE, () -> find(location))
                .map(DriverVolume::path)
                .orElse(nowhere(location));
    }

    /** The path of a volume that is not there, at which there can never be anything. */
    private static Path nowhere(String location) {
        return Path.of("/dev/null").resolve(location);
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
    public void settle(String location) throws IOException {
        Repository.super.settle(location);
        marks.sync();
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
        if (!clones) {
            return false;
        }
        refuseInQemu(from);
        return sr.clone(from, to);
    }

    /** QEMU has a part of an image in its memory, so nothing else may read or change the image of a running guest. */
    private void refuseInQemu(String location) throws IOException {
        List<LiveDisks.Guest> guests = live.guestsHere(sr.uuid(), location);
        if (!guests.isEmpty() && volume(location).isQcow2()) {
            throw new IOException("volume " + location + " is a qcow2 image that domain "
                    + guests.get(0).domid() + " uses; shut the guest down first");
        }
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
        refuseInQemu(location);
        sr.resize(location, bytes);
        if (volume.raw().isPresent()) {
            LoopDevices.renew(volume.path());
        }
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        if (write) {
            refuseReadOnly();
        }
        refuseInQemu(location);
        return volume(location).open(write);
    }

    @Override
    public Optional<Path> raw(String location) {
        return Attempts.ask(SmFailure.SR_UNAVAILABLE, () -> find(location)).flatMap(DriverVolume::raw);
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return Attempts.ask(SmFailure.SR_UNAVAILABLE, () -> find(location))
                .map(DriverVolume::guestDisk)
                .orElse(new GuestDisk(nowhere(location), DiskFormat.RAW, DiskBackend.UNKNOWN));
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
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        if (readOnly) {
            return;
        }
        for (String location : marks.all()) {
            if (!free.test(location)) {
                continue;
            }
            if (rows.test(location)) {
                keep(location);
            } else {
                LOG.warn("Disk {}: incomplete at the last stop, its volume is removed", location);
                discard(location);
            }
        }
        contents.tidy(free, resets);
    }
}
