package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that jxapid makes: QEMU accepts them, and reads the same. */
class Qcow2ImageTest {
    private static final int CLUSTER = 65536;
    private static final int BYTES = 20 * CLUSTER + 512;

    @TempDir
    private Path folder;

    private Path image;

    @BeforeEach
    void tools() {
        QemuImg.needed();
        image = folder.resolve("disk.qcow2");
    }

    @Test
    void anEmptyImageIsZerosAndHoles() throws IOException {
        Qcow2Image.create(image, BYTES - 100, null);
        QemuImg.check(image);
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            assertThat(disk.bytes()).isEqualTo(BYTES);
            assertThat(disk.hole(0, BYTES)).isTrue();
            assertThat(disk.held(0)).isNull();
            assertThat(Disk.contents(disk)).isEqualTo(new byte[BYTES]);
            assertThat(disk.end()).isEqualTo(4 * CLUSTER);
        }
        assertThat(QemuImg.contents(image)).isEqualTo(new byte[BYTES]);
        assertThat(Qcow2Image.info(image)).isEqualTo(new ImageInfo(3, BYTES, 4 * CLUSTER, CLUSTER, null, null));
    }

    @Test
    void whatIsWrittenReadsTheSameInQemu() throws IOException {
        Qcow2Image.create(image, BYTES, null);
        byte[] expected = new byte[BYTES];
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            Disk.write(disk, expected, 100, 10);
            Disk.write(disk, expected, 3 * CLUSTER - 5, 10);
            Disk.write(disk, expected, 5 * CLUSTER, 4 * CLUSTER);
            Disk.write(disk, expected, 6 * CLUSTER + 3, 4 * CLUSTER);
            Disk.write(disk, expected, BYTES - 700, 700);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
            assertThat(disk.hole(CLUSTER, CLUSTER)).isTrue();
            assertThat(disk.hole(CLUSTER, CLUSTER + 1)).isFalse();
            assertThat(disk.extent(5 * CLUSTER, BYTES)).isEqualTo(new Image.Extent(6 * CLUSTER, false));
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    @Test
    void clearedPartsAreZerosThatTakeNoSpace() throws IOException {
        Qcow2Image.create(image, BYTES, null);
        byte[] expected = new byte[BYTES];
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            Disk.write(disk, expected, 0, BYTES);
            assertThat(disk.clear(CLUSTER + 10, 5 * CLUSTER)).isTrue();
            Arrays.fill(expected, CLUSTER + 10, 6 * CLUSTER + 10, (byte) 0);
            assertThat(disk.clear(BYTES - 600, 600)).isTrue();
            Arrays.fill(expected, BYTES - 600, BYTES, (byte) 0);
            assertThat(disk.hole(2 * CLUSTER, 4 * CLUSTER)).isTrue();
            assertThat(disk.hole(20 * CLUSTER, 512)).isTrue();
            disk.sync();
            // Cleared clusters are used again.
            long end = disk.end();
            Disk.write(disk, expected, 3 * CLUSTER, 2 * CLUSTER);
            assertThat(disk.end()).isEqualTo(end);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    @Test
    void aLayerHoldsWhatHasChangedSinceTheSnapshot() throws IOException {
        Path base = folder.resolve("base.qcow2");
        Qcow2Image.create(base, BYTES, null);
        byte[] expected = new byte[BYTES];
        try (Qcow2Image disk = Qcow2Image.open(base, true)) {
            Disk.write(disk, expected, 0, 10 * CLUSTER);
        }
        Qcow2Image.create(image, BYTES, new Backing("base.qcow2", Format.QCOW2));
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            Disk.write(disk, expected, 2 * CLUSTER + 7, CLUSTER);
            disk.clear(7 * CLUSTER, CLUSTER);
            Arrays.fill(expected, 7 * CLUSTER, 8 * CLUSTER, (byte) 0);
            // Zeros as below are no change.
            disk.clear(15 * CLUSTER, 2 * CLUSTER);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
            assertThat(held(disk))
                    .containsExactly(new Range(2 * CLUSTER, 2 * CLUSTER, false), new Range(7 * CLUSTER, CLUSTER, true));
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    static List<Range> held(Qcow2Image disk) throws IOException {
        List<Range> held = new ArrayList<>();
        for (Range range = disk.held(0); range != null; range = disk.held(range.end())) {
            held.add(range);
        }
        return held;
    }

    @Test
    void aCommittedLayerIsInTheBackingFile() throws IOException {
        for (Format format : Format.values()) {
            Path base = folder.resolve("base." + format.text());
            byte[] expected = new byte[BYTES];
            if (format == Format.RAW) {
                Files.write(base, new byte[10 * CLUSTER]);
            } else {
                Qcow2Image.create(base, 10 * CLUSTER, null);
            }
            try (Image disk = format == Format.RAW ? RawImage.open(base, true) : Qcow2Image.open(base, true)) {
                Disk.write(disk, expected, 0, 10 * CLUSTER);
            }
            Path layer = folder.resolve("layer." + format.text());
            Qcow2Image.create(layer, BYTES, new Backing(base.getFileName().toString(), format));
            try (Qcow2Image disk = Qcow2Image.open(layer, true)) {
                Disk.write(disk, expected, 4 * CLUSTER - 3, CLUSTER);
                Disk.write(disk, expected, 18 * CLUSTER, CLUSTER + 1);
                disk.clear(CLUSTER, CLUSTER);
                Arrays.fill(expected, CLUSTER, 2 * CLUSTER, (byte) 0);
                List<Long> progress = new ArrayList<>();
                disk.commit(progress::add);
                assertThat(progress).isSorted().endsWith(6L * CLUSTER - CLUSTER);
                assertThat(Disk.contents(disk)).isEqualTo(expected);
            }
            try (Image disk = format == Format.RAW ? RawImage.open(base, false) : Qcow2Image.open(base, false)) {
                assertThat(Disk.contents(disk)).isEqualTo(expected);
                assertThat(disk.hole(CLUSTER, CLUSTER)).isTrue();
            }
            QemuImg.check(layer);
        }
        QemuImg.check(folder.resolve("base.qcow2"));
    }

    @Test
    void aBackingFileThatIsLargerEndsWithTheCommittedLayer() throws IOException {
        Path base = folder.resolve("base.qcow2");
        Qcow2Image.create(base, BYTES, null);
        byte[] expected = new byte[BYTES];
        try (Qcow2Image disk = Qcow2Image.open(base, true)) {
            Disk.write(disk, expected, 0, BYTES);
        }
        Qcow2Image.create(image, 5 * CLUSTER + 512, new Backing("base.qcow2", Format.QCOW2));
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            disk.commit(done -> {});
        }
        Arrays.fill(expected, 5 * CLUSTER + 512, BYTES, (byte) 0);
        assertThat(QemuImg.contents(base)).isEqualTo(expected);
        QemuImg.check(base);
    }

    @Test
    void aLargerDiskShowsNothingThatWasBehindItsEnd() throws IOException {
        Path base = folder.resolve("base.qcow2");
        Qcow2Image.create(base, BYTES, null);
        byte[] expected = new byte[40 * CLUSTER];
        try (Qcow2Image disk = Qcow2Image.open(base, true)) {
            Disk.write(disk, expected, 0, BYTES);
        }
        Qcow2Image.create(image, 5 * CLUSTER + 512, new Backing("base.qcow2", Format.QCOW2));
        Arrays.fill(expected, 5 * CLUSTER + 512, expected.length, (byte) 0);
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            disk.resize(7 * CLUSTER + 1024);
            disk.resize(40 * CLUSTER);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
            assertThatThrownBy(() -> disk.resize(CLUSTER)).hasMessageContaining("cannot shrink");
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    @Test
    void aDiskGrowsToManyTerabytes() throws IOException {
        Qcow2Image.create(image, CLUSTER, null);
        byte[] bytes = Disk.random(CLUSTER, 1);
        long size = 20L << 40;
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            disk.write(0, ByteBuffer.wrap(bytes));
            disk.resize(size);
            disk.write(size - CLUSTER, ByteBuffer.wrap(bytes));
            assertThat(disk.extent(CLUSTER, size)).isEqualTo(new Image.Extent(size - 2 * CLUSTER, true));
        }
        QemuImg.check(image);
        QemuImg.io(image, "read 0 64k", "read " + (size - CLUSTER) + " 64k");
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            byte[] read = new byte[CLUSTER];
            disk.read(size - CLUSTER, ByteBuffer.wrap(read));
            assertThat(read).isEqualTo(bytes);
        }
        Path large = folder.resolve("large.qcow2");
        Qcow2Image.create(large, size, null);
        QemuImg.check(large);
        assertThatThrownBy(() -> Qcow2Image.create(folder.resolve("x.qcow2"), Long.MAX_VALUE, null))
                .isInstanceOf(IOException.class);
        assertThat(folder.resolve("x.qcow2")).doesNotExist();
    }

    @Test
    void anotherBackingFileIsRecorded() throws IOException {
        byte[] expected = Disk.random(BYTES, 5);
        for (String name : List.of("a", "a-name-that-is-longer", "b".repeat(250), "c".repeat(255))) {
            Files.write(folder.resolve(name), expected);
        }
        Qcow2Image.create(image, BYTES, new Backing("a", Format.RAW));
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            for (String name : List.of("c".repeat(255), "b".repeat(250), "a-name-that-is-longer", "a")) {
                disk.rebase(new Backing(name, Format.RAW));
                assertThat(disk.backing()).isEqualTo(new Backing(name, Format.RAW));
                assertThat(Disk.contents(disk)).isEqualTo(expected);
                assertThat(QemuImg.run(folder, "qemu-img", "info", "-U", image.toString()))
                        .contains("backing file: " + name)
                        .contains("backing file format: raw");
            }
            assertThatThrownBy(() -> disk.rebase(new Backing("missing", Format.RAW)))
                    .isInstanceOf(IOException.class);
            assertThat(disk.backing()).isEqualTo(new Backing("a", Format.RAW));
            disk.rebase(null);
            assertThat(Disk.contents(disk)).isEqualTo(new byte[BYTES]);
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(new byte[BYTES]);
    }

    @Test
    void writesOutsideTheDiskChangeNothing() throws IOException {
        Qcow2Image.create(image, BYTES, null);
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            assertThatThrownBy(() -> disk.write(BYTES - 5, ByteBuffer.allocate(6)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not within");
            assertThatThrownBy(() -> disk.write(-1, ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> disk.clear(0, BYTES + 1)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> disk.clear(Long.MAX_VALUE, 2)).isInstanceOf(IOException.class);
            ByteBuffer behind = ByteBuffer.wrap(Disk.random(10, 1));
            disk.read(BYTES - 4, behind);
            assertThat(behind.array()).isEqualTo(new byte[10]);
        }
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            assertThatThrownBy(() -> disk.write(0, ByteBuffer.allocate(6))).hasMessageContaining("read only");
        }
        assertThatThrownBy(() -> Qcow2Image.create(image, BYTES, null)).isInstanceOf(IOException.class);
    }
}
