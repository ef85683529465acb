package org.jxapi.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.image.Image;
import org.jxapi.volume.ChangedBlocks;
import org.jxapi.volume.Differences;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.Holder;
import org.jxapi.volume.LiveImage;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SharedParts;
import org.jxapi.volume.Stage;
import org.jxapi.volume.Usage;
import org.jxapi.volume.Volume;

/** The storage repositories of this host, for a coordinator. */
public final class ServedStorage implements StorageCalls {
    static final Part<StorageCalls> PART = new Part<>(
            "storage",
            StorageCalls.class,
            Arrays.stream(StorageCalls.class.getMethods()).map(Method::getName).toList());

    private final DriverSet drivers;

    private ServedStorage(DriverSet drivers) {
        this.drivers = drivers;
    }

    /** Adds the storage of a host to what its agent serves. */
    public static Served addTo(Served served, DriverSet drivers) {
        return served.with(PART, new ServedStorage(drivers));
    }

    private Repository of(At at) {
        return drivers.repository(at.type(), at.settings());
    }

    @Override
    public Driver.Probe probe(At at) {
        return drivers.probe(at.type(), at.settings());
    }

    @Override
    public Map<String, String> driverSmConfig(At at) {
        return drivers.smConfig(at.type(), at.settings());
    }

    @Override
    public String place(At at) {
        return of(at).place();
    }

    @Override
    public boolean readOnly(At at) {
        return of(at).readOnly();
    }

    @Override
    public void createRepository(At at) {
        of(at).create();
    }

    @Override
    public void attach(At at) {
        of(at).attach();
    }

    @Override
    public void detach(At at) {
        of(at).detach();
    }

    @Override
    public void destroy(At at) {
        of(at).destroy();
    }

    @Override
    public Usage usage(At at) {
        return of(at).usage();
    }

    @Override
    public List<Volume> volumes(At at) {
        return of(at).volumes();
    }

    @Override
    public boolean names(At at, String location) {
        return of(at).names(location);
    }

    @Override
    public String newLocation(At at, String uuid, Map<String, String> smConfig) {
        return of(at).newLocation(uuid, smConfig);
    }

    @Override
    public boolean exactSizes(At at) {
        return of(at).exactSizes();
    }

    @Override
    public boolean holds(At at, String location) {
        return of(at).holds(location);
    }

    @Override
    public Path path(At at, String location) {
        return of(at).path(location);
    }

    @Override
    public long bytes(At at, String location) throws IOException {
        return of(at).bytes(location);
    }

    @Override
    public long taken(At at, String location) throws IOException {
        return of(at).taken(location);
    }

    @Override
    public Map<String, String> smConfig(At at, String location) throws IOException {
        return of(at).smConfig(location);
    }

    @Override
    public void begin(At at, String location) throws IOException {
        of(at).begin(location);
    }

    @Override
    public Set<String> pending(At at, Set<String> locations) {
        return of(at).pending(locations);
    }

    @Override
    public void keep(At at, String location) {
        of(at).keep(location);
    }

    @Override
    public void settle(At at, String location) throws IOException {
        of(at).settle(location);
    }

    @Override
    public void discard(At at, String location) throws IOException {
        of(at).discard(location);
    }

    @Override
    public void create(At at, String location, long bytes, boolean plain) throws IOException {
        of(at).create(location, bytes, plain);
    }

    @Override
    public boolean createForQemu(At at, String location, long bytes) throws IOException {
        return of(at).createForQemu(location, bytes);
    }

    @Override
    public Optional<LiveImage> live(At at, String location) throws IOException {
        return of(at).live(location);
    }

    @Override
    public boolean clone(At at, String from, String to) throws IOException {
        return of(at).clone(from, to);
    }

    @Override
    public boolean snapshot(At at, String from, String to) throws IOException {
        return of(at).snapshot(from, to);
    }

    @Override
    public boolean snapshotAll(At at, Map<String, String> snapshots) throws IOException {
        return of(at).snapshotAll(snapshots);
    }

    @Override
    public boolean revert(At at, String from, String to) throws IOException {
        return of(at).revert(from, to);
    }

    @Override
    public void resize(At at, String location, long bytes) throws IOException {
        of(at).resize(location, bytes);
    }

    @Override
    public GuestDisk guestDisk(At at, String location) {
        return of(at).guestDisk(location);
    }

    @Override
    public void keepBase(At at, String location) throws IOException {
        of(at).keepBase(location);
    }

    @Override
    public void reset(At at, String location, long bytes) throws IOException {
        of(at).reset(location, bytes);
    }

