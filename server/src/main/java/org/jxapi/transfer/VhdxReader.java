package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jxapi.storage.OpenDisk;

/**
 * A VHDX ([MS-VHDX]) that comes through a stream: heads, a table of regions, the regions of settings and of the blocks'
 * places, the blocks.
 */
final class VhdxReader implements DiskStream {
    private static final int KIB64 = 64 << 10;
    private static final int MIB = 1 << 20;
    private static final int MOST_REGIONS = 2047;
    private static final int MOST_BLOCK = 256 << 20;
    private static final long MOST_BYTES = 64L << 40;
    private static final UUID BLOCKS = UUID.fromString("2DC27766-F623-4200-9D64-115E9BFD4A08");
    private static final UUID SETTINGS = UUID.fromString("8B7CA206-4790-4B9A-B8FE-575F050F886E");
    private static final UUID FILE_PARAMETERS = UUID.fromString("CAA16737-FA36-4D43-B3B6-33F0AA44E76B");
    private static final UUID DISK_SIZE = UUID.fromString("2FA54224-CD1B-4876-B211-5DBED83BF4B8");
    private static final UUID SECTOR_SIZE = UUID.fromString("8141BF1D-A96F-4709-BA47-F233A8FAAB5F");
    private static final int HAS_PARENT = 2;
    private static final int FULL = 6;
    private static final int PARTIAL = 7;

    private final Forward in;
    private final long bytes;
    private final StoredBlocks blocks;
    private final TransferMemory.Taken taken;

    private record Region(UUID id, long offset, int length) {}

    private record Settings(long bytes, int blockBytes, int sectorBytes) {}

    private VhdxReader(Forward in, long bytes, StoredBlocks blocks, TransferMemory.Taken taken) {
        this.in = in;
        this.bytes = bytes;
        this.blocks = blocks;
        this.taken = taken;
    }

    static DiskStream open(Forward in, TransferMemory room) {
        refuseLog(in);
        List<Region> regions = regions(in);
        Region places = region(in, regions, BLOCKS);
        region(in, regions, SETTINGS);
        TransferMemory.Taken taken = room.take("a VHDX's table", places.length(), in::bad);
        try {
            Map<UUID, ByteBuffer> read = new HashMap<>();
            for (Region region : regions) {
                in.skipTo(region.offset());
                // Settings have a few hundred bytes behind a table of 64 KiB.
                boolean all = region.id().equals(BLOCKS);
                read.put(region.id(), in.read(all ? region.length() : Math.min(region.length(), 2 * KIB64)));
            }
            Settings settings = settings(in, Objects.requireNonNull(read.get(SETTINGS)));
            return new VhdxReader(
                    in, settings.bytes(), blocks(in, settings, Objects.requireNonNull(read.get(BLOCKS))), taken);
        } catch (RuntimeException | Error e) {
            taken.close();
            throw e;
        }
    }

    /** Refuses an image whose newest head names a log: its tables are not up to date. */
    private static void refuseLog(Forward in) {
        long newest = -1;
        boolean log = false;
        for (int i = 1; i <= 2; i++) {
            in.skipTo((long) i * KIB64);
            ByteBuffer head = in.read(KIB64);
            if (begins(head, "head") && head.getLong(8) > newest) {
                newest = head.getLong(8);
                log = head.getLong(48) != 0 || head.getLong(56) != 0;
            }
        }
        if (newest < 0) {
            throw in.bad("it has no head");
        }
        if (log) {
            throw in.bad("it was not closed cleanly. Open it once in Hyper-V, or make an image with \"qemu-img convert"
                    + " -O qcow2\"");
        }
    }

