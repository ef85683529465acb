package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that QEMU's tools make read the same in jxapid, and jxapid may write them. */
class QemuImagesTest {
    private static final int BYTES = 6 << 20;

    @TempDir
    private Path folder;

    @BeforeEach
    void tools() {
        QemuImg.needed();
    }

    private void create(String options, String... more) {
        String[] command = new String[6 + more.length];
        System.arraycopy(new String[] {"qemu-img", "create", "-f", "qcow2", "-o", options}, 0, command, 0, 6);
        System.arraycopy(more, 0, command, 6, more.length);
        QemuImg.run(folder, command);
    }

    /** jxapid and QEMU read the same; it also holds after jxapid has written something. */
    private void same(Path image) throws IOException {
        byte[] expected = QemuImg.contents(image);
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            Disk.write(disk, expected, expected.length / 3, expected.length / 2);
            Disk.write(disk, expected, 777, 70_000);
            if (disk.clear(100_000, 100_000)) {
                Arrays.fill(expected, 100_000, 200_000, (byte) 0);
            }
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "compat=0.10, 65536",
        "compat=1.1, 512",
        "compat=1.1, 4096",
        "compat=1.1, 65536",
        "compat=1.1, 2097152",
        "'compat=1.1,lazy_refcounts=on', 65536",
        "'compat=1.1,preallocation=metadata', 65536"
    })
    void imagesOfAllVersionsAndClusterSizes(String options, int cluster) throws IOException {
        Path image = folder.resolve("disk.qcow2");
        create(options + ",cluster_size=" + cluster, image.toString(), Integer.toString(BYTES));
        QemuImg.io(image, "write -P 1 0 70k", "write -P 2 1M 1M", "write -P 3 5000k 512", "write -z 1100k 200k");
        same(image);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib", "zstd"})
    void compressedImages(String compression) throws IOException {
        Path raw = folder.resolve("disk.raw");
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES / 2; i++) {
            bytes[i] = (byte) (i / 1000 * (i % 17));
        }
        System.arraycopy(Disk.random(300_000, 3), 0, bytes, 4 << 20, 300_000);
        Files.write(raw, bytes);
        for (int cluster : new int[] {512, 65536, 2 << 20}) {
            Path image = folder.resolve("disk" + cluster + ".qcow2");
            QemuImg.run(
                    folder,
                    "qemu-img",
                    "convert",
                    "-c",
                    "-f",
                    "raw",
                    "-O",
                    "qcow2",
                    "-o",
                    "cluster_size=" + cluster + ",compression_type=" + compression,
                    raw.toString(),
                    image.toString());
            try (Qcow2Image disk = Qcow2Image.open(image, false)) {
                assertThat(Disk.contents(disk)).isEqualTo(bytes);
            }
            same(image);
        }
    }

    @Test
    void chainsOfThreeWithZerosAndDifferentSizes() throws IOException {
        Path base = folder.resolve("base.raw");
        Files.write(base, Disk.random(4 << 20, 9));
        create("compat=1.1", "-b", "base.raw", "-F", "raw", "middle.qcow2", "3M");
        QemuImg.io(folder.resolve("middle.qcow2"), "write -P 5 1M 300k", "write -z 64k 640k");
        create("compat=1.1,cluster_size=4k", "-b", "middle.qcow2", "-F", "qcow2", "top.qcow2", "6M");
        QemuImg.io(folder.resolve("top.qcow2"), "write -P 6 2900k 300k", "write -z 1100k 50k", "write -P 7 5M 5k");
        try (Qcow2Image disk = Qcow2Image.open(folder.resolve("top.qcow2"), false)) {
            assertThat(disk.hole(3300 << 10, 1 << 20)).isTrue();
            assertThat(disk.hole(64 << 10, 640 << 10)).isTrue();
        }
        same(folder.resolve("top.qcow2"));
    }

    @Test
    void persistentBitmapsAreGivenUpWhenTheImageIsWritten() throws IOException {
        Path image = folder.resolve("disk.qcow2");
        create("compat=1.1", image.toString(), Integer.toString(BYTES));
        QemuImg.run(folder, "qemu-img", "bitmap", "--add", image.toString(), "changes");
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            disk.sync();
        }
        assertThat(QemuImg.run(folder, "qemu-img", "info", image.toString())).contains("changes");
        byte[] expected = new byte[BYTES];
        try (Qcow2Image disk = Qcow2Image.open(image, true)) {
            Disk.write(disk, expected, 0, 1000);
        }
        assertThat(QemuImg.run(folder, "qemu-img", "info", image.toString())).doesNotContain("changes");
        assertThat(QemuImg.contents(image)).isEqualTo(expected);
    }

    @Test
    void whatIsNotSupportedIsRefusedWithAReason() throws IOException {
        refused("compat=1.1,extended_l2=on", "extended L2 entries");
        refused("compat=1.1,data_file=data.raw", "external data file");
        create("compat=1.1", "refused.qcow2", "1M");
        set(folder.resolve("refused.qcow2"), 35, 2);
        refused("encryption");
    }

    private void refused(String options, String reason) {
        create(options, "refused.qcow2", "1M");
        refused(reason);
    }

    private void refused(String reason) {
        assertThatThrownBy(() -> Qcow2Image.open(folder.resolve("refused.qcow2"), false))
                .isInstanceOf(ImageFormatException.class)
                .hasMessageContaining("refused.qcow2 uses")
                .hasMessageContaining(reason)
                .hasMessageContaining("qemu-img convert");
    }

    private static void set(Path image, int position, int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(position);
            file.write(value);
        }
    }

    @Test
    void anImageThatWasNotClosedOrHasSnapshotsIsOnlyRead() throws IOException {
        Path image = folder.resolve("disk.qcow2");
        create("compat=1.1,lazy_refcounts=on", image.toString(), Integer.toString(BYTES));
        QemuImg.io(image, "write -P 3 0 1M");
        byte[] expected = QemuImg.contents(image);
        set(image, 79, 1);
        onlyRead(image, expected, "was not closed");
        QemuImg.run(folder, "qemu-img", "check", "-r", "all", image.toString());
        same(image);
        QemuImg.run(folder, "qemu-img", "snapshot", "-c", "one", image.toString());
        onlyRead(image, QemuImg.contents(image), "internal snapshots");
        QemuImg.run(folder, "qemu-img", "snapshot", "-d", "one", image.toString());
        same(image);
    }

    private static void onlyRead(Path image, byte[] expected, String reason) throws IOException {
        assertThatThrownBy(() -> Qcow2Image.open(image, true)).hasMessageContaining(reason);
        assertThat(Qcow2Image.info(image).needsRepair()).contains(reason);
        try (Qcow2Image disk = Qcow2Image.open(image, false)) {
            assertThat(Disk.contents(disk)).isEqualTo(expected);
        }
    }

    @Test
    void backingFilesElsewhereAndLoopsAreRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.write(elsewhere.resolve("secret"), Disk.random(4096, 1));
        Files.write(folder.resolve("a.qcow2"), new byte[512]);
        for (String name :
                new String[] {"elsewhere/secret", elsewhere.resolve("secret").toString(), "../secret"}) {
            create("compat=1.1", "-u", "-b", name, "-F", "raw", "x.qcow2", "1M");
            assertThatThrownBy(() -> Qcow2Image.open(folder.resolve("x.qcow2"), false))
                    .hasMessageContaining("not a file of the folder");
        }
        create("compat=1.1", "-u", "-b", "y.qcow2", "-F", "qcow2", "x.qcow2", "1M");
        create("compat=1.1", "-u", "-b", "x.qcow2", "-F", "qcow2", "y.qcow2", "1M");
        assertThatThrownBy(() -> Qcow2Image.open(folder.resolve("x.qcow2"), false))
                .hasMessageContaining("a loop");
        create("compat=1.1", "-u", "-b", "gone.qcow2", "-F", "qcow2", "z.qcow2", "1M");
        assertThatThrownBy(() -> Qcow2Image.open(folder.resolve("z.qcow2"), false))
                .isInstanceOf(IOException.class);
    }
}
