package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A VHD as a client reads it, which checks all that the specification demands. As Xen Orchestra does, it takes blocks as
 * complete.
 *
 * @param type 3 for a dynamic one, 4 for a differencing one
 * @param parentName in UTF-16 in the header, and as a URL in the first locator
 * @param blocks the blocks of 2 MiB that are there, by their numbers
 */
record VhdFile(
        int type, long bytes, UUID id, UUID parent, String parentName, int parentTime, Map<Integer, byte[]> blocks) {
    static final int BLOCK = 2 << 20;
    private static final int SECTOR = 512;

    static VhdFile parse(byte[] file) {
        ByteBuffer vhd = ByteBuffer.wrap(file);
        byte[] footer = Arrays.copyOf(file, SECTOR);
        assertThat(text(vhd, 0, 8)).isEqualTo("conectix");
        assertThat(footer)
                .as("the footer at both ends")
                .isEqualTo(Arrays.copyOfRange(file, file.length - SECTOR, file.length));
        assertThat(vhd.getInt(64)).isEqualTo(sum(file, 0, SECTOR, 64));
        long bytes = vhd.getLong(48);
        int header = (int) vhd.getLong(16);
        assertThat(text(vhd, header, 8)).isEqualTo("cxsparse");
        assertThat(vhd.getInt(header + 36)).isEqualTo(sum(file, header, 1024, 36));
        assertThat(vhd.getInt(header + 32)).isEqualTo(BLOCK);
        int count = vhd.getInt(header + 28);
        assertThat(count).isEqualTo((int) ((bytes + BLOCK - 1) / BLOCK));
        Map<Integer, byte[]> blocks = new TreeMap<>();
        byte[] full = new byte[SECTOR];
        Arrays.fill(full, (byte) 0xFF);
        for (int i = 0; i < count; i++) {
            int sector = vhd.getInt((int) vhd.getLong(header + 16) + i * Integer.BYTES);
            if (sector >= 0) {
                int at = sector * SECTOR;
                assertThat(Arrays.copyOfRange(file, at, at + SECTOR))
                        .as("bitmap of a complete block")
                        .isEqualTo(full);
                blocks.put(i, Arrays.copyOfRange(file, at + SECTOR, at + SECTOR + BLOCK));
            }
        }
        String name = new String(file, header + 64, SECTOR, StandardCharsets.UTF_16BE).replaceAll("\0+$", "");
        if (vhd.getInt(60) == Vhd.DIFFERENCING) {
            int locator = header + 576;
            assertThat(text(vhd, locator, 4)).isEqualTo("MacX");
            assertThat(vhd.getInt(locator + 4)).isEqualTo(1);
            int at = (int) vhd.getLong(locator + 16);
            assertThat(text(vhd, at, vhd.getInt(locator + 8))).isEqualTo("file://" + name);
        }
        return new VhdFile(
                vhd.getInt(60), bytes, id(vhd, 68), id(vhd, header + 40), name, vhd.getInt(header + 56), blocks);
    }

    private static String text(ByteBuffer from, int at, int length) {
        byte[] bytes = new byte[length];
        from.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static UUID id(ByteBuffer from, int at) {
        return new UUID(from.getLong(at), from.getLong(at + Long.BYTES));
    }

    private static int sum(byte[] bytes, int from, int length, int at) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += i >= at && i < at + Integer.BYTES ? 0 : bytes[from + i] & 0xFF;
        }
        return ~sum;
    }

    /** This disk with the differences of another on it, as a client merges a chain: whole blocks replace whole blocks. */
    VhdFile with(VhdFile differences) {
        Map<Integer, byte[]> all = new TreeMap<>(blocks);
        all.putAll(differences.blocks);
        return new VhdFile(type, differences.bytes, id, parent, parentName, parentTime, all);
    }

    /** The contents of the disk; what no block has is zeros. */
    byte[] contents() {
        byte[] contents = new byte[Math.toIntExact(bytes)];
        blocks.forEach((i, block) ->
                System.arraycopy(block, 0, contents, i * BLOCK, Math.min(BLOCK, contents.length - i * BLOCK)));
        return contents;
    }

    /** The file, laid out as Xen Orchestra does it: the table follows the header, and there is no locator. */
    byte[] file() {
        int count = (int) ((bytes + BLOCK - 1) / BLOCK);
        int table = (count * Integer.BYTES + SECTOR - 1) / SECTOR * SECTOR;
        int first = 3 * SECTOR + table;
        ByteBuffer file = ByteBuffer.allocate(first + blocks.size() * (SECTOR + BLOCK) + SECTOR);
        byte[] footer = Vhd.footer(id, bytes, type);
        file.put(footer).put(Vhd.header(count, 3 * SECTOR, null, 0));
        Arrays.fill(file.array(), 3 * SECTOR, first, (byte) 0xFF);
        int at = first;
        for (Map.Entry<Integer, byte[]> block : blocks.entrySet()) {
            file.putInt(3 * SECTOR + block.getKey() * Integer.BYTES, at / SECTOR);
            Arrays.fill(file.array(), at, at + SECTOR, (byte) 0xFF);
            file.position(at + SECTOR).put(block.getValue());
            at += SECTOR + BLOCK;
        }
        return file.position(at).put(footer).array();
    }
}
