package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Image;

/**
 * Operations on a repository, in the steps of package {@code storage}, with rows that say at each moment what must be
 * there after a power cut.
 */
final class CutWork {
    static final int PAGE = 4096;
    private static final int UNIT = 65_536;
    private static final int MOST = 6;

    private final Repository repository;
    private final Random random;
    /** Held while rows change, and while the power is cut. */
    private final ReentrantLock lock = new ReentrantLock();

    private Map<String, Disk> rows = Map.of();
    private volatile @Nullable Map<String, Disk> waiting;
    private @Nullable Flight flight;
    private int made;

    CutWork(Repository repository, Random random) {
        this.repository = repository;
        this.random = random;
    }

    /**
     * A disk that was acknowledged.
     *
     * @param kept the contents that it is reset to; null when it does not reset
     */
    record Disk(byte[] contents, byte @Nullable [] kept) {}

    /**
     * New contents of a disk that are not acknowledged yet.
     *
     * @param pages whether each page may be old or new, or only the whole disk
     */
    record Flight(String location, byte[] contents, boolean pages) {}

    /** Rows that the database may have after a cut, and the contents in flight. */
    record Expected(Map<String, Disk> rows, @Nullable Flight flight) {}

    /** An action at one moment, as far as rows are concerned. */
    interface Cut<T> {
        T now() throws IOException;
    }

    /** A cut, and all that may be expected after it. */
    record Moment<T>(T cut, List<Expected> expected) {}

    <T> Moment<T> cut(Cut<T> cut) throws IOException {
        lock.lock();
        try {
            List<Expected> expected = new ArrayList<>(List.of(new Expected(rows, flight)));
            Map<String, Disk> next = waiting;
            if (next != null) {
                // The rows may have become durable just before, although nobody knows.
                expected.add(new Expected(next, flight));
            }
            return new Moment<>(cut.now(), expected);
        } finally {
            lock.unlock();
        }
    }

    /** Every operation of a repository that changes something. */
    enum Step {
        CREATE(CutWork::create),
        WRITE(CutWork::write),
        DUPLICATE(CutWork::duplicate),
        SNAPSHOT_ALL(CutWork::snapshotAll),
        DESTROY(CutWork::destroy),
        RESIZE(CutWork::resize),
        REVERT(CutWork::revert),
        OVERWRITE(CutWork::overwrite),
        OVERWRITE_PARTS(CutWork::overwriteParts),
        KEEP_BASE(CutWork::keepBase),
        RESET(CutWork::reset),
        DROP_BASE(CutWork::dropBase),
        COALESCE(CutWork::coalesce),
        TIDY(CutWork::tidy);

        private final Action action;

        Step(Action action) {
            this.action = action;
        }
    }

    private interface Action {
        void run(CutWork work) throws IOException;
    }

    /** Makes the disks that a step needs. */
    void prepare(Step step) throws IOException {
        while (rows.size() < (step == Step.CREATE ? 1 : 3)) {
            create();
            write();
        }
        while (rows.size() >= MOST) {
            destroy();
        }
        if (step == Step.COALESCE) {
            // A disk that was destroyed leaves a layer that only one other disk needs.
            duplicate();
            write();
            destroy();
        }
        boolean resets = step == Step.RESET || step == Step.DROP_BASE;
        if (resets && rows.values().stream().allMatch(disk -> disk.kept() == null)) {
            keepBase();
        } else if (step == Step.KEEP_BASE && rows.values().stream().allMatch(disk -> disk.kept() != null)) {
            dropBase();
        }
    }

    void run(Step step) throws IOException {
        step.action.run(this);
    }

    private void commit(Map<String, Disk> next) {
        waiting = next;
        lock.lock();
        try {
            rows = next;
            flight = null;
            waiting = null;
        } finally {
            lock.unlock();
        }
    }