    /** The two regions that are needed, in their order. */
    private static List<Region> regions(Forward in) {
        in.skipTo(3L * KIB64);
        ByteBuffer table = in.read(KIB64);
        int count = table.getInt(8);
        if (!begins(table, "regi") || count < 0 || count > MOST_REGIONS) {
            throw in.bad("it has no table of regions");
        }
        table.position(16);
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Region region = new Region(id(table), table.getLong(), table.getInt());
            int required = table.getInt();
            if (region.id().equals(BLOCKS) || region.id().equals(SETTINGS)) {
                if (region.offset() < MIB || region.length() < MIB) {
                    throw in.bad("a region of " + region.length() + " bytes at " + region.offset());
                }
                regions.add(region);
            } else if (required != 0) {
                throw in.bad("it requires the region " + region.id() + ", which jxapid does not know");
            }
        }
        regions.sort(Comparator.comparingLong(Region::offset));
        return regions;
    }

    private static Region region(Forward in, List<Region> regions, UUID id) {
        return regions.stream()
                .filter(region -> region.id().equals(id))
                .findFirst()
                .orElseThrow(() -> in.bad("it lacks the region " + id));
    }

    private static Settings settings(Forward in, ByteBuffer region) {
        int count = region.getShort(10) & 0xFFFF;
        if (!begins(region, "metadata") || count > MOST_REGIONS) {
            throw in.bad("it has no table of settings");
        }
        Map<UUID, Integer> places = new HashMap<>();
        region.position(32);
        for (int i = 0; i < count; i++) {
            places.put(id(region), region.getInt());
            region.position(region.position() + 12);
        }
        int parameters = place(in, places, FILE_PARAMETERS, region.limit());
        int block = region.getInt(parameters);
        long bytes = region.getLong(place(in, places, DISK_SIZE, region.limit()));
        int sector = region.getInt(place(in, places, SECTOR_SIZE, region.limit()));
        if ((region.getInt(parameters + 4) & HAS_PARENT) != 0) {
            throw in.bad("it holds only what differs from another image. Make a whole image with \"qemu-img convert -O"
                    + " qcow2\"");
        }
        if (block < MIB || block > MOST_BLOCK || Integer.bitCount(block) != 1 || sector != 512 && sector != 4096) {
            throw in.bad("blocks of " + block + " bytes and sectors of " + sector);
        }
        if (bytes <= 0 || bytes > MOST_BYTES) {
            throw in.bad("a disk of " + bytes + " bytes");
        }
        return new Settings(bytes, block, sector);
    }

    private static int place(Forward in, Map<UUID, Integer> places, UUID item, int limit) {
        int place = places.getOrDefault(item, -1);
        if (place < 0 || place > limit - Long.BYTES) {
            throw in.bad("it lacks the setting " + item);
        }
        return place;
    }

    private static StoredBlocks blocks(Forward in, Settings settings, ByteBuffer table) {
        StoredBlocks blocks = new StoredBlocks(MIB, settings.blockBytes());
        int all = (int) ((settings.bytes() + settings.blockBytes() - 1) / settings.blockBytes());
        // After the entries of so many blocks comes one of a bitmap, which only images with parents use.
        int run = (int) ((1L << 23) * settings.sectorBytes() / settings.blockBytes());
        long entries = (long) all + (all - 1) / run;
        if (entries * Long.BYTES > table.limit()) {
            throw in.bad("its table of blocks is too short");
        }
        for (int i = 0; i < all; i++) {
            long entry = table.getLong((i + i / run) * Long.BYTES);
            int state = (int) entry & 7;
            if (state == PARTIAL) {
                throw in.bad("a block is partly in another image");
            }
            if (state == FULL) {
                long mib = entry >>> 20;
                if (mib == 0 || mib > Integer.MAX_VALUE) {
                    throw in.bad("a block at " + mib + " MiB");
                }
                blocks.add(mib, i);
            }
        }
        return blocks;
    }

    private static boolean begins(ByteBuffer bytes, String text) {
        byte[] first = new byte[text.length()];
        bytes.get(0, first);
        return new String(first, StandardCharsets.US_ASCII).equals(text);
    }

    /** A GUID as Microsoft stores it: its first three parts are little-endian, the rest is not. */
    private static UUID id(ByteBuffer from) {
        long high = (from.getInt() & 0xFFFFFFFFL) << 32 | (from.getShort() & 0xFFFFL) << 16 | from.getShort() & 0xFFFFL;
        long low = from.order(ByteOrder.BIG_ENDIAN).getLong();
        from.order(ByteOrder.LITTLE_ENDIAN);
        return new UUID(high, low);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        blocks.write(in, disk, bytes, progress);
    }

    @Override
    public void close() {
        taken.close();
    }
}
