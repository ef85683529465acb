package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.store.SafeFile;
import org.jxapi.volume.CutWork.Disk;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Flight;
import org.jxapi.volume.CutWork.Moment;
import org.jxapi.volume.CutWork.Step;

/**
 * The power is cut while a repository works, at moments that are spread over each of its operations. Afterwards every disk
 * that was acknowledged has its contents, the operation in flight has happened or not, nothing is left over, and nothing
 * of others is gone.
 *
 * <p>A build cuts 48 times in all; {@code -Djxapi.cuts=N} cuts N times, and {@code -Djxapi.seed=N} repeats the choices of a
 * run.
 */
class PowerCutsTest {
    private static final int CUTS = Integer.getInteger("jxapi.cuts", 48);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    /** How far behind the usual end of an operation a cut may be. */
    private static final double BEYOND = 1.1;
    /** Multiples of it, without their whole parts, are spread evenly between 0 and 1, however many there are. */
    private static final double GOLDEN = 0.618_033_988_749_895;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    private final Map<Step, Long> nanos = new EnumMap<>(Step.class);
    private final Random random = new Random(SEED);
    private int inside;

    static Stream<Arguments> repositories() {
        return Kind.writable().stream()
                .flatMap(kind -> Stream.of(Format.values()).map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("repositories")
    void theOldOrTheNewStateIsThereAndNothingElse(Kind kind, Format format) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        int cuts =
                (CUTS + (int) repositories().count() - 1) / (int) repositories().count();
        CutDisk disk = new CutDisk(MOUNTS, format);
        Repository repository = kind.in(disk.mounted().resolve("sr"));
        repository.create();
        Set<Path> foreign = foreign(disk.mounted());
        CutWork work = new CutWork(repository, random);
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            for (int cut = 0; cut < cuts; cut++) {
                Step step = Step.values()[cut % Step.values().length];
                double part = cut / Step.values().length * GOLDEN % 1 * BEYOND;
                Moment<Path> moment = cutDuring(worker, work, step, part, disk);
                for (Expected expected : moment.expected()) {
                    String situation = kind + " on " + format + ", seed " + SEED + ", cut " + cut + " in " + step;
                    disk.afterStart(
                            moment.cut(),
                            mounted -> check(kind, mounted, disk.mounted(), expected, foreign, situation));
                }
                disk.forget(moment.cut());
            }
        } finally {
            worker.shutdownNow();
        }
        System.out.printf(
                "Power cuts: %s on %s: %d, %d of them before the end of the operation; none lost a byte.%n",
                kind, format, cuts, inside);
        assertThat(inside).isPositive();
    }