    private void begin(Flight next) {
        lock.lock();
        try {
            flight = next;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Disk> with(String location, @Nullable Disk disk) {
        Map<String, Disk> next = new TreeMap<>(rows);
        if (disk == null) {
            next.remove(location);
        } else {
            next.put(location, disk);
        }
        return next;
    }

    private String any(boolean resetting) {
        List<String> some = rows.entrySet().stream()
                .filter(row -> !resetting || row.getValue().kept() != null)
                .map(Map.Entry::getKey)
                .toList();
        return some.get(random.nextInt(some.size()));
    }

    private Disk disk(String location) {
        return rows.get(location);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void create() throws IOException {
        String location = "disk" + made++;
        int size = UNIT * (2 + random.nextInt(4));
        repository.begin(location);
        repository.create(location, size);
        commit(with(location, new Disk(new byte[size], null)));
        repository.keep(location);
    }

    private void write() throws IOException {
        String location = any(false);
        byte[] contents = disk(location).contents().clone();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int pages = 1 + random.nextInt(12);
            int at = random.nextInt(contents.length / PAGE - pages + 1) * PAGE;
            System.arraycopy(bytes(pages * PAGE), 0, contents, at, pages * PAGE);
            places.add(at);
            places.add(pages * PAGE);
        }
        begin(new Flight(location, contents, true));
        try (Image image = repository.open(location, true)) {
            for (int i = 0; i < places.size(); i += 2) {
                image.write(places.get(i), ByteBuffer.wrap(contents, places.get(i), places.get(i + 1)));
            }
            image.sync();
        }
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private void duplicate() throws IOException {
        String from = any(false);
        String location = "disk" + made++;
        repository.begin(location);
        if (!repository.clone(from, location)) {
            repository.create(location, repository.bytes(from));
            Copying.into(repository, location, repository, from, done -> {});
        }
        boolean resets = disk(from).kept() != null;
        if (resets) {
            repository.keepBase(location);
        }
        byte[] contents = disk(from).contents();
        commit(with(location, new Disk(contents, resets ? contents : null)));
        repository.keep(location);
    }

    /** Two at once; nothing where the repository takes them one by one. */
    private void snapshotAll() throws IOException {
        Map<String, String> snapshots = new TreeMap<>();
        for (String from : rows.keySet().stream().limit(2).toList()) {
            snapshots.put(from, "disk" + made++);
        }
        if (repository.snapshotAll(snapshots)) {
            Map<String, Disk> next = new TreeMap<>(rows);
            snapshots.forEach((from, to) -> next.put(to, new Disk(disk(from).contents(), null)));
            commit(next);
            snapshots.values().forEach(repository::keep);
        }
    }

    private void destroy() throws IOException {
        String location = any(false);
        repository.begin(location);
        commit(with(location, null));
        repository.discard(location);
    }

    private void resize() throws IOException {
        String location = any(false);
        byte[] contents =
                Arrays.copyOf(disk(location).contents(), disk(location).contents().length + UNIT);
        begin(new Flight(location, contents, false));
        repository.resize(location, contents.length);
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private void revert() throws IOException {
        String from = any(false);
        String location = any(false);
        byte[] contents = disk(from).contents();
        begin(new Flight(location, contents, false));
        if (from.equals(location) || !repository.revert(from, location)) {
            try (Stage stage = repository.stage(location, contents.length)) {
                Copying.into(stage, contents.length, repository, from, done -> {});
                stage.take();
            }
        }
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private void overwrite() throws IOException {
        String location = any(false);
        byte[] contents = new byte[disk(location).contents().length];
        System.arraycopy(bytes(UNIT), 0, contents, PAGE, UNIT);
        begin(new Flight(location, contents, false));
        try (Stage stage = repository.stage(location, contents.length)) {
            fill(stage, contents);
        }
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private void overwriteParts() throws IOException {
        String location = any(false);
        byte[] contents = disk(location).contents().clone();
        System.arraycopy(bytes(UNIT), 0, contents, PAGE, UNIT);
        begin(new Flight(location, contents, false));
        try (Stage stage = repository.stageCopy(location, done -> {})) {
            fill(stage, contents);
        }
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private static void fill(Stage stage, byte[] contents) throws IOException {
        try (Image image = stage.open()) {
            image.write(PAGE, ByteBuffer.wrap(contents, PAGE, UNIT));
            image.sync();
        }
        stage.take();
    }

    private void keepBase() throws IOException {
        String location = rows.entrySet().stream()
                .filter(row -> row.getValue().kept() == null)
                .findFirst()
                .orElseThrow()
                .getKey();
        repository.keepBase(location);
        byte[] contents = disk(location).contents();
        commit(with(location, new Disk(contents, contents)));
    }

    private void reset() throws IOException {
        String location = any(true);
        byte[] contents = Arrays.copyOf(disk(location).kept(), disk(location).contents().length);
        begin(new Flight(location, contents, false));
        repository.reset(location, contents.length);
        commit(with(location, new Disk(contents, disk(location).kept())));
    }

    private void dropBase() throws IOException {
        String location = any(true);
        commit(with(location, new Disk(disk(location).contents(), null)));
        repository.dropBase(location);
    }

    private void coalesce() throws IOException {
        while (repository.coalesce(location -> true, done -> {})) {
            // One layer after the other.
        }
    }

    /** Leaves a volume behind, as a kill of the daemon would, and cleans up. */
    private void tidy() throws IOException {
        String location = "disk" + made++;
        repository.begin(location);
        repository.create(location, UNIT);
        repository.tidy(
                rows::containsKey, name -> rows.containsKey(name) && disk(name).kept() != null);
    }
}
