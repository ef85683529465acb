package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;

/**
 * Changed-block tracking: a bitmap may have too many blocks, and never too few. Where it says so, the bitmap has exactly
 * the blocks that were written. The rules are those of libs/sm/VDI.py of XenServer's storage manager.
 */
interface TrackingContract extends Contract {
    int BLOCK = ChangedBlocks.BLOCK;

    /** The file or device with the log of a volume. */
    Path log(String location);

    private void snapshot(String from, String to) throws IOException {
        repository().begin(to);
        assertThat(repository().snapshot(from, to)).isTrue();
        repository().keep(to);
    }

    private void discard(String location) throws IOException {
        repository().begin(location);
        repository().discard(location);
    }

    private void mergeAll() throws IOException {
        while (repository().coalesce(location -> true, done -> {})) {
            // One layer after the other.
        }
    }

    private byte[] tracked(String location) throws IOException {
        assumeTrue(clonesAtOnce());
        byte[] contents = makeFull(location, 4 * MIB);
        repository().track(location);
        return contents;
    }

    private List<Integer> changed(String from, String to) throws IOException {
        return blocks(repository().changed(from, to));
    }

    /** The numbers of the blocks that have changed. */
    static List<Integer> blocks(ChangedBlocks changed) {
        List<Integer> blocks = new ArrayList<>();
        for (long at = 0; at < changed.bytes(); at += BLOCK) {
            if (changed.contains(at)) {
                blocks.add((int) (at / BLOCK));
            }
        }
        return blocks;
    }

    /** The numbers of the blocks of {@code to} that are not those of {@code from}. */
    static List<Integer> differences(byte[] from, byte[] to) {
        List<Integer> blocks = new ArrayList<>();
        byte[] before = Arrays.copyOf(from, to.length);
        for (int at = 0; at < to.length; at += BLOCK) {
            int end = Math.min(at + BLOCK, to.length);
            if (!Arrays.equals(before, at, end, to, at, end)) {
                blocks.add(at / BLOCK);
            }
        }
        return blocks;
    }

    @Test
    default void onlyTheBlocksThatWereWrittenHaveChanged() throws IOException {
        byte[] disk = tracked("disk");
        snapshot("disk", "s1");
        write("disk", disk, 5 * BLOCK + 100, 10);
        write("disk", disk, 9 * BLOCK - 1, 2);
        snapshot("disk", "s2");
        assertThat(changed("s1", "s2")).containsExactly(5, 8, 9);
        write("disk", disk, 63 * BLOCK, BLOCK);
        assertThat(changed("s2", "disk")).containsExactly(63);
        assertThat(changed("s1", "disk")).containsExactly(5, 8, 9, 63);
        assertThat(blocks(again().changed("s1", "disk"))).containsExactly(5, 8, 9, 63);
        snapshot("disk", "s3");
        assertThat(changed("s2", "s3")).containsExactly(63);
        snapshot("disk", "s4");
        assertThat(changed("s3", "s4")).isEmpty();
        assertThat(changed("s1", "s4")).containsExactly(5, 8, 9, 63);
    }

    @Test
    default void logsOutliveDataAndMerges() throws IOException {
        byte[] disk = tracked("disk");
        snapshot("disk", "s1");
        repository().discardData("s1");
        mergeAll();
        assertThat(locations()).containsExactly("disk");
        assertThat(repository().logs()).isEqualTo(Map.of("disk", 4L * MIB, "s1", 4L * MIB));
        write("disk", disk, 5 * BLOCK, 10);
        mergeAll();
        duplicate("disk", "clone");
        write("disk", disk, 7 * BLOCK, 10);
        mergeAll();
        discard("clone");
        mergeAll();
        snapshot("disk", "s2");
        repository().discardData("s2");
        mergeAll();
        write("disk", disk, 20 * BLOCK, 10);
        snapshot("disk", "s3");
        assertThat(changed("s1", "s2")).containsExactly(5, 7);
        assertThat(changed("s2", "s3")).containsExactly(20);
        assertThat(changed("s1", "s3")).containsExactly(5, 7, 20);
        holds("s3", disk);
        holds("disk", disk);
    }

    @Test
    default void aRemovedSnapshotLeavesItsChangesToTheNext() throws IOException {
        byte[] disk = tracked("disk");
        for (int i = 1; i <= 4; i++) {
            snapshot("disk", "s" + i);
            write("disk", disk, i * 10 * BLOCK, 10);
        }
        repository().discardData("s3");
        discard("s2");
        discard("s3");
        mergeAll();
        assertThat(changed("s1", "s4")).containsExactly(10, 20, 30);
        assertThat(changed("s4", "disk")).containsExactly(40);
        discard("s1");
        discard("s4");
        discard("disk");
        assertThat(files()).isEmpty();
    }

