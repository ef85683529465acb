package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/**
 * Whole block devices as volumes. They come and go by themselves, or as a server offers them. Guests get them, unless this
 * host uses them.
 */
final class DeviceVolumes implements FixedRepository {
    private final String place;
    private final boolean readOnly;
    private final Source source;

    /**
     * @param place where the devices are
     * @param readOnly whether guests only read them, as discs
     */
    DeviceVolumes(String place, boolean readOnly, Source source) {
        this.place = place;
        this.readOnly = readOnly;
        this.source = source;
    }

    /** The devices that there are. */
    interface Source {
        /** Makes the devices appear, as far as they are those of a server. */
        void connect();

        /** The opposite of {@link #connect}. */
        void disconnect();

        List<Device> devices() throws IOException;

        /** Looks for devices that are new. */
        default void refresh() throws IOException {
            // The host sees them by itself.
        }
    }

    /**
     * A device.
     *
     * @param location {@code VDI.location}
     * @param label {@code VDI.name_label}
     */
    record Device(String location, Path path, long bytes, String label, Map<String, String> smConfig) {}

    @Override
    public String place() {
        return place;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void create() {
        source.connect();
        source.disconnect();
    }

    @Override
    public void attach() {
        source.connect();
    }

    @Override
    public void detach() {
        source.disconnect();
    }

    private List<Device> devices() {
        try {
            return source.devices();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public Usage usage() {
        long all = devices().stream().mapToLong(Device::bytes).sum();
        return new Usage(all, all);
    }

    @Override
    public List<Volume> volumes() {
        try {
            source.refresh();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
        return devices().stream()
                .map(device -> new Volume(
                        device.location(),
                        device.path(),
                        device.bytes(),
                        device.bytes(),
                        device.smConfig(),
                        device.label()))
                .sorted(Comparator.comparing(Volume::location))
                .toList();
    }

    private Optional<Device> find(String location) {
        return devices().stream()
                .filter(device -> device.location().equals(location))
                .findFirst();
    }

    private Device device(String location) throws IOException {
        return find(location).orElseThrow(() -> new NoSuchFileException(location));
    }

    @Override
    public boolean names(String location) {
        return !location.isEmpty() && location.indexOf('\0') < 0;
    }

    @Override
    public boolean holds(String location) {
        return find(location).isPresent();
    }

    @Override
    public Path path(String location) {
        return find(location).map(Device::path).orElseGet(() -> Path.of("/dev/disk/missing"));
    }

    @Override
    public long bytes(String location) throws IOException {
        return device(location).bytes();
    }

    @Override
    public long taken(String location) throws IOException {
        return bytes(location);
    }

    @Override
    public Map<String, String> smConfig(String location) throws IOException {
        return device(location).smConfig();
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        Path path = device(location).path();
        if (write && readOnly) {
            throw new IOException(path + " is a disc, which is only read");
        }
        FileBlocks.forgetCached(path);
        return RawImage.open(path, write);
    }

    @Override
    public Optional<Path> raw(String location) {
        return Optional.empty();
    }

    /** A device that this host has mounted, or uses otherwise, would be damaged by a guest. */
    @Override
    public GuestDisk guestDisk(String location) {
        Path path = path(location);
        if (!readOnly && Files.exists(path)) {
            BlockDevice.named(path.toString()).refuseUsed();
        }
        return new GuestDisk(path, DiskFormat.RAW, DiskBackend.PHY);
    }
}
