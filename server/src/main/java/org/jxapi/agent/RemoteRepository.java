package org.jxapi.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.image.Image;
import org.jxapi.volume.ChangedBlocks;
import org.jxapi.volume.Differences;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.Holder;
import org.jxapi.volume.LiveImage;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;
import org.jxapi.volume.Usage;
import org.jxapi.volume.Volume;

/**
 * A repository that another host reaches. Paths are those of that host, so it has no folder and no raw files that this
 * host could open: contents pass as {@link Image}.
 */
record RemoteRepository(StorageCalls calls, Blocks blocks, StorageCalls.At at) implements Repository {
    @Override
    public String place() {
        return calls.place(at);
    }

    @Override
    public boolean readOnly() {
        return calls.readOnly(at);
    }

    @Override
    public void create() {
        calls.createRepository(at);
    }

    @Override
    public void attach() {
        calls.attach(at);
    }

    @Override
    public void detach() {
        calls.detach(at);
    }

    @Override
    public void destroy() {
        calls.destroy(at);
    }

    @Override
    public Usage usage() {
        return calls.usage(at);
    }

    @Override
    public List<Volume> volumes() {
        return calls.volumes(at);
    }

    @Override
    public boolean names(String location) {
        return calls.names(at, location);
    }

    @Override
    public String newLocation(String uuid, Map<String, String> smConfig) {
        return calls.newLocation(at, uuid, smConfig);
    }

    @Override
    public boolean exactSizes() {
        return calls.exactSizes(at);
    }

    @Override
    public boolean holds(String location) {
        return calls.holds(at, location);
    }

    @Override
    public Path path(String location) {
        return calls.path(at, location);
    }

    @Override
    public long bytes(String location) throws IOException {
        return calls.bytes(at, location);
    }

    @Override
    public long taken(String location) throws IOException {
        return calls.taken(at, location);
    }

    @Override
    public Map<String, String> smConfig(String location) throws IOException {
        return calls.smConfig(at, location);
    }

    @Override
    public void begin(String location) throws IOException {
        calls.begin(at, location);
    }

    @Override
    public boolean pending(String location) {
        return !pending(Set.of(location)).isEmpty();
    }

    @Override
    public Set<String> pending(Set<String> locations) {
        return calls.pending(at, locations);
    }

    @Override
    public void keep(String location) {
        calls.keep(at, location);
    }

    @Override
    public void settle(String location) throws IOException {
        calls.settle(at, location);
    }

    @Override
    public void discard(String location) throws IOException {
        calls.discard(at, location);
    }

    @Override
    public void create(String location, long bytes, boolean plain) throws IOException {
        calls.create(at, location, bytes, plain);
    }

    @Override
    public boolean createForQemu(String location, long bytes) throws IOException {
        return calls.createForQemu(at, location, bytes);
    }

    @Override
    public Optional<LiveImage> live(String location) throws IOException {
        return calls.live(at, location);
    }

    @Override
    public boolean clone(String from, String to) throws IOException {
        return calls.clone(at, from, to);
    }

    @Override
    public boolean snapshot(String from, String to) throws IOException {
        return calls.snapshot(at, from, to);
    }

    @Override
    public boolean snapshotAll(Map<String, String> snapshots) throws IOException {
        return calls.snapshotAll(at, snapshots);
    }

    @Override
    public boolean revert(String from, String to) throws IOException {
        return calls.revert(at, from, to);
    }

    @Override
    public void resize(String location, long bytes) throws IOException {
        calls.resize(at, location, bytes);
    }

    @Override
    public Image open(String location, boolean write) throws IOException {
        return new RemoteImage(calls, blocks, calls.open(Holdings.THEIRS, at, location, write));
    }

    @Override
    public Differences differences(String location, String base) throws IOException {
        RemoteParts parts = new RemoteParts(calls, calls.differences(Holdings.THEIRS, at, location, base));
        Image disk;
        try {
            disk = open(location, false);
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
        return Differences.of(disk, () -> open(base, false), parts);
    }

    @Override
    public Optional<Path> raw(String location) {
        return Optional.empty();
    }

    @Override
    public GuestDisk guestDisk(String location) {
        return calls.guestDisk(at, location);
    }

    @Override
    public Stage stage(String location, long bytes) throws IOException {
        return new RemoteStage(calls, blocks, calls.stage(Holdings.THEIRS, at, location, bytes));
    }

    @Override
    public Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        return new RemoteStage(calls, blocks, calls.stageCopy(Holdings.THEIRS, at, location, progress));
    }

    @Override
    public void keepBase(String location) throws IOException {
        calls.keepBase(at, location);
    }

    @Override
    public void reset(String location, long bytes) throws IOException {
        calls.reset(at, location, bytes);
    }

    @Override
    public void dropBase(String location) throws IOException {
        calls.dropBase(at, location);
    }

    @Override
    public boolean coalesce(Predicate<String> idle, DoubleConsumer progress) throws IOException {
        return calls.coalesce(at, idle, progress);
    }

    @Override
    public void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        calls.tidy(at, free, rows, resets);
    }

    @Override
    public Map<String, Long> logs() {
        return calls.logs(at);
    }

    @Override
    public boolean tracks(String location) {
        return calls.tracks(at, location);
    }

    @Override
    public void track(String location) throws IOException {
        calls.track(at, location);
    }

    @Override
    public void untrack(String location) throws IOException {
        calls.untrack(at, location);
    }

    @Override
    public void discardData(String location) throws IOException {
        calls.discardData(at, location);
    }

    @Override
    public ChangedBlocks changed(String from, String to) throws IOException {
        ByteArrayOutputStream bits = new ByteArrayOutputStream();
        long bytes = calls.changed(at, from, to, bits);
        return ChangedBlocks.of(bytes, bits.toByteArray());
    }

    @Override
    public Optional<Holder> holder() throws IOException {
        return calls.holder(at);
    }

    @Override
    public boolean lease(Holder holder) throws IOException {
        return calls.lease(at, holder);
    }

    @Override
    public void breakLease(Holder by) throws IOException {
        calls.breakLease(at, by);
    }

    @Override
    public void release(Holder holder) throws IOException {
        calls.release(at, holder);
    }
}
