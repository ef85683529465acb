package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;

/** Volumes with the contents of others. */
interface CopiesContract extends Contract {
    int PAGES = 128 * KIB;

    @Test
    default void itClonesAtOnceOrNotAtAll() throws IOException {
        byte[] contents = makeFull("a", MIB);
        repository().begin("b");
        assertThat(repository().clone("a", "b")).isEqualTo(clonesAtOnce());
        assertThat(repository().holds("b")).isEqualTo(clonesAtOnce());
        if (clonesAtOnce()) {
            repository().keep("b");
            holds("b", contents);
        }
    }

    @Test
    default void itSnapshotsSeveralTogetherOrNoneOfThem() throws IOException {
        byte[] a = makeFull("a", MIB);
        byte[] b = makeFull("b", 2 * MIB);
        List<String> files = files();
        if (!repository().snapshotAll(Map.of("a", "of-a", "b", "of-b"))) {
            assertThat(locations()).containsExactly("a", "b");
            assertThat(repository().pending(Set.of("of-a", "of-b"))).isEmpty();
            assertThat(files()).isEqualTo(files);
            return;
        }
        assertThat(repository().pending(Set.of("of-a", "of-b"))).containsExactlyInAnyOrder("of-a", "of-b");
        repository().keep("of-a");
        repository().keep("of-b");
        byte[] before = b.clone();
        write("b", b, 70_000, 5000);
        holds("of-a", a);
        holds("of-b", before);
        holds("b", b);
        assertThat(locations()).containsExactly("a", "b", "of-a", "of-b");
    }

    @Test
    default void originAndCopyAreIndependent() throws IOException {
        byte[] a = makeFull("a", MIB);
        duplicate("a", "b");
        byte[] b = a.clone();
        holds("b", b);
        write("a", a, 70_000, 5000);
        write("b", b, 72_000, 5000);
        write("a", a, MIB - 5000, 5000);
        repository().resize("b", 2 * MIB);
        b = Arrays.copyOf(b, 2 * MIB);
        write("b", b, 2 * MIB - 700, 700);
        holds("a", a);
        holds("b", b);
        assertThat(Contract.read(again(), "a")).isEqualTo(a);
        assertThat(Contract.read(again(), "b")).isEqualTo(b);
    }