    /** The cuts are cuts: a file that nobody has synced does not survive one. */
    @ParameterizedTest
    @EnumSource
    void onlyDataThatIsOnDiskSurvivesACut(Format format) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        CutDisk disk = new CutDisk(MOUNTS, format);
        Path synced = Files.write(disk.mounted().resolve("synced"), Contract.random(300_000));
        SafeFile.sync(synced);
        VolumeFiles.syncFolder(synced);
        Files.write(disk.mounted().resolve("late"), Contract.random(300_000));
        disk.afterStart(disk.cut(), folder -> {
            assertThat(folder.resolve("synced")).hasSameBinaryContentAs(synced);
            Path late = folder.resolve("late");
            assertThat(Files.exists(late) ? Files.size(late) : 0).isZero();
        });
    }

    /** Files of others in the repository and next to it, which are on disk. */
    private static Set<Path> foreign(Path mounted) throws IOException {
        Set<Path> foreign = new TreeSet<>();
        for (String name : List.of("neighbour", "sr/README", "sr/old.raw.bak", "sr/.hidden")) {
            foreign.add(Files.writeString(mounted.resolve(name), name));
        }
        for (Path file : foreign) {
            SafeFile.sync(file);
            VolumeFiles.syncFolder(file);
        }
        return foreign;
    }

    /** Cuts the power when that part of the usual time of an operation is over. */
    private Moment<Path> cutDuring(ExecutorService worker, CutWork work, Step step, double part, CutDisk disk)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Callable<Long> operation = () -> {
            work.prepare(step);
            long start = System.nanoTime();
            begun.countDown();
            work.run(step);
            return System.nanoTime() - start;
        };
        Future<Long> ended = worker.submit(() -> {
            try {
                return operation.call();
            } finally {
                begun.countDown();
            }
        });
        begun.await();
        LockSupport.parkNanos((long) (part * nanos.getOrDefault(step, 10_000_000L)));
        inside += ended.isDone() ? 0 : 1;
        Moment<Path> moment = work.cut(disk::cut);
        nanos.put(step, ended.get());
        return moment;
    }

    private static void check(
            Kind kind, Path mounted, Path before, Expected expected, Set<Path> foreign, String situation)
            throws IOException {
        Path folder = mounted.resolve("sr");
        List<String> found = names(folder);
        Repository repository = kind.in(folder);
        Map<String, Disk> rows = expected.rows();
        repository.attach();
        repository.tidy(
                rows::containsKey,
                name -> rows.containsKey(name) && rows.get(name).kept() != null);
        String as = situation + ", files before " + found + ", after " + names(folder);
        assertThat(repository.volumes()).as(as).extracting(Volume::location).containsExactlyElementsOf(rows.keySet());
        for (Map.Entry<String, Disk> row : rows.entrySet()) {
            assertThat(fault(row.getKey(), row.getValue(), expected.flight(), Contract.read(repository, row.getKey())))
                    .as("%s: contents of %s", as, row.getKey())
                    .isEmpty();
        }
        Qemu.checkAllAfterCut(folder);
        for (Map.Entry<String, Disk> row : rows.entrySet()) {
            byte[] kept = row.getValue().kept();
            if (kept != null) {
                repository.reset(row.getKey(), kept.length);
                assertThat(Contract.read(repository, row.getKey()))
                        .as("%s: kept contents of %s", as, row.getKey())
                        .isEqualTo(kept);
            }
        }
        // Without any disk, only the files of others are left.
        for (String location : rows.keySet()) {
            repository.begin(location);
            repository.discard(location);
        }
        repository.tidy(name -> false, name -> false);
        Set<Path> left = new TreeSet<>();
        try (Stream<Path> files = Files.walk(mounted)) {
            files.filter(Files::isRegularFile).forEach(file -> left.add(before.resolve(mounted.relativize(file))));
        }
        assertThat(left).as(as).isEqualTo(foreign);
        for (Path file : left) {
            assertThat(mounted.resolve(before.relativize(file)))
                    .as(as)
                    .hasContent(before.relativize(file).toString());
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Describes the first page that is neither old nor new; empty when the disk is as it must be. */
    private static String fault(String location, Disk disk, @Nullable Flight flight, byte[] contents) {
        byte[] old = disk.contents();
        if (Arrays.equals(contents, old)) {
            return "";
        }
        boolean inFlight = flight != null && flight.location().equals(location);
        byte[] fresh = inFlight ? flight.contents() : old;
        if (Arrays.equals(contents, fresh)) {
            return "";
        }
        if (contents.length != old.length) {
            return contents.length + " bytes, expected are " + old.length + " or " + fresh.length;
        }
        boolean mixed = inFlight && flight.pages();
        for (int at = 0; at < contents.length; at += CutWork.PAGE) {
            byte[] page = page(contents, at);
            boolean isOld = Arrays.equals(page, page(old, at));
            if (!isOld && !(mixed && Arrays.equals(page, page(fresh, at)))) {
                return "page at " + at + " of " + contents.length + ", in flight " + inFlight + ", is "
                        + (Arrays.equals(page, new byte[CutWork.PAGE]) ? "zeros" : "something else") + ", new "
                        + Arrays.equals(page, page(fresh, at));
            }
        }
        return "";
    }

    private static byte[] page(byte[] contents, int at) {
        return Arrays.copyOfRange(
                contents, Math.min(at, contents.length), Math.min(at + CutWork.PAGE, contents.length));
    }
}
