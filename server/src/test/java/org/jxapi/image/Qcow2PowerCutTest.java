package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Power cuts at random moments of random work on an image. Any sectors that were written since the last sync may be lost.
 * The image must be consistent afterwards, and each sector must have the contents of the last sync or later ones.
 */
class Qcow2PowerCutTest {
    private static final int SECTOR = 512;
    private static final Path QEMU = Path.of("/usr/bin/qemu-img");

    @TempDir
    private Path folder;

    private Random random;
    private MemoryFile file;
    private Qcow2Image disk;
    private byte[] below;
    /** The contents at the last sync, and after each change since. */
    private final List<byte[]> versions = new ArrayList<>();
    /** The files that power cuts during the last change would have left. */
    private final List<byte[]> cuts = new ArrayList<>();

    private int checks;

    @ParameterizedTest(name = "clusters of 2^{0} bytes, {1} bytes, {2} cuts")
    @CsvSource({"9, 200000, 100", "12, 1000000, 80", "16, 2000000, 30", "9, 9500000, 8"})
    void everythingBeforeTheLastSyncIsThere(int clusterBits, int bytes, int cuts) throws IOException {
        for (boolean chain : new boolean[] {false, true}) {
            random = new Random(clusterBits * 31L + bytes + (chain ? 1 : 0));
            below = chain ? Disk.random(bytes / 2, 1) : new byte[0];
            Arrays.fill(below, below.length / 3, below.length / 2, (byte) 0);
            file = file(new byte[0]);
            Qcow2Image.format(file, clusterBits, bytes, null);
            open(Arrays.copyOf(below, (bytes + SECTOR - 1) / SECTOR * SECTOR));
            if (bytes > 9_000_000) {
                // So far that the refcount table grows.
                fill(8_200_000);
            }
            for (int cut = 0; cut < cuts; cut++) {
                for (int left = random.nextInt(12); left > 0; left--) {
                    change();
                }
                byte[] image = file.cut(random);
                byte[] contents = check(image);
                file = file(image);
                open(contents);
            }
        }
    }

    private MemoryFile file(byte[] image) {
        return new MemoryFile(image, () -> {
            if (random.nextInt(3) == 0) {
                cuts.add(file.cut(random));
            }
        });
    }

    private void open(byte[] contents) throws IOException {
        disk = new Qcow2Image(null, file, true);
        disk.replaceBacking(new MemoryImage(below));
        versions.clear();
        versions.add(contents);
        cuts.clear();
    }

    private void fill(int length) throws IOException {
        byte[] contents = now();
        Disk.write(disk, contents, 0, length);
        disk.sync();
        cuts.clear();
        versions.clear();
        versions.add(contents);
    }

    private byte[] now() {
        return versions.get(versions.size() - 1).clone();
    }

    private void change() throws IOException {
        byte[] contents = now();
        int sectors = contents.length / SECTOR;
        int count = 1 + random.nextInt(random.nextBoolean() ? 6 : sectors / 8);
        int length = count * SECTOR;
        int offset = random.nextInt(sectors - count) * SECTOR;
        boolean synced = false;
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                disk.sync();
                synced = true;
            }
            case 2, 3, 4 -> {
                assertThat(disk.clear(offset, length)).isTrue();
                Arrays.fill(contents, offset, offset + length, (byte) 0);
            }
            case 5 -> {
                if (contents.length < 12_000_000 && random.nextInt(4) == 0) {
                    contents = Arrays.copyOf(contents, contents.length + SECTOR * random.nextInt(200));
                    disk.resize(contents.length);
                    synced = true;
                }
            }
            default -> Disk.write(disk, contents, offset, length);
        }
        versions.add(contents);
        for (byte[] image : cuts) {
            check(image);
        }
        cuts.clear();
        if (synced) {
            versions.clear();
            versions.add(contents);
        }
    }

    /** The image is consistent, and has the contents of one of the versions, which it returns. */
    private byte[] check(byte[] image) throws IOException {
        Consistency.leaks(image);
        if (checks++ % 25 == 0 && Files.isExecutable(QEMU)) {
            qemuFindsNoDamage(image);
        }
        Qcow2Image opened = new Qcow2Image(null, new MemoryFile(image), false);
        opened.replaceBacking(new MemoryImage(below));
        byte[] contents = Disk.contents(opened);
        assertThat(versions).anyMatch(version -> version.length == contents.length);
        for (int at = 0; at < contents.length; at += SECTOR) {
            int from = at;
            if (versions.stream().noneMatch(version -> alike(version, contents, from))) {
                fail("The sector at " + at + " has neither the contents of the last sync nor later ones.");
            }
        }
        return contents;
    }

    private static boolean alike(byte[] version, byte[] contents, int from) {
        if (from >= version.length) {
            return true;
        }
        return Arrays.equals(version, from, from + SECTOR, contents, from, from + SECTOR);
    }

    /** {@code qemu-img check} has the exit status 3 when clusters are counted that nothing uses, and 2 for damage. */
    private void qemuFindsNoDamage(byte[] image) throws IOException {
        Path copy = folder.resolve("cut.qcow2");
        Files.write(copy, image);
        QemuImg.run(folder, "sh", "-c", "qemu-img check -f qcow2 cut.qcow2; s=$?; [ $s = 0 ] || [ $s = 3 ]");
    }

    @ParameterizedTest
    @CsvSource({"12", "16"})
    void theRecordOfTheBackingFileIsTheOldOrTheNewOne(int clusterBits) throws IOException {
        random = new Random(clusterBits);
        file = file(new byte[0]);
        Qcow2Image.format(file, clusterBits, 100_000, new Backing("first", Format.QCOW2));
        Backing old = new Backing("first", Format.QCOW2);
        for (int i = 0; i < 300; i++) {
            Backing next = random.nextInt(5) == 0
                    ? null
                    : new Backing("n".repeat(1 + random.nextInt(600)), Format.values()[random.nextInt(2)]);
            cuts.clear();
            new HeaderSector(file).setBacking(next);
            for (byte[] image : cuts) {
                Consistency.leaks(image);
                Backing found = Header.read(new MemoryFile(image)).backing();
                assertThat(found).isIn(old, next);
            }
            assertThat(Header.read(file).backing()).isEqualTo(next);
            old = next;
        }
    }
}
