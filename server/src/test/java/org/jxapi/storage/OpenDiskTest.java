package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

class OpenDiskTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 16 * MIB;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = folder.resolve("disk.raw");
        Files.createFile(file);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(SIZE);
        }
    }

    private long taken() throws Exception {
        Process stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
        return 512 * Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) 7);
        return data;
    }

    private void write(long offset, byte[] bytes, boolean blank) throws Exception {
        try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(file, SIZE, true), SIZE, blank)) {
            disk.write(offset, bytes, bytes.length);
            disk.sync();
        }
    }

    @Test
    void holesAreFoundAroundData() throws Exception {
        write(4 * MIB, data(MIB), false);
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(file, SIZE, false), SIZE)) {
            assertThat(disk.hole(0, 4 * MIB)).isTrue();
            assertThat(disk.hole(MIB, MIB)).isTrue();
            assertThat(disk.hole(0, 4 * MIB + 1)).isFalse();
            assertThat(disk.hole(4 * MIB, 1)).isFalse();
            assertThat(disk.hole(4 * MIB + 512, 512)).isFalse();
            assertThat(disk.hole(5 * MIB, 11 * MIB)).isTrue();
            assertThat(disk.hole(SIZE - 512, 512)).isTrue();
            assertThat(disk.hole(SIZE, 512))
                    .as("behind the file there is nothing")
                    .isTrue();
        }
    }

    @Test
    void extentsFollowEachOtherOverTheWholeDisk() throws Exception {
        write(4 * MIB, data(MIB), false);
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(file, SIZE, false), SIZE)) {
            assertThat(disk.extent(0, SIZE)).isEqualTo(new Image.Extent(4 * MIB, true));
            assertThat(disk.extent(MIB, MIB)).isEqualTo(new Image.Extent(MIB, true));
            assertThat(disk.extent(4 * MIB, 12 * MIB)).isEqualTo(new Image.Extent(MIB, false));
            assertThat(disk.extent(4 * MIB + 1, 511)).isEqualTo(new Image.Extent(511, false));
            assertThat(disk.extent(5 * MIB, 11 * MIB)).isEqualTo(new Image.Extent(11 * MIB, true));
        }
    }

    @Test
    void zerosOverDataMakeHoles() throws Exception {
        write(0, data(8 * MIB), false);
        assertThat(taken()).isGreaterThanOrEqualTo(8L * MIB);
        write(MIB, new byte[6 * MIB], false);
        assertThat(taken()).isLessThan(3L * MIB);
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, 0, MIB, (byte) 7);
        Arrays.fill(expected, 7 * MIB, 8 * MIB, (byte) 7);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void zerosOverNothingTakeNoSpace() throws Exception {
        for (boolean blank : new boolean[] {true, false}) {
            write(0, new byte[SIZE], blank);
            assertThat(taken()).isZero();
            assertThat(Files.size(file)).isEqualTo(SIZE);
        }
    }

    @Test
    void whatIsWrittenIsNoHoleAnyMoreWhenZerosFollow() throws Exception {
        try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(file, SIZE, true), SIZE, false)) {
            assertThat(disk.hole(0, SIZE)).isTrue();
            disk.write(MIB, data(MIB), MIB);
            assertThat(disk.hole(0, SIZE)).isFalse();
            disk.write(MIB, new byte[MIB], MIB);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(new byte[SIZE]);
    }
}
