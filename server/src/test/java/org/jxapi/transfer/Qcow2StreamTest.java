package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.image.QemuImg;
import org.jxapi.image.RawImage;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/** Disks as qcow2 images in a stream, with QEMU's own tool at the other end. */
class Qcow2StreamTest {
    private static final int MIB = 1 << 20;
    private static final int CLUSTER = 64 * 1024;

    @TempDir
    Path folder;

    private final TransferMemory room = new TransferMemory(16L * MIB);

    @BeforeAll
    static void tools() {
        QemuImg.needed();
    }

    /** A sparse disk with a few clusters of data, some of them at its ends and around the borders of L2 tables. */
    private Path disk(String name, long bytes) throws IOException {
        Path path = folder.resolve(name);
        Random random = new Random(bytes);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
            byte[] data = new byte[3 * CLUSTER];
            for (long at : new long[] {0, 5 * MIB + 512, (512L << 20) - CLUSTER, (1300L << 20) + 4096, bytes - 512}) {
                if (at < bytes) {
                    random.nextBytes(data);
                    file.seek(at);
                    file.write(data, 0, (int) Math.min(data.length, bytes - at));
                }
            }
        }
        return path;
    }

    private static Progress progress(long bytes) {
        return new Progress(new InternalCall("VDI.export", null), bytes);
    }

    private static long export(Path raw, OutputStream out) throws IOException {
        long bytes = Files.size(raw);
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(raw, bytes, false), bytes)) {
            Qcow2Writer writer = new Qcow2Writer(disk);
            writer.write(new Outgoing(out), progress(bytes));
            return writer.length();
        }
    }

    private void load(InputStream in, Path raw, long bytes) throws IOException {
        if (!Files.exists(raw)) {
            try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
                file.setLength(bytes);
            }
        }
        try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(raw, bytes, true), bytes, false);
                Qcow2Reader reader = new Qcow2Reader(new Incoming(in, () -> Errors.vdiIoError("early")), room)) {
            reader.clusters(disk, progress(bytes));
        }
    }

    private void load(byte[] image, Path raw, long bytes) throws IOException {
        load(new ByteArrayInputStream(image), raw, bytes);
    }

    private void refused(byte[] image, String why) {
        assertThatThrownBy(() -> load(image, folder.resolve("refused"), 8L * MIB))
                .hasMessageContaining("VDI_IO_ERROR")
                .hasMessageContaining(why);
    }

    private void compare(String format, Path image, Path raw) {
        QemuImg.run(folder, "qemu-img", "compare", "-f", format, "-F", "raw", image.toString(), raw.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {512, CLUSTER, 6L * MIB, 513L * MIB, 3L * 1024 * MIB, 10 * MIB + 1536})
    void qemuReadsWhatWasExportedAndItComesBack(long bytes) throws Exception {
        Path raw = disk("disk", bytes);
        Path image = folder.resolve("image");
        try (OutputStream out = Files.newOutputStream(image)) {
            assertThat(export(raw, out)).isEqualTo(Files.size(image));
        }
        QemuImg.check(image);
        compare("qcow2", image, raw);
        Path back = folder.resolve("back");
        try (InputStream in = Files.newInputStream(image)) {
            load(in, back, bytes);
        }
        compare("raw", back, raw);
        assertThat(Files.size(image)).as("holes are not stored").isLessThan(32 * CLUSTER);
    }

    /** As images of clouds are. Data that packs well are around the borders of L2 tables, also after data that do not. */
    @ParameterizedTest
    @CsvSource({"65536, zlib", "65536, zstd", "4096, zlib", "2097152, zlib"})
    void compressedDataBeforeItsTableIsRead(int cluster, String type) throws Exception {
        long bytes = 4L * 1024 * MIB;
        Path raw = folder.resolve("disk");
        Random random = new Random(cluster);
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(bytes);
            byte[] noise = new byte[MIB];
            for (int table = 0; table < 8; table++) {
                long border = ((table + 1) * 512L << 20) - 2 * MIB;
                for (long at = border; at < Math.min(bytes, border + 4 * MIB); at += 4096) {
                    file.seek(at);
                    file.write(("block " + at).repeat(100 + random.nextInt(100)).getBytes(StandardCharsets.US_ASCII));
                }
                if (table % 2 == 0) {
                    random.nextBytes(noise);
                    file.seek(border + MIB);
                    file.write(noise);
                }
            }
        }
        Path image = folder.resolve("image");
        String options = "cluster_size=" + cluster + ",compression_type=" + type;
        QemuImg.run(
                folder, "qemu-img", "convert", "-c", "-O", "qcow2", "-o", options, raw.toString(), image.toString());
        Path back = folder.resolve("back");
        try (InputStream in = Files.newInputStream(image)) {
            load(in, back, bytes);
        }
        compare("raw", back, raw);
    }

    @ParameterizedTest
    @CsvSource({"65536, 1.1", "65536, 0.10", "2097152, 1.1", "4096, 1.1"})
    void imagesOfQemuImgAreRead(int cluster, String version) throws Exception {
        long bytes = 2L * 1024 * MIB;
        Path raw = disk("disk", bytes);
        Path image = folder.resolve("image");
        QemuImg.run(
                folder,
                "qemu-img",
                "convert",
                "-O",
                "qcow2",
                "-o",
                "cluster_size=" + cluster + ",compat=" + version,
                raw.toString(),
                image.toString());
        Path back = folder.resolve("back");
        try (InputStream in = Files.newInputStream(image)) {
            load(in, back, bytes);
        }
        compare("raw", back, raw);
    }

    @Test
    void emptyDisksOfATebibyteAreSmallImages() throws Exception {
        Path raw = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(export(raw, out)).isEqualTo(4 * CLUSTER);
        Path image = folder.resolve("image");
        Files.write(image, out.toByteArray());
        QemuImg.check(image);
        load(out.toByteArray(), folder.resolve("back"), 1L << 40);
    }

    /** As qcow_stream.ml of ocaml-qcow, copy_data: only the clusters of the image are written. */
    @Test
    void theRestOfADiskStaysAsItIs() throws Exception {
        long bytes = 6L * MIB;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path raw = disk("disk", bytes);
        export(raw, out);
        byte[] sevens = new byte[(int) bytes];
        Arrays.fill(sevens, (byte) 7);
        Path over = folder.resolve("over");
        Files.write(over, sevens);
        load(out.toByteArray(), over, bytes);
        byte[] expected = Files.readAllBytes(raw);
        for (int at : new int[] {0, 1, 2, 80, 81, 82, 83, 95}) {
            System.arraycopy(expected, at * CLUSTER, sevens, at * CLUSTER, CLUSTER);
        }
        assertThat(Files.readAllBytes(over)).isEqualTo(sevens);
    }

    private byte[] changed(Consumer<ByteBuffer> change) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export(disk("hostile", 6L * MIB), out);
        byte[] image = out.toByteArray();
        change.accept(ByteBuffer.wrap(image));
        return image;
    }

    @Test
    void imagesThatCannotBeReadInOnePassAreRefusedWithTheReason() throws Exception {
        int l1 = 3 * CLUSTER;
        int l2 = 4 * CLUSTER;
        long own = 1L << 63;
        refused(new byte[CLUSTER], "not a qcow2 image");
        refused(changed(image -> image.putLong(8, 512).putInt(16, 4)), "has a backing file");
        refused(changed(image -> image.putLong(72, 2)), "marked as corrupt");
        refused(changed(image -> image.putLong(72, 4)), "external data file");
        refused(changed(image -> image.putInt(32, 1)), "encryption");
        refused(changed(image -> image.putInt(20, 63)), "2^63");
        refused(changed(image -> image.putInt(36, Integer.MAX_VALUE)), "L1 table");
        refused(changed(image -> image.putLong(24, 1L << 50).putInt(36, 1 << 21)), "Device I/O error");
        refused(changed(image -> image.putLong(l1, own | CLUSTER)), "order");
        refused(changed(image -> image.putLong(l1, own | 512)), "begins at 512");
        refused(changed(image -> image.putLong(l1, own | 1L << 50)), "early");
        refused(changed(image -> image.putLong(l2, own | l2)), "order");
        refused(changed(image -> image.putLong(l2, own | 512 * 777)), "begins at");
        refused(changed(image -> image.putLong(l2 + 8, image.getLong(l2))), "order");
        refused(changed(image -> image.putLong(l2, 1L << 62 | 5 * CLUSTER)), "compressed");
        refused(Arrays.copyOf(changed(image -> {}), 9 * CLUSTER), "early");
    }

    /** A table whose clusters alternate between two places makes a part of each of its entries. */
    @Test
    void scatteredTablesTakeBoundedMemory() {
        int tables = 8;
        int entries = CLUSTER / Long.BYTES;
        ByteBuffer image = ByteBuffer.allocate((4 + tables) * CLUSTER);
        image.putInt(0, 0x514649FB).putInt(4, 3).putInt(20, 16);
        image.putLong(24, (long) tables * entries * CLUSTER).putInt(36, tables).putLong(40, 3L * CLUSTER);
        image.putLong(48, CLUSTER).putInt(56, 1).putInt(96, 4).putInt(100, 104);
        for (int i = 0; i < tables; i++) {
            image.putLong(3 * CLUSTER + 8 * i, (4L + i) * CLUSTER);
            for (int j = 0; j < entries; j++) {
                image.putLong((4 + i) * CLUSTER + 8 * j, 1L << 40 | (long) (tables * entries - i * entries - j) << 17);
            }
        }
        TransferMemory small = new TransferMemory(2L * MIB);
        assertThatThrownBy(() -> {
                    long bytes = (long) tables * entries * CLUSTER;
                    Path raw = folder.resolve("scattered");
                    try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
                        file.setLength(bytes);
                    }
                    try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(raw, bytes, true), bytes, true);
                            Qcow2Reader reader = new Qcow2Reader(
                                    new Incoming(
                                            new ByteArrayInputStream(image.array()), () -> Errors.vdiIoError("early")),
                                    small)) {
                        reader.clusters(disk, progress(bytes));
                    }
                })
                .hasMessageContaining("no memory for a qcow2 image's tables");
    }
}
