package org.jxapi.volume;

import java.nio.charset.StandardCharsets;
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

/** A repository without data: its volumes are those that the database has rows for, and those that are being made. */
final class DummyRepository implements Repository {
    /** The size that DummySR.py reports. */
    private static final long SIZE = 2_000_000_000_000L;
    /** The path that DummySR.py attaches. */
    private static final Path NOTHING = Path.of("/dev/null");

    private static final Map<String, String> SM_CONFIG = Map.of("samplekey", "This is a dummy SR VDI");

    private static final int LONGEST_NAME = 255;

    private final String uuid;
    private final KnownDisks known;
    private final Map<String, Long> begun;

    /** @param begun the sizes of volumes of all repositories that have no rows yet */
    DummyRepository(String uuid, KnownDisks known, Map<String, Long> begun) {
        this.uuid = uuid;
        this.known = known;
        this.begun = begun;
    }

    private String key(String location) {
        return uuid + "/" + location;
    }

    @Override
    public String place() {
        return "dummy " + uuid;
    }

    @Override
    public void create() {
        // There is nothing to make.
    }

    @Override
    public void attach() {
        // There is nothing to reach.
    }

    @Override
    public void detach() {
        // There is nothing to leave.
    }

    @Override
    public void destroy() {
        // There is nothing to remove.
    }

    @Override
    public Usage usage() {
        return new Usage(SIZE, 0);
    }

    @Override
    public List<Volume> volumes() {
        return new TreeMap<>(known.sizes(uuid))
                .entrySet().stream()
                        .map(disk -> new Volume(disk.getKey(), NOTHING, disk.getValue(), 0, SM_CONFIG))
                        .toList();
    }

    @Override
    public boolean names(String location) {
        return !location.isEmpty() && location.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    /** A disk of any name can be introduced. */
    @Override
    public boolean holds(String location) {
        return names(location);
    }

    @Override
    public Path path(String location) {
        return NOTHING;
    }

    @Override
    public long bytes(String location) {
        Long fresh = begun.get(key(location));
        return fresh != null ? fresh : known.sizes(uuid).getOrDefault(location, 0L);
    }

    @Override
    public long taken(String location) {
        return 0;
    }

    @Override
    public Map<String, String> smConfig(String location) {
        return SM_CONFIG;
    }

    /** A volume that is begun has its size here until it has a row. A crash forgets it. */
    @Override
    public void begin(String location) {
        begun.put(key(location), bytes(location));
    }

    @Override
    public boolean pending(String location) {
        return begun.containsKey(key(location));
    }

    @Override
    public void keep(String location) {
        begun.remove(key(location));
    }

    @Override
    public void discard(String location) {
        begun.remove(key(location));
    }

    @Override
    public void create(String location, long bytes, boolean plain) {
        begun.put(key(location), bytes);
    }

    @Override
    public boolean clone(String from, String to) {
        begun.put(key(to), bytes(from));
        return true;
    }

    @Override
    public boolean revert(String from, String to) {
        return true;
    }

    @Override
    public void resize(String location, long bytes) {
        // The size is in the row.
    }

    @Override
    public Image open(String location, boolean write) {
        return new NoData(bytes(location), write);
    }

    @Override
    public Optional<Path> raw(String location) {
        return Optional.empty();
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return new GuestDisk(NOTHING, DiskFormat.RAW, DiskBackend.UNKNOWN);
    }

    @Override
    public Stage stage(String location, long bytes) {
        return new NoStage(bytes);
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) {
        return new NoStage(bytes(location));
    }

    /** New contents, which are lost. */
    private record NoStage(long bytes) implements Stage {
        @Override
        public Image open() {
            return new NoData(bytes, true);
        }

        @Override
        public Optional<Path> raw() {
            return Optional.empty();
        }

        @Override
        public void take() {
            // The contents were zeros, and are.
        }

        @Override
        public void close() {
            // Nothing was made.
        }
    }

    @Override
    public void keepBase(String location) {
        // The contents are always the same.
    }

    @Override
    public void reset(String location, long bytes) {
        // The contents are always the same.
    }

    @Override
    public void dropBase(String location) {
        // Nothing was kept.
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) {
        // A crash leaves nothing.
    }
}
