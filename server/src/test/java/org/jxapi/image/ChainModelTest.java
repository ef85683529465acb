package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random work on chains of images: they read as an array of bytes does, in jxapid and in QEMU. */
class ChainModelTest {
    private static final int MOST = 4_000_000;
    private static final int LAYERS = 5;

    private Path folder;
    private Random random;
    private Qcow2Image disk;
    private byte[] expected;
    private int made;
    /** The files of the chain, its top last. */
    private final List<Path> layers = new ArrayList<>();

    @Property(tries = 25)
    void aChainIsAnArrayOfBytes(@ForAll long seed) throws IOException {
        QemuImg.needed();
        folder = Files.createTempDirectory("chain");
        random = new Random(seed);
        layers.clear();
        made = 0;
        try {
            begin();
            for (int i = 0; i < 40; i++) {
                step();
            }
            disk.close();
            for (Path layer : layers.subList(1, layers.size())) {
                QemuImg.check(layer);
            }
            assertThat(QemuImg.contents(top())).isEqualTo(expected);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    /** The lowest layer is a raw file that is shorter or longer than the disk. */
    private void begin() throws IOException {
        byte[] base = Disk.random(1 + random.nextInt(500_000), 4);
        Arrays.fill(base, base.length / 4, base.length / 2, (byte) 0);
        Files.write(folder.resolve("base.raw"), base);
        layers.add(folder.resolve("base.raw"));
        expected = Arrays.copyOf(base, 512 * (1 + random.nextInt(2000)));
        layer("base.raw", Format.RAW);
        disk = Qcow2Image.open(top(), true);
    }

    private void layer(String below, Format format) throws IOException {
        Path layer = folder.resolve("layer" + made++);
        Qcow2Image.create(layer, expected.length, new Backing(below, format));
        layers.add(layer);
    }

    private Path top() {
        return layers.get(layers.size() - 1);
    }

    private void step() throws IOException {
        int length = random.nextInt(random.nextBoolean() ? expected.length : Math.min(expected.length, 70_000));
        int offset = random.nextInt(expected.length - length);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> Disk.write(disk, expected, offset, length);
            case 4, 5, 6 -> {
                assertThat(disk.clear(offset, length)).isTrue();
                Arrays.fill(expected, offset, offset + length, (byte) 0);
                assertThat(disk.hole(offset + 65536, Math.max(0, length - 131072)))
                        .isTrue();
            }
            case 7 -> grow();
            case 8 -> snapshot();
            case 9 -> commitTop();
            case 10 -> commitMiddle();
            default -> assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
    }

    private void grow() throws IOException {
        int bytes = expected.length + 512 * random.nextInt(1000);
        if (bytes < MOST) {
            disk.resize(bytes);
            expected = Arrays.copyOf(expected, bytes);
        }
    }

    private void snapshot() throws IOException {
        if (layers.size() < LAYERS) {
            disk.close();
            layer(top().getFileName().toString(), Format.QCOW2);
            disk = Qcow2Image.open(top(), true);
        }
    }

    /** As after a snapshot is deleted: the top goes into the layer below, and the disk continues with that. */
    private void commitTop() throws IOException {
        if (layers.size() > 2) {
            disk.commit(done -> {});
            assertThat(Disk.contents(disk)).isEqualTo(expected);
            disk.close();
            Files.delete(layers.remove(layers.size() - 1));
            disk = Qcow2Image.open(top(), true);
            assertThat(disk.bytes()).isEqualTo(expected.length);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
    }

    /** A layer in the middle goes into the one below, and the layer above is linked to that. */
    private void commitMiddle() throws IOException {
        if (layers.size() > 2) {
            int middle = 1 + random.nextInt(layers.size() - 2);
            disk.close();
            try (Qcow2Image image = Qcow2Image.open(layers.get(middle), false)) {
                image.commit(done -> {});
            }
            Format format = middle == 1 ? Format.RAW : Format.QCOW2;
            try (Qcow2Image above = Qcow2Image.open(layers.get(middle + 1), true)) {
                above.rebase(new Backing(layers.get(middle - 1).getFileName().toString(), format));
            }
            Files.delete(layers.remove(middle));
            disk = Qcow2Image.open(top(), true);
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
    }
}