    @Test
    default void newContentsAndASizeAreChanges() throws IOException {
        byte[] disk = tracked("disk");
        snapshot("disk", "s1");
        repository().resize("disk", 5L * MIB);
        byte[] larger = Arrays.copyOf(disk, 5 * MIB);
        snapshot("disk", "s2");
        assertThat(changed("s1", "s2")).as("what was added counts").hasSize(16).contains(64, 79);
        try (Stage stage = repository().stageCopy("disk", done -> {})) {
            try (Image image = stage.open()) {
                Contract.write(image, larger, 70 * BLOCK, 10);
            }
            stage.take();
        }
        snapshot("disk", "s3");
        assertThat(changed("s2", "s3")).containsExactly(70);
        byte[] other = new byte[5 * MIB];
        try (Stage stage = repository().stage("disk", other.length)) {
            try (Image image = stage.open()) {
                Contract.write(image, other, 3 * BLOCK, 10);
            }
            stage.take();
        }
        snapshot("disk", "s4");
        assertThat(changed("s3", "s4")).containsAll(differences(larger, other));
        assertThat(repository().revert("s1", "disk")).isTrue();
        snapshot("disk", "s5");
        assertThat(changed("s4", "s5")).containsAll(differences(other, disk));
        assertThatThrownBy(() -> repository().changed("s3", "s5")).hasMessageContaining("SR_BACKEND_FAILURE_459");
    }

    @Test
    default void unrelatedDisksAreRefused() throws IOException {
        byte[] disk = tracked("disk");
        snapshot("disk", "s1");
        snapshot("disk", "s2");
        write("s1", disk.clone(), 6 * BLOCK, 10);
        assertThat(changed("s1", "s2")).as("the snapshot itself was written").contains(6);
        duplicate("disk", "clone");
        repository().track("clone");
        snapshot("clone", "c1");
        for (String[] pair : new String[][] {
            {"s1", "s1"}, {"s2", "s1"}, {"disk", "s1"}, {"clone", "disk"}, {"s1", "c1"}, {"s1", "none"}, {"none", "s2"}
        }) {
            assertThatThrownBy(() -> repository().changed(pair[0], pair[1]))
                    .as(String.join(" to ", pair))
                    .isInstanceOf(XenApiException.class)
                    .hasMessageContaining("SR_BACKEND_FAILURE_460");
        }
        repository().untrack("disk");
        repository().untrack("disk");
        assertThatThrownBy(() -> repository().changed("s1", "disk")).hasMessageContaining("SR_BACKEND_FAILURE_460");
        repository().track("disk");
        snapshot("disk", "s3");
        assertThat(changed("s1", "s2")).contains(6);
        assertThatThrownBy(() -> repository().changed("s2", "s3")).hasMessageContaining("SR_BACKEND_FAILURE_460");
    }

    @Test
    default void disksWithoutALogAreNotTracked() throws IOException {
        make("disk", MIB);
        if (!clonesAtOnce()) {
            assertThatThrownBy(() -> repository().track("disk")).hasMessageContaining("SR_BACKEND_FAILURE_66");
        } else {
            duplicate("disk", "s1");
            snapshot("disk", "s2");
        }
        assertThat(repository().logs()).isEmpty();
        assertThat(repository().tracks("disk")).isFalse();
    }

    /** A log that is damaged, or another program's, never gives a bitmap. */
    @Test
    default void damagedLogsDoNotCount() throws IOException {
        byte[] disk = tracked("disk");
        snapshot("disk", "s1");
        write("disk", disk, 0, 10);
        snapshot("disk", "s2");
        Path log = log("s2");
        byte[] good = Files.readAllBytes(log);
        int length = BlockLog.read(new ByteArrayInputStream(good)).toBytes().length;
        for (int at = 0; at < length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 4;
            Files.write(log, bad);
            assertThatThrownBy(() -> repository().changed("s1", "s2"))
                    .as("byte " + at)
                    .hasMessageContaining("SR_BACKEND_FAILURE_460");
        }
        assertThat(repository().tracks("s2")).isFalse();
        repository().track("s2");
        assertThatThrownBy(() -> repository().changed("s1", "s2")).hasMessageContaining("SR_BACKEND_FAILURE_460");
    }

    /** Whatever is done to a disk between two snapshots, no changed block is missing. */
    @Test
    default void noChangedBlockIsEverMissing() throws IOException {
        byte[] disk = tracked("disk");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> contents = new ArrayList<>();
        List<String> all = new ArrayList<>();
        TreeSet<String> data = new TreeSet<>();
        for (int i = 0; i < 25; i++) {
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> write("disk", disk, random.nextInt(disk.length - 3000), 1 + random.nextInt(3000));
                case 3, 4 -> {
                    snapshot("disk", "s" + i);
                    all.add("s" + i);
                    data.add("s" + i);
                    contents.add(disk.clone());
                }
                case 5 -> mergeAll();
                case 6 -> {
                    if (data.size() > 1) {
                        repository().discardData(data.pollFirst());
                    }
                }
                case 7 -> {
                    if (!data.isEmpty()) {
                        repository().revert(data.last(), "disk");
                        disk = contents.get(all.indexOf(data.last())).clone();
                    }
                }
                default -> {
                    try (Stage stage = repository().stageCopy("disk", done -> {})) {
                        try (Image image = stage.open()) {
                            int at = random.nextInt(40) * BLOCK;
                            Arrays.fill(disk, at, at + 2 * BLOCK, (byte) 0);
                            image.write(at, ByteBuffer.wrap(new byte[2 * BLOCK]));
                        }
                        stage.take();
                    }
                }
            }
            for (int from = 0; from < all.size(); from++) {
                String as = "seed " + seed + ", step " + i + ", from " + all.get(from);
                assertThat(changed(all.get(from), "disk")).as(as).containsAll(differences(contents.get(from), disk));
                if (from + 1 < all.size()) {
                    assertThat(changed(all.get(from), all.get(from + 1)))
                            .as(as)
                            .containsAll(differences(contents.get(from), contents.get(from + 1)));
                }
            }
        }
    }
}