    @Override
    public void dropBase(At at, String location) throws IOException {
        of(at).dropBase(location);
    }

    @Override
    public boolean coalesce(At at, Predicate<String> idle, DoubleConsumer progress) throws IOException {
        return of(at).coalesce(idle, progress);
    }

    @Override
    public void tidy(At at, Predicate<String> free, Predicate<String> rows, Predicate<String> resets)
            throws IOException {
        of(at).tidy(free, rows, resets);
    }

    @Override
    public Map<String, Long> logs(At at) {
        return of(at).logs();
    }

    @Override
    public boolean tracks(At at, String location) {
        return of(at).tracks(location);
    }

    @Override
    public void track(At at, String location) throws IOException {
        of(at).track(location);
    }

    @Override
    public void untrack(At at, String location) throws IOException {
        of(at).untrack(location);
    }

    @Override
    public void discardData(At at, String location) throws IOException {
        of(at).discardData(location);
    }

    @Override
    public long changed(At at, String from, String to, OutputStream bits) throws IOException {
        ChangedBlocks changed = of(at).changed(from, to);
        bits.write(changed.toBytes());
        return changed.bytes();
    }

    @Override
    public Optional<Holder> holder(At at) throws IOException {
        return of(at).holder();
    }

    @Override
    public boolean lease(At at, Holder holder) throws IOException {
        return of(at).lease(holder);
    }

    @Override
    public void breakLease(At at, Holder by) throws IOException {
        of(at).breakLease(by);
    }

    @Override
    public void release(At at, Holder holder) throws IOException {
        of(at).release(holder);
    }

    @Override
    public Opened open(Holdings held, At at, String location, boolean write) throws IOException {
        return opened(held, of(at).open(location, write));
    }

    private static Opened opened(Holdings held, Image image) throws IOException {
        long bytes = image.bytes();
        return new Opened(held.add(image), bytes);
    }

    @Override
    public byte[] read(Holdings held, long image, long offset, int length) throws IOException {
        checkBlock(length);
        return held.use(image, Image.class, open -> {
            byte[] bytes = new byte[length];
            open.read(offset, ByteBuffer.wrap(bytes));
            return bytes;
        });
    }

    private static void checkBlock(int length) {
        if (length < 0 || length > BLOCK) {
            throw new MalformedException("a block of " + length + " bytes");
        }
    }

    @Override
    public void write(Holdings held, long image, long offset, byte[] bytes) throws IOException {
        checkBlock(bytes.length);
        use(held, image, open -> open.write(offset, ByteBuffer.wrap(bytes)));
    }

    /** A change of an image. */
    private interface Change {
        void of(Image image) throws IOException;
    }

    private static void use(Holdings held, long image, Change change) throws IOException {
        held.use(image, Image.class, open -> {
            change.of(open);
            return true;
        });
    }

    @Override
    public Image.Extent extent(Holdings held, long image, long offset, long length) throws IOException {
        return held.use(image, Image.class, open -> open.extent(offset, length));
    }

    @Override
    public boolean clear(Holdings held, long image, long offset, long length) throws IOException {
        return held.use(image, Image.class, open -> open.clear(offset, length));
    }

    @Override
    public void resizeImage(Holdings held, long image, long bytes) throws IOException {
        use(held, image, open -> open.resize(bytes));
    }

    @Override
    public void sync(Holdings held, long image) throws IOException {
        use(held, image, Image::sync);
    }

    @Override
    public long differences(Holdings held, At at, String location, String base) throws IOException {
        return held.add(of(at).differences(location, base));
    }

    @Override
    public SharedParts.Part part(Holdings held, long differences, long offset, long length) throws IOException {
        return held.use(differences, Differences.class, open -> open.part(offset, length));
    }

    @Override
    public long stage(Holdings held, At at, String location, long bytes) throws IOException {
        return held.add(of(at).stage(location, bytes));
    }

    @Override
    public long stageCopy(Holdings held, At at, String location, DoubleConsumer progress) throws IOException {
        return held.add(of(at).stageCopy(location, progress));
    }

    @Override
    public Opened openStage(Holdings held, long stage) throws IOException {
        return held.use(stage, Stage.class, contents -> opened(held, contents.open()));
    }

    @Override
    public void take(Holdings held, long stage) throws IOException {
        held.use(stage, Stage.class, contents -> {
            contents.take();
            return true;
        });
    }

    @Override
    public void close(Holdings held, long id) throws IOException {
        held.close(id);
    }
}