    @Test
    default void severalThreadsCloneOneVolumeAtTheSameTime() throws Exception {
        assumeTrue(clonesAtOnce());
        int threads = 4;
        byte[] contents = makeFull("a", MIB);
        Executor executor = task -> new Thread(task, "clone").start();
        for (int round = 0; round < 10; round++) {
            write("a", contents, round * 1000, 900);
            CountDownLatch ready = new CountDownLatch(threads);
            List<CompletableFuture<Void>> clones = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String name = "copy" + round + "." + i;
                clones.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                Repository own = again();
                                own.begin(name);
                                ready.countDown();
                                ready.await();
                                own.clone("a", name);
                                own.keep(name);
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        executor));
            }
            for (int i = 0; i < threads; i++) {
                clones.get(i).get();
                holds("copy" + round + "." + i, contents);
            }
        }
        holds("a", contents);
    }

    /** A snapshot may be taken of a disk while an upload to it is under way. */
    @Test
    default void aCloneDuringAnImportHoldsTheOldContentsAndTheDiskTheNew() throws IOException {
        byte[] old = makeFull("a", MIB);
        for (boolean whole : new boolean[] {true, false}) {
            byte[] fresh = whole ? new byte[MIB] : old.clone();
            String name = whole ? "whole" : "differences";
            try (Stage stage =
                    whole ? repository().stage("a", MIB) : repository().stageCopy("a", done -> {})) {
                duplicate("a", name + " at the start");
                try (Image image = stage.open()) {
                    Contract.write(image, fresh, 100, 50_000);
                }
                duplicate("a", name + " at the end");
                stage.take();
            }
            holds("a", fresh);
            holds(name + " at the start", old);
            holds(name + " at the end", old);
            old = fresh;
        }
    }

    /** Copies of copies, each with data of its own, deleted in all 24 orders. */
    @Test
    default void copiesSurviveEachOtherInEveryOrder() throws IOException {
        int size = 256 * KIB;
        for (List<Integer> order : orders(List.of(0, 1, 2, 3))) {
            List<byte[]> contents = new ArrayList<>(List.of(makeFull("0", size)));
            for (int i = 1; i < 4; i++) {
                duplicate(Integer.toString(i - 1), Integer.toString(i));
                contents.add(contents.get(i - 1).clone());
                write(Integer.toString(i), contents.get(i), 65_536 * (i - 1) + 1000, 3000);
                write(Integer.toString(i - 1), contents.get(i - 1), 65_536 * i + 9000, 300);
            }
            List<Integer> left = new ArrayList<>(order);
            while (!left.isEmpty()) {
                repository().begin(left.get(0).toString());
                repository().discard(left.remove(0).toString());
                for (int other : left) {
                    holds(Integer.toString(other), contents.get(other));
                }
                assertThat(locations()).hasSameSizeAs(left);
            }
            assertThat(files()).as("after deletions in the order %s", order).isEmpty();
        }
    }

    private static List<List<Integer>> orders(List<Integer> numbers) {
        if (numbers.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> orders = new ArrayList<>();
        for (int first : numbers) {
            for (List<Integer> rest :
                    orders(numbers.stream().filter(other -> other != first).toList())) {
                List<Integer> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                orders.add(order);
            }
        }
        return orders;
    }

    @Test
    default void aVolumeGoesBackToACopyAsOftenAsAsked() throws IOException {
        byte[] a = makeFull("a", MIB);
        duplicate("a", "copy");
        duplicate("a", "other");
        byte[] before = a.clone();
        for (int round = 0; round < 3; round++) {
            write("a", a, 10_000 * round, 20_000);
            repository().resize("a", 2 * MIB);
            revert("copy", "a");
            holds("a", before);
            a = before.clone();
        }
        write("a", a, 0, 10);
        holds("copy", before);
        holds("other", before);
        repository().begin("copy");
        repository().discard("copy");
        holds("a", a);
        holds("other", before);
    }

    private void revert(String from, String to) throws IOException {
        if (!repository().revert(from, to)) {
            long bytes = repository().bytes(from);
            try (Stage stage = repository().stage(to, bytes)) {
                Copying.into(stage, bytes, repository(), from, done -> {});
                stage.take();
            }
        }
    }

    @Test
    default void itRevertsAtOnceWhenItClonesAtOnce() throws IOException {
        byte[] a = makeFull("a", MIB);
        byte[] b = makeFull("b", MIB);
        List<String> files = files();
        assertThat(repository().revert("a", "b")).isEqualTo(clonesAtOnce());
        holds("b", clonesAtOnce() ? a : b);
        if (!clonesAtOnce()) {
            assertThat(files()).isEqualTo(files);
        }
    }

    @Test
    default void stagedContentsAreTakenInOneStep() throws IOException {
        byte[] before = makeFull("a", MIB);
        duplicate("a", "copy");
        byte[] contents = new byte[2 * MIB];
        try (Stage stage = repository().stage("a", 2 * MIB)) {
            try (Image image = stage.open()) {
                assertThat(image.bytes()).isEqualTo(2 * MIB);
                Contract.write(image, contents, 5000, 100_000);
            }
            holds("a", before);
            assertThat(locations()).containsExactly("a", "copy");
            stage.take();
            holds("a", contents);
        }
        holds("a", contents);
        holds("copy", before);
    }

    @Test
    default void stagedContentsThatAreNotTakenLeaveNothing() throws IOException {
        byte[] before = makeFull("a", MIB);
        List<String> files = files();
        try (Stage stage = repository().stage("a", 2 * MIB);
                Image image = stage.open()) {
            Contract.write(image, new byte[2 * MIB], 5000, 100_000);
        }
        try (Stage stage = repository().stageCopy("a", done -> {});
                Image image = stage.open()) {
            Contract.write(image, new byte[MIB], 5000, 100_000);
        }
        holds("a", before);
        assertThat(files()).isEqualTo(files);
    }

    @Test
    default void stagedContentsMayBeginAsThePresentOnes() throws IOException {
        byte[] before = makeFull("a", MIB);
        byte[] contents = before.clone();
        try (Stage stage = repository().stageCopy("a", done -> {})) {
            try (Image image = stage.open()) {
                Contract.write(image, contents, 65_000, 4000);
            }
            holds("a", before);
            stage.take();
        }
        holds("a", contents);
        write("a", contents, 0, 100);
        holds("a", contents);
    }

    @Test
    default void keptContentsComeBackAsOftenAsAsked() throws IOException {
        byte[] kept = makeFull("a", MIB);
        repository().keepBase("a");
        byte[] contents = kept.clone();
        for (int round = 0; round < 3; round++) {
            write("a", contents, 100_000 * round, 50_000);
            holds("a", contents);
            repository().reset("a", MIB);
            holds("a", kept);
            contents = kept.clone();
        }
        write("a", contents, 0, 5000);
        repository().resize("a", 2 * MIB);
        repository().reset("a", 2 * MIB);
        holds("a", Arrays.copyOf(kept, 2 * MIB));
        assertThat(locations()).containsExactly("a");
    }

    @Test
    default void keptContentsAreReplacedAndForgotten() throws IOException {
        byte[] contents = makeFull("a", MIB);
        repository().keepBase("a");
        write("a", contents, 0, 5000);
        repository().keepBase("a");
        byte[] kept = contents.clone();
        write("a", contents, 3000, 5000);
        repository().reset("a", MIB);
        holds("a", kept);
        repository().dropBase("a");
        repository().dropBase("a");
        List<String> files = files();
        assertThatThrownBy(() -> repository().reset("a", MIB)).isInstanceOf(IOException.class);
        holds("a", kept);
        assertThat(files()).isEqualTo(files);
        repository().begin("a");
        repository().discard("a");
        assertThat(files()).isEmpty();
    }

    @Test
    default void keptContentsSurviveTheOriginOfTheDisk() throws IOException {
        byte[] kept = makeFull("origin", MIB);
        duplicate("origin", "a");
        repository().keepBase("a");
        duplicate("a", "b");
        write("a", kept.clone(), 0, 9000);
        for (String location : List.of("origin", "b")) {
            repository().begin(location);
            repository().discard(location);
        }
        repository().reset("a", MIB);
        holds("a", kept);
    }

    /** A guest that runs goes on writing. Its first page is always written before the second one. */
    @Test
    default void aCloneOfADiskThatIsWrittenIsTheDiskAtOneMoment() throws Exception {
        make("a", 2 * PAGES);
        GuestDisk disk = repository().guestDisk("a");
        assumeTrue(clonesAtOnce() && disk.format() == DiskFormat.RAW, "LiveChainsTest has guests of qcow2 disks");
        assumeTrue(hasFiles(), "the test bed has guests of logical volumes");
        AtomicBoolean running = new AtomicBoolean(true);
        CountDownLatch begun = new CountDownLatch(3);
        CompletableFuture<Void> guest = CompletableFuture.runAsync(() -> {
            try (FileChannel file = FileChannel.open(disk.path(), StandardOpenOption.WRITE)) {
                for (int count = 1; running.get(); count++) {
                    file.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, count), 0);
                    file.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, count), PAGES);
                    begun.countDown();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        begun.await();
        for (int clone = 0; clone < 30; clone++) {
            duplicate("a", "clone" + clone);
            ByteBuffer contents = ByteBuffer.wrap(read("clone" + clone));
            assertThat(contents.getInt(0) - contents.getInt(PAGES)).isBetween(0, 1);
        }
        running.set(false);
        guest.get();
    }
}
