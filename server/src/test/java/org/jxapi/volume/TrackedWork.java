package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jxapi.image.Image;
import org.jxapi.volume.CutWork.Cut;

/** Work on one tracked disk and its snapshots, in the steps of package {@code storage}, while the power may be cut. */
final class TrackedWork {
    private static final String DISK = "disk";
    private static final int BLOCKS = 24;
    private static final int MOST = 5;

    private final Repository repository;
    private final Random random;
    private byte[] contents = new byte[BLOCKS * ChangedBlocks.BLOCK];
    private int made;

    /** Guarded by this, and {@code waiting}: rows that the database has, or may have if it was just being written. */
    private List<Snap> rows = List.of();

    private List<Snap> waiting = rows;

    TrackedWork(Repository repository, Random random) throws IOException {
        this.repository = repository;
        this.random = random;
        repository.begin(DISK);
        repository.create(DISK, contents.length);
        repository.keep(DISK);
        write();
        repository.track(DISK);
    }

    /**
     * A snapshot that was acknowledged.
     *
     * @param data whether it has its data
     */
    record Snap(String location, byte[] contents, boolean data) {}

    /** A cut, and the rows that the database may have after it. */
    record Moment<T>(T cut, List<List<Snap>> rows) {}

    synchronized <T> Moment<T> cut(Cut<T> cut) throws IOException {
        return new Moment<>(cut.now(), rows == waiting ? List.of(rows) : List.of(rows, waiting));
    }

    private synchronized void announce(List<Snap> next) {
        waiting = next;
    }

    private synchronized void commit() {
        rows = waiting;
    }

    /** Any of the operations that matter. */
    void step() throws IOException {
        switch (random.nextInt(8)) {
            case 0, 1 -> write();
            case 2 -> cloneOnce();
            case 3 -> coalesce();
            case 4 -> destroyData();
            case 5 -> revert();
            default -> snapshot();
        }
        if (rows.size() > MOST) {
            destroy(rows.get(random.nextInt(MOST)));
        }
    }

    private void write() throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(100_000)];
        random.nextBytes(bytes);
        int at = random.nextInt(contents.length - bytes.length);
        try (Image image = repository.open(DISK, true)) {
            image.write(at, ByteBuffer.wrap(bytes));
            image.sync();
        }
        System.arraycopy(bytes, 0, contents, at, bytes.length);
    }

    private void snapshot() throws IOException {
        String location = "s" + made++;
        repository.begin(location);
        assertThat(repository.snapshot(DISK, location)).isTrue();
        List<Snap> next = new ArrayList<>(rows);
        next.add(new Snap(location, contents.clone(), true));
        announce(next);
        commit();
        repository.keep(location);
    }

    private void destroyData() throws IOException {
        List<Snap> next = new ArrayList<>(rows);
        for (int i = 0; i < next.size(); i++) {
            Snap snap = next.get(i);
            if (snap.data()) {
                next.set(i, new Snap(snap.location(), snap.contents(), false));
                repository.begin(snap.location());
                announce(next);
                commit();
                repository.discardData(snap.location());
                repository.keep(snap.location());
                return;
            }
        }
    }

    private void destroy(Snap snap) throws IOException {
        List<Snap> next = new ArrayList<>(rows);
        next.remove(snap);
        repository.begin(snap.location());
        announce(next);
        commit();
        repository.discard(snap.location());
    }

    private void cloneOnce() throws IOException {
        String location = "clone" + made++;
        repository.begin(location);
        repository.clone(DISK, location);
        repository.discard(location);
    }

    private void revert() throws IOException {
        for (Snap snap : rows) {
            if (snap.data()) {
                repository.revert(snap.location(), DISK);
                contents = snap.contents().clone();
                return;
            }
        }
    }

    private void coalesce() throws IOException {
        while (repository.coalesce(location -> location.equals(DISK), done -> {})) {
            // One layer after the other.
        }
    }

    /** Cleans up as a start of the daemon does, and checks every bitmap against the contents. */
    static void check(Repository repository, List<Snap> rows, String as) throws IOException {
        repository.attach();
        List<String> locations = new ArrayList<>(List.of(DISK));
        for (Snap snap : rows) {
            locations.add(snap.location());
            if (!snap.data() && repository.pending(snap.location())) {
                repository.discardData(snap.location());
            }
        }
        repository.tidy(locations::contains, location -> false);
        assertThat(repository.logs().keySet()).as(as).containsExactlyInAnyOrderElementsOf(locations);
        byte[] disk = Contract.read(repository, DISK);
        for (int from = 0; from < rows.size(); from++) {
            Snap older = rows.get(from);
            assertThat(repository.holds(older.location())).as(as).isEqualTo(older.data());
            contains(repository, older, DISK, disk, as);
            for (Snap newer : rows.subList(from + 1, rows.size())) {
                contains(repository, older, newer.location(), newer.contents(), as);
            }
        }
    }

    private static void contains(Repository repository, Snap older, String to, byte[] contents, String as)
            throws IOException {
        assertThat(TrackingContract.blocks(repository.changed(older.location(), to)))
                .as("%s: from %s to %s", as, older.location(), to)
                .containsAll(TrackingContract.differences(older.contents(), contents));
    }
}
