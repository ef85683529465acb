package org.jxapi.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;

/** A tracked disk in tests, which write as a guest does, and read bitmaps as a backup program does. */
public final class TrackedDisk {
    private TrackedDisk() {}

    /** Writes to the newest layer of a disk that no guest has. */
    public static void write(Path folder, String uuid, long at, byte[] bytes) throws IOException {
        Path leaf;
        try (Stream<Path> files = Files.list(folder)) {
            leaf = files.filter(file -> file.getFileName().toString().matches(uuid + "(\\.jxapi-\\d+)?\\.qcow2"))
                    .max(Comparator.comparingInt(TrackedDisk::number))
                    .orElseThrow();
        }
        try (Image image = Qcow2Image.open(leaf, true)) {
            image.write(at, ByteBuffer.wrap(bytes));
            image.sync();
        }
    }

    private static int number(Path layer) {
        String digits = layer.getFileName().toString().replaceAll("^.*\\.jxapi-|\\.qcow2$", "");
        return digits.matches("\\d+") ? Integer.parseInt(digits) : 0;
    }

    /** The numbers of the blocks of 64 KiB in a bitmap of VDI.list_changed_blocks. */
    public static List<Integer> blocks(String bitmap) {
        byte[] bytes = Base64.getDecoder().decode(bitmap);
        return IntStream.range(0, bytes.length * 8)
                .filter(block -> (bytes[block / 8] & 0x80 >> block % 8) != 0)
                .boxed()
                .toList();
    }
}
