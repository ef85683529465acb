package org.jxapi.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the root folder of a CD image, by both its descriptions. */
public final class IsoReader {
    private static final int SECTOR = 2048;

    private IsoReader() {}

    /** The volume label. */
    public static String label(byte[] image) {
        return new String(image, 16 * SECTOR + 40, 32, StandardCharsets.US_ASCII).strip();
    }

    /** The texts of the files, by their Joliet names. */
    public static Map<String, String> files(byte[] image) {
        Map<String, String> plain = folder(image, 16, false);
        Map<String, String> joliet = folder(image, 17, true);
        assertThat(plain.values()).containsExactlyElementsOf(joliet.values());
        return joliet;
    }

    private static Map<String, String> folder(byte[] image, int descriptor, boolean joliet) {
        ByteBuffer bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int at = descriptor * SECTOR;
        assertThat(new String(image, at + 1, 5, StandardCharsets.US_ASCII)).isEqualTo("CD001");
        assertThat(bytes.get(at)).isEqualTo((byte) (joliet ? 2 : 1));
        assertThat(bytes.getInt(at + 80) * SECTOR).isLessThanOrEqualTo(image.length);
        int folder = bytes.getInt(at + 156 + 2) * SECTOR;
        Map<String, String> files = new LinkedHashMap<>();
        for (int entry = folder; image[entry] != 0; entry += image[entry]) {
            int length = image[entry + 32];
            String name = new String(
                    image, entry + 33, length, joliet ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII);
            boolean isFolder = (image[entry + 25] & 2) != 0;
            if (!isFolder) {
                int place = bytes.getInt(entry + 2) * SECTOR;
                files.put(name, new String(image, place, bytes.getInt(entry + 10), StandardCharsets.UTF_8));
            }
        }
        return files;
    }
}
