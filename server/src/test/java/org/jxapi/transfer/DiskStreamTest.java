package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.image.QemuImg;
import org.jxapi.image.RawImage;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/** Disk images of all formats through a stream, as QEMU's own tool writes them. */
class DiskStreamTest {
    private static final long MIB = 1 << 20;
    /** A repository refuses larger disks than it can hold. */
    private static final long MOST = 1L << 36;

    @TempDir
    Path folder;

    private final TransferMemory room = new TransferMemory(64 * MIB);

    /** A disk with data that compresses, data that does not, and holes. */
    private Path disk(long bytes) throws IOException {
        Path path = folder.resolve("disk");
        Random random = new Random(7);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
            byte[] data = new byte[200_000];
            for (long at = 0; at < bytes; at += 9 * MIB + 512) {
                random.nextBytes(data);
                if (at / MIB % 2 == 0) {
                    Arrays.fill(data, 0, 150_000, (byte) at);
                }
                file.seek(at);
                file.write(data, 0, (int) Math.min(data.length, bytes - at));
            }
        }
        return path;
    }

    private Path load(InputStream in, long length) throws IOException {
        Path raw = folder.resolve("loaded");
        try (DiskStream image = DiskStreams.open(in, length, room)) {
            if (image.bytes() > MOST) {
                throw Errors.vdiIoError("too large");
            }
            try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
                file.setLength(image.bytes());
            }
            try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(raw, image.bytes(), true), image.bytes(), true)) {
                image.write(disk, new Progress(new InternalCall("VDI.import", null), image.bytes()));
            }
        }
        return raw;
    }

    private Path converted(Path raw, String options) {
        Path image = folder.resolve("image");
        QemuImg.run(folder, ("qemu-img convert -f raw " + options + " " + raw + " " + image).split(" +"));
        return image;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-O raw",
                "-O qcow2",
                "-c -O qcow2",
                "-c -O qcow2 -o compression_type=zstd",
                "-O vpc -o force_size=on",
                "-O vpc -o subformat=fixed,force_size=on",
                "-O vhdx",
                "-O vhdx -o block_size=1048576",
                "-O vmdk",
                "-O vmdk -o subformat=streamOptimized"
            })
    void aDiskComesOutOfEachFormatAsItWent(String options) throws IOException {
        QemuImg.needed();
        Path raw = disk(70 * MIB);
        Path image = converted(raw, options);
        try (InputStream in = Files.newInputStream(image)) {
            Path loaded = load(in, Files.size(image));
            QemuImg.run(folder, "qemu-img", "compare", "-f", "raw", "-F", "raw", raw.toString(), loaded.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c -O qcow2", "-O vhdx", "-O vmdk", "-O vmdk -o subformat=streamOptimized"})
    void halfAnImageIsRefused(String options) throws IOException {
        QemuImg.needed();
        byte[] all = Files.readAllBytes(converted(disk(20 * MIB), options));
        byte[] half = Arrays.copyOf(all, all.length / 2 + 77);
        assertThatThrownBy(() -> load(new ByteArrayInputStream(half), half.length))
                .hasMessageContaining("VDI_IO_ERROR");
    }

    @ParameterizedTest
    @CsvSource({
        "-O vmdk -o subformat=monolithicFlat, the data is in another file",
        "-O vmdk -o subformat=twoGbMaxExtentFlat, the data is in another file"
    })
    void anImageOfSeveralFilesIsRefused(String options, String why) throws IOException {
        QemuImg.needed();
        byte[] all = Files.readAllBytes(converted(disk(MIB), options));
        assertThatThrownBy(() -> load(new ByteArrayInputStream(all), all.length))
                .hasMessageContaining(why);
    }

    @Test
    void filesThatAreNoDisksAreRefusedWithAReason() {
        refused(new byte[] {0x1f, (byte) 0x8b, 8, 0}, "it is compressed");
        refused("\u00fd7zXZ".getBytes(StandardCharsets.ISO_8859_1), "it is compressed");
        refused("<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII), "web server");
        refused(new byte[700], "no whole number of sectors");
        refused(new byte[0], "no whole number of sectors");
    }

    /** No size in a head is allocated, or followed beyond what comes. */
    @ParameterizedTest
    @ValueSource(strings = {"-O vhdx", "-O vmdk", "-O vmdk -o subformat=streamOptimized", "-c -O qcow2"})
    void damagedHeadsAreRefused(String options) throws IOException {
        QemuImg.needed();
        byte[] good = Files.readAllBytes(converted(disk(3 * MIB), options));
        Random random = new Random(options.length());
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            int where = options.contains("vhdx") ? 64 * 1024 * (1 + random.nextInt(40)) : 8;
            for (int j = 0; j < 3; j++) {
                bad[where + random.nextInt(90)] = (byte) random.nextInt();
            }
            try {
                load(new ByteArrayInputStream(bad), bad.length);
            } catch (XenApiException e) {
                assertThat(e.code()).isEqualTo("VDI_IO_ERROR");
            } finally {
                Files.deleteIfExists(folder.resolve("loaded"));
            }
        }
    }

    private void refused(byte[] image, String why) {
        assertThatThrownBy(() -> load(new ByteArrayInputStream(image), image.length))
                .hasMessageContaining("VDI_IO_ERROR")
                .hasMessageContaining(why);
    }
}
