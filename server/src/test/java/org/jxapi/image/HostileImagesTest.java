package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Damaged and hostile images end in an IOException or in data, whatever their bytes are. */
class HostileImagesTest {
    private static final int BYTES = 300_000;
    private static final int[] INTERESTING = {0, 1, 2, 0x40, 0x7F, 0x80, 0xC0, 0xFF};

    @Property(tries = 500)
    void damagedTablesDoNoHarm(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        int clusterBits = 9 + random.nextInt(4);
        byte[] image = image(clusterBits, random);
        for (int damage = 1 + random.nextInt(4); damage > 0; damage--) {
            damage(image, 1 << clusterBits, random);
        }
        use(image, random);
    }

    @Property(tries = 500)
    void anyHeaderDoesNoHarm(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] image = new byte[random.nextInt(5000)];
        random.nextBytes(image);
        byte[] begin = {'Q', 'F', 'I', (byte) 0xFB, 0, 0, 0, (byte) (2 + random.nextInt(2))};
        System.arraycopy(begin, 0, image, 0, Math.min(image.length, begin.length));
        if (image.length > 112) {
            Arrays.fill(image, 20, 23, (byte) 0);
            image[23] = (byte) (8 + random.nextInt(15));
            Arrays.fill(image, 32, 36, (byte) 0);
            Arrays.fill(image, 72, 80, (byte) (random.nextInt(4) == 0 ? 8 : 0));
        }
        use(image, random);
    }

    private static byte[] image(int clusterBits, Random random) throws IOException {
        MemoryFile file = new MemoryFile(new byte[0]);
        Qcow2Image.format(file, clusterBits, BYTES, null);
        try (Qcow2Image disk = new Qcow2Image(null, file, true)) {
            for (int i = 0; i < 5; i++) {
                disk.write(random.nextInt(200_000), ByteBuffer.wrap(Disk.random(1 + random.nextInt(20_000), i)));
                disk.clear(random.nextInt(200_000), 5000);
            }
        }
        return file.contents();
    }

    /** Changes the header or a table; where the tables are is known from how images are made. */
    private static void damage(byte[] image, int cluster, Random random) {
        int area = switch (random.nextInt(5)) {
            case 0 -> random.nextInt(112);
            case 1 -> cluster + random.nextInt(64);
            case 2 -> 2 * cluster + random.nextInt(cluster);
            case 3 -> 3 * cluster + random.nextInt(Math.min(cluster, 1024));
            default -> random.nextInt(image.length);
        };
        for (int length = 1 + random.nextInt(8); length > 0; length--) {
            int at = Math.min(image.length - 1, area + random.nextInt(8));
            image[at] = (byte)
                    (random.nextBoolean() ? random.nextInt(256) : INTERESTING[random.nextInt(INTERESTING.length)]);
        }
    }

    private static void use(byte[] image, Random random) {
        for (boolean write : new boolean[] {false, true}) {
            try (Qcow2Image disk = new Qcow2Image(null, new MemoryFile(image.clone()), write)) {
                assertThat(disk.bytes()).isNotNegative();
                attempt(() -> disk.extent(0, Math.max(1, disk.bytes())));
                attempt(() -> read(disk));
                attempt(() -> held(disk));
                attempt(disk::end);
                for (int i = 0; write && i < 10; i++) {
                    long offset = random.nextInt(BYTES);
                    int length = random.nextInt(30_000);
                    attempt(() -> disk.write(offset, ByteBuffer.wrap(Disk.random(length, 1))));
                    attempt(() -> disk.clear(offset / 2, length));
                    attempt(disk::sync);
                }
                if (write) {
                    attempt(() -> disk.resize(disk.bytes() + 10_000_000));
                }
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void attempt(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static void read(Image disk) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100_000);
        for (long at = 0; at < Math.min(disk.bytes(), 2_000_000); at += buffer.capacity()) {
            disk.read(at, buffer.clear());
        }
        disk.read(Math.max(0, disk.bytes() - 1000), buffer.clear());
    }

    private static void held(Qcow2Image disk) throws IOException {
        int ranges = 0;
        for (Range range = disk.held(0); range != null && ranges < 1000; range = disk.held(range.end())) {
            ranges++;
        }
    }
}
