package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.jxapi.image.Image;

/** The differences between two volumes: applied to the one, they give the other. */
interface DifferencesContract extends Contract {
    int CLUSTER = 64 * KIB;

    /** The beginnings of all pieces of 64 KiB in which the contents differ. */
    static List<Long> pieces(byte[] disk, byte[] base) {
        byte[] other = Arrays.copyOf(base, disk.length);
        List<Long> pieces = new ArrayList<>();
        for (int at = 0; at < disk.length; at += CLUSTER) {
            int end = Math.min(at + CLUSTER, disk.length);
            if (!Arrays.equals(disk, at, end, other, at, end)) {
                pieces.add((long) at);
            }
        }
        return pieces;
    }

    static List<Long> found(Differences differences) throws IOException {
        List<Long> found = new ArrayList<>();
        differences.find(differences.disk().bytes(), CLUSTER, at -> {}, found::add);
        return found;
    }

    /** The differences are found exactly, and a copy of the base with them is the disk. */
    private void differ(String disk, byte[] contents, String base, byte[] baseContents) throws IOException {
        try (Differences differences = repository().differences(disk, base)) {
            assertThat(found(differences)).isEqualTo(pieces(contents, baseContents));
        }
        duplicate(base, "restored");
        if (contents.length > baseContents.length) {
            repository().resize("restored", contents.length);
        }
        try (Stage stage = repository().stageCopy("restored", done -> {})) {
            try (Image image = stage.open();
                    Differences differences = repository().differences(disk, base)) {
                Copying.differences(differences, image, done -> assertThat(done).isBetween(0.0, 1.0));
            }
            stage.take();
        }
        byte[] restored = read("restored");
        assertThat(Arrays.copyOf(restored, contents.length)).isEqualTo(contents);
        repository().begin("restored");
        repository().discard("restored");
    }

    /** How many bytes the storage does not know to be the same, without reading any. */
    private long unknown(String disk, String base) throws IOException {
        try (Differences differences = repository().differences(disk, base)) {
            long bytes = differences.disk().bytes();
            long unknown = 0;
            for (long at = 0; at < bytes; ) {
                SharedParts.Part part = differences.part(at, bytes - at);
                unknown += part.same() ? 0 : part.length();
                at += part.length();
            }
            return unknown;
        }
    }

    /** Snapshots in a row, with random writes, zeros and growth between them; every pair is compared, both ways. */
    @Test
    default void theDifferencesOfAnyTwoDisksMakeTheOneOfTheOther() throws IOException {
        Random random = new Random(16);
        List<byte[]> contents = new ArrayList<>();
        byte[] now = makeFull("disk", 2 * MIB);
        for (int i = 0; i < 4; i++) {
            duplicate("disk", "snapshot" + i);
            contents.add(now.clone());
            for (int writes = 0; writes < 4; writes++) {
                int length = 1 + random.nextInt(150_000);
                int at = random.nextInt(now.length - length);
                if (random.nextInt(3) == 0) {
                    zeros("disk", now, at, length);
                } else {
                    write("disk", now, at, length);
                }
            }
            if (i == 1) {
                now = Arrays.copyOf(now, 3 * MIB);
                repository().resize("disk", now.length);
                write("disk", now, 3 * MIB - 5000, 5000);
            }
        }
        for (int i = 0; i < 4; i++) {
            differ("disk", now, "snapshot" + i, contents.get(i));
            for (int j = 0; j < 4; j++) {
                differ("snapshot" + i, contents.get(i), "snapshot" + j, contents.get(j));
            }
        }
    }

    /** Makes zeros of a part, some of which are stored and some are not. */
    private void zeros(String location, byte[] contents, int at, int length) throws IOException {
        try (Image image = repository().open(location, true)) {
            if (!image.clear(at, length / 2)) {
                image.write(at, ByteBuffer.allocate(length / 2));
            }
            image.write(at + length / 2, ByteBuffer.allocate(length - length / 2));
            image.sync();
        }
        Arrays.fill(contents, at, at + length, (byte) 0);
    }

