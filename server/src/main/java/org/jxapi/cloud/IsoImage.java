package org.jxapi.cloud;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small CD image (ISO 9660, ECMA-119) with files in its root folder, whose real names are in the Joliet extension. All
 * is in memory.
 */
final class IsoImage {
    private static final int SECTOR = 2048;
    private static final int FIRST_DESCRIPTOR = 16;
    private static final int PATH_TABLE_BYTES = 10;
    private static final int PATH_TABLES = 19;
    private static final int ROOT = 23;
    private static final int JOLIET_ROOT = 24;
    private static final int FIRST_FILE = 25;
    private static final int FOLDER = 2;
    private static final int NAME = 8;

    private IsoImage() {}

    /** Where a file is. */
    private record Place(String name, int sector, int bytes) {}

    /** The names and places of one of the two descriptions of the same files. */
    private record Tree(int type, Charset charset, int root, int pathTables) {
        byte[] name(String name) {
            return charset.equals(StandardCharsets.UTF_16BE)
                    ? name.getBytes(charset)
                    : (plain(name) + ".;1").getBytes(charset);
        }

        byte[] text(String text, int length) {
            ByteBuffer field = ByteBuffer.allocate(length);
            byte[] blank = " ".getBytes(charset);
            field.put(text.getBytes(charset));
            while (field.remaining() >= blank.length) {
                field.put(blank);
            }
            return field.array();
        }

        /** Letters and digits, as names in ISO 9660 must be. */
        private static String plain(String name) {
            String letters = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
            return letters.substring(0, Math.min(NAME, letters.length()));
        }
    }

    /**
     * Makes an image.
     *
     * @param label its volume label, of ASCII characters, at most 16
     * @param files contents by name; the first 8 letters and digits of all names differ
     */
    static byte[] of(String label, Map<String, byte[]> files) {
        List<Place> places = new ArrayList<>();
        int sector = FIRST_FILE;
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            places.add(new Place(file.getKey(), sector, file.getValue().length));
            sector += sectors(file.getValue().length);
        }
        Tree plain = new Tree(1, StandardCharsets.US_ASCII, ROOT, PATH_TABLES);
        Tree joliet = new Tree(2, StandardCharsets.UTF_16BE, JOLIET_ROOT, PATH_TABLES + 2);
        ByteBuffer image = ByteBuffer.allocate(sector * SECTOR);
        put(image, FIRST_DESCRIPTOR, descriptor(plain, label, sector));
        put(image, FIRST_DESCRIPTOR + 1, descriptor(joliet, label, sector));
        put(image, FIRST_DESCRIPTOR + 2, new byte[] {(byte) 255, 'C', 'D', '0', '0', '1', 1});
        for (Tree tree : List.of(plain, joliet)) {
            put(image, tree.pathTables(), pathTable(tree.root(), ByteOrder.LITTLE_ENDIAN));
            put(image, tree.pathTables() + 1, pathTable(tree.root(), ByteOrder.BIG_ENDIAN));
            put(image, tree.root(), folder(tree, places));
        }
        int next = 0;
        for (byte[] contents : new TreeMap<>(files).values()) {
            put(image, places.get(next++).sector(), contents);
        }
        return image.array();
    }

    private static int sectors(int bytes) {
        return Math.max(1, (bytes + SECTOR - 1) / SECTOR);
    }

    private static void put(ByteBuffer image, int sector, byte[] bytes) {
        image.position(sector * SECTOR).put(bytes);
    }

    private static byte[] descriptor(Tree tree, String label, int sectors) {
        ByteBuffer out = ByteBuffer.allocate(SECTOR);
        out.put((byte) tree.type())
                .put("CD001".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        out.put(tree.text("", 32)).put(tree.text(label, 32)).put(new byte[8]);
        both(out, sectors);
        // The escape sequence of UCS-2 level 3 is what makes a description Joliet.
        out.put(tree.type() == 2 ? new byte[] {'%', '/', 'E'} : new byte[3]).put(new byte[29]);
        bothShort(out, 1);
        bothShort(out, 1);
        bothShort(out, SECTOR);
        both(out, PATH_TABLE_BYTES);
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(tree.pathTables()).putInt(0);
        out.order(ByteOrder.BIG_ENDIAN).putInt(tree.pathTables() + 1).putInt(0);
        out.put(entry(new byte[] {0}, tree.root(), SECTOR, FOLDER));
        out.put(tree.text("", 128))
                .put(tree.text("", 128))
                .put(tree.text("", 128))
                .put(tree.text("", 128));
        out.put(tree.text("", 37)).put(tree.text("", 37)).put(tree.text("", 37));
        for (int date = 0; date < 4; date++) {
            out.put("0".repeat(16).getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        return out.put((byte) 1).array();
    }

    private static byte[] pathTable(int root, ByteOrder order) {
        return ByteBuffer.allocate(PATH_TABLE_BYTES)
                .order(order)
                .put((byte) 1)
                .put((byte) 0)
                .putInt(root)
                .putShort((short) 1)
                .array();
    }

    private static byte[] folder(Tree tree, List<Place> places) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(entry(new byte[] {0}, tree.root(), SECTOR, FOLDER));
        out.writeBytes(entry(new byte[] {1}, tree.root(), SECTOR, FOLDER));
        places.forEach(place -> out.writeBytes(entry(tree.name(place.name()), place.sector(), place.bytes(), 0)));
        return out.toByteArray();
    }

    private static byte[] entry(byte[] name, int sector, int bytes, int flags) {
        int length = 33 + name.length + (name.length % 2 == 0 ? 1 : 0);
        ByteBuffer out = ByteBuffer.allocate(length).put((byte) length).put((byte) 0);
        both(out, sector);
        both(out, bytes);
        out.put(new byte[7]).put((byte) flags).put((byte) 0).put((byte) 0);
        bothShort(out, 1);
        return out.put((byte) name.length).put(name).array();
    }

    private static void both(ByteBuffer out, int value) {
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(value);
        out.order(ByteOrder.BIG_ENDIAN).putInt(value);
    }

    private static void bothShort(ByteBuffer out, int value) {
        out.order(ByteOrder.LITTLE_ENDIAN).putShort((short) value);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) value);
    }
}
