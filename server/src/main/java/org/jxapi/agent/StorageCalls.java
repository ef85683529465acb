package org.jxapi.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.image.Image;
import org.jxapi.volume.Driver;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.Holder;
import org.jxapi.volume.LiveImage;
import org.jxapi.volume.Settings;
import org.jxapi.volume.SharedParts;
import org.jxapi.volume.Usage;
import org.jxapi.volume.Volume;

/**
 * The storage repositories of an agent's host: {@code Driver} and {@code Repository} as calls that name the repository.
 * An image that a call opens has a number, and stays open until it is closed or the connection ends.
 */
interface StorageCalls {
    /** The most bytes of an image in one call. */
    int BLOCK = 1 << 20;

    /**
     * A repository.
     *
     * @param type {@code SR.type}
     */
    record At(String type, Settings settings) {}

    /**
     * An open image.
     *
     * @param bytes the size of the disk
     */
    record Opened(long id, long bytes) {}

    Driver.Probe probe(At at);

    Map<String, String> driverSmConfig(At at);

    String place(At at);

    boolean readOnly(At at);

    void createRepository(At at);

    void attach(At at);

    void detach(At at);

    void destroy(At at);

    Usage usage(At at);

    List<Volume> volumes(At at);

    boolean names(At at, String location);

    String newLocation(At at, String uuid, Map<String, String> smConfig);

    boolean exactSizes(At at);

    boolean holds(At at, String location);

    Path path(At at, String location);

    long bytes(At at, String location) throws IOException;

    long taken(At at, String location) throws IOException;

    Map<String, String> smConfig(At at, String location) throws IOException;

    void begin(At at, String location) throws IOException;

    Set<String> pending(At at, Set<String> locations);

    void keep(At at, String location);

    void settle(At at, String location) throws IOException;

    void discard(At at, String location) throws IOException;

    void create(At at, String location, long bytes, boolean plain) throws IOException;

    boolean createForQemu(At at, String location, long bytes) throws IOException;

    Optional<LiveImage> live(At at, String location) throws IOException;

    boolean clone(At at, String from, String to) throws IOException;

    boolean snapshot(At at, String from, String to) throws IOException;

    boolean snapshotAll(At at, Map<String, String> snapshots) throws IOException;

    boolean revert(At at, String from, String to) throws IOException;

    void resize(At at, String location, long bytes) throws IOException;

    GuestDisk guestDisk(At at, String location);

    void keepBase(At at, String location) throws IOException;

    void reset(At at, String location, long bytes) throws IOException;

    void dropBase(At at, String location) throws IOException;

    boolean coalesce(At at, Predicate<String> idle, DoubleConsumer progress) throws IOException;

    void tidy(At at, Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException;

    Map<String, Long> logs(At at);

    boolean tracks(At at, String location);

    void track(At at, String location) throws IOException;

    void untrack(At at, String location) throws IOException;

    void discardData(At at, String location) throws IOException;

    /**
     * Writes which blocks have changed, as {@code ChangedBlocks.toBytes} does.
     *
     * @return the size of the disk in bytes
     */
    long changed(At at, String from, String to, OutputStream bits) throws IOException;

    Optional<Holder> holder(At at) throws IOException;

    boolean lease(At at, Holder holder) throws IOException;

    void breakLease(At at, Holder by) throws IOException;

    void release(At at, Holder holder) throws IOException;

    Opened open(Holdings held, At at, String location, boolean write) throws IOException;

    /** Reads {@link #BLOCK} bytes at most. */
    byte[] read(Holdings held, long image, long offset, int length) throws IOException;

    /** Writes {@link #BLOCK} bytes at most. */
    void write(Holdings held, long image, long offset, byte[] bytes) throws IOException;

    Image.Extent extent(Holdings held, long image, long offset, long length) throws IOException;

    boolean clear(Holdings held, long image, long offset, long length) throws IOException;

    void resizeImage(Holdings held, long image, long bytes) throws IOException;

    void sync(Holdings held, long image) throws IOException;

    /** Opens two volumes to be compared, and returns the number of that. */
    long differences(Holdings held, At at, String location, String base) throws IOException;

    SharedParts.Part part(Holdings held, long differences, long offset, long length) throws IOException;

    long stage(Holdings held, At at, String location, long bytes) throws IOException;

    long stageCopy(Holdings held, At at, String location, DoubleConsumer progress) throws IOException;

    Opened openStage(Holdings held, long stage) throws IOException;

    void take(Holdings held, long stage) throws IOException;

    /** Closes an image, new contents or a comparison. */
    void close(Holdings held, long id) throws IOException;
}