    /** The same contents, written twice, are no difference. */
    @Test
    default void equalContentsAreNoDifference() throws IOException {
        byte[] contents = makeFull("disk", MIB);
        make("other", MIB);
        try (Image image = repository().open("other", true)) {
            image.write(0, ByteBuffer.wrap(contents));
        }
        try (Differences differences = repository().differences("disk", "other")) {
            assertThat(found(differences)).isEmpty();
        }
        try (Differences differences = repository().differences("disk", "disk")) {
            assertThat(found(differences)).isEmpty();
        }
    }

    /** A write that is not yet on its disk counts. The blocks of the file are still those that it shares. */
    @Test
    default void aWriteThatIsOnlyInMemoryIsADifference() throws IOException {
        byte[] contents = makeFull("disk", 2 * MIB);
        duplicate("disk", "snapshot");
        try (Image image = repository().open("disk", true)) {
            image.write(CLUSTER + 700, ByteBuffer.wrap(Contract.random(20)));
        }
        try (Differences differences = repository().differences("disk", "snapshot")) {
            assertThat(found(differences)).containsExactly((long) CLUSTER);
        }
        assertThat(read("snapshot")).isEqualTo(contents);
    }

    /** Parts that were not written since are not read where volumes share them. */
    @Test
    default void onlyWhatWasWrittenMayDifferWhereVolumesShareTheRest() throws IOException {
        int size = 8 * MIB;
        make("disk", size);
        byte[] contents = new byte[size];
        write("disk", contents, 0, size);
        duplicate("disk", "first");
        write("disk", contents, 3 * MIB, 4096);
        duplicate("disk", "second");
        write("disk", contents, 5 * MIB, 4096);
        if (clonesAtOnce()) {
            assertThat(unknown("second", "first")).isBetween(4096L, (long) CLUSTER);
            assertThat(unknown("disk", "first")).isBetween(2 * 4096L, 2L * CLUSTER);
            assertThat(unknown("first", "disk")).isBetween(2 * 4096L, 2L * CLUSTER);
        } else {
            assertThat(unknown("second", "first")).isEqualTo(size);
        }
    }

    /** Readers do not stop merges of layers: neither those that have the disks open, nor later ones, miss anything. */
    @Test
    default void differencesStayExactWhenLayersAreMerged() throws IOException {
        byte[] contents = makeFull("disk", MIB);
        duplicate("disk", "snapshot0");
        byte[] first = contents.clone();
        for (int i = 1; i < 5; i++) {
            write("disk", contents, 130_000 * i, 70_000);
            duplicate("disk", "snapshot" + i);
        }
        write("disk", contents, 10, 10);
        for (int i = 1; i < 4; i++) {
            repository().begin("snapshot" + i);
            repository().discard("snapshot" + i);
        }
        try (Differences opened = repository().differences("disk", "snapshot0");
                Differences back = repository().differences("snapshot0", "disk")) {
            boolean merges = true;
            while (merges) {
                merges = repository().coalesce(location -> true, done -> {});
            }
            assertThat(found(opened)).isEqualTo(pieces(contents, first));
            assertThat(found(back)).isEqualTo(pieces(first, contents));
        }
        differ("disk", contents, "snapshot0", first);
        differ("snapshot0", first, "snapshot4", read("snapshot4"));
    }

    /** A disk of a tebibyte with little on it is compared in a moment. */
    @Test
    default void holesAreSkipped() throws IOException {
        long size = 1L << 40;
        make("disk", size);
        duplicate("disk", "snapshot");
        try (Image image = repository().open("disk", true)) {
            image.write(size / 2 + 5000, ByteBuffer.wrap(Contract.random(100)));
            image.sync();
        }
        int[] reports = {0};
        try (Differences differences = repository().differences("disk", "snapshot")) {
            List<Long> found = new ArrayList<>();
            differences.find(size, CLUSTER, at -> reports[0]++, found::add);
            assertThat(found).containsExactly(size / 2);
        }
        assertThat(reports[0]).isLessThan(2500);
    }
}
