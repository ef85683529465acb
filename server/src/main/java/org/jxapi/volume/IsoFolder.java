package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/** Disc images in a folder. Other programs put them there; nothing here changes any. */
final class IsoFolder extends FolderRepository {
    IsoFolder(Path folder) {
        super(folder);
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

    /** Discs may be in the folder already, so it must be there. */
    @Override
    public void create() {
        if (!Files.isDirectory(folder)) {
            throw unusable("no such directory " + folder);
        }
    }

    @Override
    public void destroy() {
        // The folder and its discs are not ours.
    }

    @Override
    public boolean pending(String location) {
        return false;
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        if (write) {
            throw refused();
        }
        return RawImage.open(path(location), bytes(location), false);
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
    public void tidy(Predicate<String> rows, Predicate<String> resets) {
        // Nothing is ever begun here.
    }

    /** The features of the type keep callers from all that would change a disc. */
    private IOException refused() {
        return new IOException(folder + " holds discs, which are only read");
    }

    @Override
    public void begin(String location) throws IOException {
        throw refused();
    }

    @Override
    public void keep(String location) {
        // There is no mark.
    }

    @Override
    public void discard(String location) throws IOException {
        throw refused();
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        throw refused();
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        throw refused();
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        throw refused();
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        throw refused();
    }

    @Override
    public void keepBase(String location) throws IOException {
        throw refused();
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    public void dropBase(String location) throws IOException {
        throw refused();
    }
}
